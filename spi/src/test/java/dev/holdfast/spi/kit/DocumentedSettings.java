package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Settings;
import dev.holdfast.spi.Settings.Setting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A table of settings in a Markdown page, compared with what the code asks for. Rows are {@code | `name` | default | range | meaning
 * |}, under a heading of their own.
 */
public final class DocumentedSettings {

    private static final String NAME = "\\| `[a-z.-]+` \\|.*";

    private DocumentedSettings() {}

    /**
     * Fails unless the table has exactly the settings that {@code asking} asks for, with their defaults and ranges.
     *
     * @param heading the whole line, such as {@code ### The peer store}
     */
    public static void assertTold(Path page, String heading, Consumer<Settings> asking) {
        Settings settings = new Settings(Map.of(), new Properties(), Map.of());
        asking.accept(settings);
        Map<String, String[]> rows = rows(page, heading);
        assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(settings.knownNames());
        for (Setting setting : settings.known()) {
            String[] cells = rows.get(setting.name());
            assertThat(cells[3]).as("meaning of %s", setting.name()).isNotBlank();
            if (!setting.defaultValue().isEmpty()) {
                assertThat(cells[1]).as("default of %s", setting.name()).isEqualTo("`" + setting.defaultValue() + "`");
            }
            if (!setting.range().isEmpty()) {
                assertThat(cells[2]).as("range of %s", setting.name()).isEqualTo(setting.range());
            }
        }
    }

    private static Map<String, String[]> rows(Path page, String heading) {
        Map<String, String[]> rows = new TreeMap<>();
        boolean inside = false;
        try {
            for (String line : Files.readAllLines(page)) {
                if (line.startsWith("#")) {
                    inside = line.equals(heading);
                } else if (inside && line.matches(NAME)) {
                    String[] cells = line.substring(1).strip().split("\\s*\\|\\s*", -1);
                    rows.put(cells[0].replace("`", ""), cells);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }
}
