package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The nodes themselves, without the filter: what the other tests take for granted. */
class ContainersIT {

    private static final Path WAR = Path.of("../testapp/target/testapp.war");

    @ParameterizedTest
    @EnumSource
    void runsServletsAndPagesOfAnApplicationAndEndsCleanly(Container container) throws Exception {
        NodeOptions options = NodeOptions.named("plain-" + container.id())
                .webapp("/app", WAR)
                .withoutFilter("/app")
                .http2()
                .gzip();
        try (NodeProcess node = NodeProcess.start(container, options)) {
            assertThat(get(node, "/app/control/node")).isEqualTo("plain-" + container.id());
            assertThat(get(node, "/app/control/native-sessions")).isEqualTo("0");
            assertThat(get(node, "/app/page.jsp")).startsWith("id=").contains("count=1");
            assertThat(get(node, "/app/control/native-sessions")).isEqualTo("1");
            assertThat(node.stop()).isTrue();
            assertThat(node.log()).contains("node stopped").doesNotContain("SEVERE");
        }
    }

    private static String get(NodeProcess node, String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
