package dev.holdfast.memcached;

import dev.holdfast.spi.kit.DocumentedSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The settings of the memcached store as the README tells them, against those that the code asks for. */
class ReadmeSettingsTest {

    @Test
    void theReadmeTellsEverySettingOfTheMemcachedStoreWithItsDefaultAndRange() {
        DocumentedSettings.assertTold(
                Path.of("..", "README.md"),
                "### The memcached store",
                settings -> MemcachedSettings.from("memcached://localhost", settings));
    }
}
