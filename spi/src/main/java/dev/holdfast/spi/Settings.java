package dev.holdfast.spi;

import java.util.Map;

/** The settings of one filter. */
public final class Settings {

    private final Map<String, String> values;

    public Settings(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    /** How many are given. */
    public int size() {
        return values.size();
    }
}
