package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the README tells to put into a web.xml, letter by letter. */
@EveryContainer
@Tag("beyond")
class ReadmeIT {

    private static final Path README = Path.of("..", "..", "README.md");
    private static final Pattern FIRST_XML = Pattern.compile("```xml\n(.*?)```", Pattern.DOTALL);
    private static final Pattern OWN_FILTER = Pattern.compile("<filter>.*</filter-mapping>", Pattern.DOTALL);

    private final Cell cell;

    ReadmeIT(Cell cell) {
        this.cell = cell;
    }

    @Test
    void webXmlOfTheQuickStartKeepsSessions() throws IOException {
        NodeOptions options = NodeOptions.named(cell.container().id() + "-readme")
                .directory(Cell.NODES)
                .webapp("/app", Cell.WAR)
                .webXml("/app", descriptorOfTheQuickStart())
                // the store stays the README's, but what else runs on this network is not met
                .property("holdfast.peer.cluster", "readme-" + UUID.randomUUID());
        try (NodeProcess node = NodeProcess.start(cell.container(), options)) {
            assertThat(node.log()).contains("in peer://228.0.0.4:45564;");
            Browser browser = new Browser(cell);
            assertThat(browser.run(node, "set a 1").result(0)).isEqualTo("ok");
            assertThat(browser.run(node, "get-if a").result(0)).isEqualTo("1");
            assertThat(Control.of(cell, node).nativeSessions()).isZero();
        }
    }

    private static Path descriptorOfTheQuickStart() throws IOException {
        Matcher block = FIRST_XML.matcher(Files.readString(README));
        assertThat(block.find()).as("an xml block in the README").isTrue();
        String filter = block.group(1);
        assertThat(filter).contains("dev.holdfast.filter.SessionFilter");
        return Descriptor.written(OWN_FILTER.matcher(Descriptor.own()).replaceFirst(Matcher.quoteReplacement(filter)));
    }
}
