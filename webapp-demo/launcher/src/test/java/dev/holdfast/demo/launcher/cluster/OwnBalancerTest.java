package dev.holdfast.demo.launcher.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OwnBalancerTest {
    private static final Path OPERATIONS = Path.of("..", "..", "docs", "operations.md");
    private static final OwnBalancer.Before TWO_NODES = new OwnBalancer.Before(
            List.of(new OwnBalancer.Upstream("app1", 8081), new OwnBalancer.Upstream("app2", 8082)), null);

    @Test
    void nginxIsWhatIsDocumentedForRoundRobin() throws IOException {
        assertHasLinesOf(OwnBalancer.NGINX, "nginx, round robin");
        assertHasLinesOf(OwnBalancer.NGINX, "nginx, where the application is");
    }

    @Test
    void haproxyIsWhatIsDocumentedForRoundRobin() throws IOException {
        assertHasLinesOf(OwnBalancer.HAPROXY, "HAProxy, round robin");
        assertHasLinesOf(OwnBalancer.HAPROXY, "HAProxy, in each backend");
    }

    @ParameterizedTest
    @EnumSource
    void theConsoleIsReachedOnlyIfThereIsOne(OwnBalancer balancer) {
        OwnBalancer.Before withConsole = new OwnBalancer.Before(TWO_NODES.nodes(), 9999);

        assertThat(balancer.configuration(withConsole, 8080, "mark")).contains("/-/cluster/", "127.0.0.1:9999");
        assertThat(balancer.configuration(TWO_NODES, 8080, "mark")).doesNotContain("/-/cluster/");
    }

    @ParameterizedTest
    @EnumSource
    void itListensOnThisMachineOnly(OwnBalancer balancer) {
        assertThat(balancer.configuration(TWO_NODES, 8080, "mark"))
                .containsPattern("(listen|bind) 127\\.0\\.0\\.1:8080");
    }

    private static void assertHasLinesOf(OwnBalancer balancer, String title) throws IOException {
        List<String> generated = lines(balancer.configuration(TWO_NODES, 8080, "mark"));
        Matcher block = Pattern.compile("(?ms)^```\\n# " + Pattern.quote(title) + "\\n(.*?)^```$")
                .matcher(Files.readString(OPERATIONS));
        assertThat(block.find()).as("'%s' in %s", title, OPERATIONS).isTrue();
        List<String> documented = lines(
                block.group(1).replaceAll("app([12]):8080", "127.0.0.1:808$1").replaceAll("(?m)^.*app3.*\\n", ""));
        assertThat(documented).isNotEmpty();
        assertThat(generated).containsSubsequence(documented);
    }

    /** Without indentation and comments. */
    private static List<String> lines(String text) {
        return text.lines()
                .map(line -> line.replaceAll(" +#.*", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }
}
