package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What must hold after all other tests, whatever they did. */
@EveryCell
@Order(Integer.MAX_VALUE)
@Tag("beyond")
class CellEndIT {

    /** What containers say when an application throws because a test wants it to. */
    private static final Pattern WANTED = Pattern.compile("Servlet.service\\(\\) for servlet|as the script wants"
            + "|a listener that throws, as the test wants|/app/do|jakarta.servlet.ServletException"
            // true of every deployment without the setting
            + "|allow-classes is not set"
            // Jetty's Jasper without the schemas that Tomcat's servlet-api has
            + "|DigesterFactory");

    private final Cell cell;

    CellEndIT(Cell cell) {
        this.cell = cell;
    }

    @Test
    void containerHasMadeNoSessionOfItsOwn() {
        for (NodeProcess node : cell.nodes()) {
            assertThat(Control.of(cell, node).nativeSessions()).as(node.name()).isZero();
        }
    }

    @Test
    void logsHoldNoUnexpectedWarningOrError() {
        for (NodeProcess node : cell.nodes()) {
            List<String> trouble = node.log()
                    .lines()
                    .filter(line -> line.contains(" WARNING ") || line.contains(" SEVERE "))
                    .filter(line -> !WANTED.matcher(line).find() && !cell.isExpectedInLog(line))
                    .toList();
            assertThat(trouble).as(node.name()).isEmpty();
        }
    }

    @Test
    void logsHoldNoSessionIdAndNoAttributeValue() {
        for (NodeProcess node : cell.nodes()) {
            String log = node.log();
            assertThat(log).as(node.name()).doesNotContainPattern("\\bsv-[a-z]");
            assertThat(cell.idsSeen()).as(node.name()).noneMatch(id -> id.length() > 15 && log.contains(id));
        }
    }
}
