package dev.holdfast.redis.server;

import dev.holdfast.spi.kit.DocumentedSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The settings of the Redis store as the README tells them, against those that the code asks for. */
class ReadmeSettingsTest {

    @Test
    void theReadmeTellsEverySettingOfTheRedisStoreWithItsDefaultAndRange() {
        DocumentedSettings.assertTold(
                Path.of("..", "README.md"),
                "### The Redis store",
                settings -> RedisSettings.from("redis://localhost", settings));
    }
}
