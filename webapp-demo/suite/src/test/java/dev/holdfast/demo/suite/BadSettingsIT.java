package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** An operator who has mistyped a lot learns all of it from one start. */
@EveryContainer
@Tag("beyond") // our own settings
class BadSettingsIT {

    private static final String HEADING = "session filter 'session': 6 problems in the settings of filter 'session':";

    private final Cell cell;

    BadSettingsIT(Cell cell) {
        this.cell = cell;
    }

    @Test
    void applicationDoesNotStartAndOneMessageNamesEverythingThatIsWrong() throws IOException {
        NodeOptions options = NodeOptions.named(cell.container().id() + "-bad-settings")
                .directory(Cell.NODES)
                .webapp("/app", Cell.WAR)
                .webXml(
                        "/app",
                        Descriptor.withInitParams(
                                "store", "memcahced://anna:secret-of-anna@10.0.0.5:11211",
                                "dirty-check", "some",
                                "timeout", "2",
                                "near-cach", "500",
                                "reap-time", "30s"))
                .property("holdfast.rebuild", "perhaps");
        NodeProcess.Starting starting = NodeProcess.launch(cell.container(), options);
        assertThatThrownBy(starting::awaitReady)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("ended with status 1");

        String log = Files.readString(starting.logFile());
        assertThat(log).contains(HEADING).doesNotContain("node ready").doesNotContain("secret-of-anna");
        assertThat(problems(log))
                .satisfiesExactlyInAnyOrder(
                        problem -> assertThat(problem)
                                .startsWith("store = \"memcahced://***@10.0.0.5:11211\" (init-param) is of a kind that"
                                        + " is not here; there are ")
                                .contains("local, memcached, peer"),
                        problem -> assertThat(problem)
                                .isEqualTo("dirty-check = \"some\" (init-param) is not one of all, set"),
                        problem -> assertThat(problem)
                                .isEqualTo("timeout = \"2\" (init-param) has no unit; write e.g. 500ms or 2s"),
                        problem -> assertThat(problem)
                                .isEqualTo("near-cach is not a known setting; did you mean near-cache?"),
                        problem -> assertThat(problem)
                                .isEqualTo("reap-time = \"30s\" (init-param) is too short: it must be longer than"
                                        + " claim-lease"),
                        problem -> assertThat(problem)
                                .isEqualTo("rebuild = \"perhaps\" (system property holdfast.rebuild) is neither true"
                                        + " nor false"));
    }

    /** The lines below the first heading that are indented as it indents them. */
    private static List<String> problems(String log) {
        return log.substring(log.indexOf(HEADING))
                .lines()
                .skip(1)
                .takeWhile(line -> line.startsWith("  "))
                .map(String::strip)
                .toList();
    }
}
