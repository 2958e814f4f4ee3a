package dev.holdfast.filter;

import dev.holdfast.spi.kit.DocumentedSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The filter's settings as the README tells them, against those that the code asks for. */
class ReadmeSettingsTest {

    @Test
    void theReadmeTellsEverySettingOfTheFilterWithItsDefaultAndRange() {
        DocumentedSettings.assertTold(
                Path.of("..", "README.md"), "### The filter", settings -> FilterSettings.from(settings, ""));
    }
}
