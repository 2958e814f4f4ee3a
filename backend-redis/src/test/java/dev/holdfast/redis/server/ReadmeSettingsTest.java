package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Settings;
import dev.holdfast.spi.Settings.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The settings of the Redis store as the README tells them, against those that the code asks for. */
class ReadmeSettingsTest {

    private static final String NAME = "\\| `[a-z.-]+` \\|.*";

    @Test
    void theReadmeTellsEverySettingOfTheRedisStoreWithItsDefaultAndRange() throws IOException {
        Settings settings = new Settings(Map.of(), new Properties(), Map.of());
        RedisSettings.from("redis://localhost", settings);
        Map<String, String[]> rows = rows("### The Redis store");

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

    private static Map<String, String[]> rows(String heading) throws IOException {
        Map<String, String[]> rows = new TreeMap<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Path.of("..", "README.md"))) {
            if (line.startsWith("#")) {
                inside = line.equals(heading);
            } else if (inside && line.matches(NAME)) {
                String[] cells = line.substring(1).strip().split("\\s*\\|\\s*", -1);
                rows.put(cells[0].replace("`", ""), cells);
            }
        }
        return rows;
    }
}
