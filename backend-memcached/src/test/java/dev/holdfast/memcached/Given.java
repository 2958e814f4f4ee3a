package dev.holdfast.memcached;

import dev.holdfast.spi.Settings;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Settings as an operator would give them. */
final class Given {

    private Given() {}

    /** @throws dev.holdfast.spi.SettingsException with all that is wrong */
    static MemcachedSettings settings(String store, String... namesAndValues) {
        Map<String, String> given = new HashMap<>();
        given.put("store", store);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            given.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        Settings settings = new Settings(given, new Properties(), Map.of());
        MemcachedSettings read = MemcachedSettings.from(settings.required("store"), settings);
        settings.check("test");
        return read;
    }
}
