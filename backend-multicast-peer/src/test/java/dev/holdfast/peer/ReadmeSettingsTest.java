package dev.holdfast.peer;

import dev.holdfast.spi.kit.DocumentedSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The peer store's settings as the README tells them, against those that the code asks for. */
class ReadmeSettingsTest {

    @Test
    void theReadmeTellsEverySettingOfThePeerStoreWithItsDefaultAndRange() {
        DocumentedSettings.assertTold(
                Path.of("..", "README.md"), "### The peer store", settings -> PeerSettings.from("peer", settings));
    }
}
