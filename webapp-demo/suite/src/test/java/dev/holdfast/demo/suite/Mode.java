package dev.holdfast.demo.suite;

import java.util.Locale;

/** How the nodes of a cell use their store: the setting {@code mode}. */
enum Mode {
    SHARED,
    STICKY;

    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Mode of(String setting) {
        return valueOf(setting.toUpperCase(Locale.ROOT));
    }
}
