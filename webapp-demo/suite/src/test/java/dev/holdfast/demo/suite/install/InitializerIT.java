package dev.holdfast.demo.suite.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The filter in applications that nobody edited, on every container. */
class InitializerIT {

    private static final String OURS = "dev.holdfast.filter.";

    private static final String OWN_FILTER = """
              <filter>
                <filter-name>by-xml</filter-name>
                <filter-class>dev.holdfast.demo.suite.install.app.EagerFilter</filter-class>
              </filter>
              <filter-mapping><filter-name>by-xml</filter-name><url-pattern>/*</url-pattern></filter-mapping>
            """;
    private static final String OWN_SERVLET = """
              <servlet>
                <servlet-name>shop</servlet-name>
                <servlet-class>dev.holdfast.demo.suite.install.app.ShopServlet</servlet-class>
              </servlet>
              <servlet-mapping>
                <servlet-name>shop</servlet-name>
                <url-pattern>/count</url-pattern>
                <url-pattern>/end</url-pattern>
                <url-pattern>/heard</url-pattern>
                <url-pattern>/early</url-pattern>
              </servlet-mapping>
            """;

    /** Whether its listeners and filters are found by annotations too. */
    private static final boolean COMPLETE = true;

    @ParameterizedTest
    @EnumSource
    void aSystemPropertyIsEnough(Container container) throws Exception {
        NodeOptions options = NodeOptions.named("property-" + container.id())
                .libraries(libraries())
                .property("holdfast.store", "local")
                .webapp("/annotated", ShopApplication.make("annotated", !COMPLETE, OWN_FILTER))
                .webapp("/complete", ShopApplication.make("complete", COMPLETE, OWN_FILTER + OWN_SERVLET));
        try (NodeProcess node = NodeProcess.start(container, options)) {
            Client annotated = new Client(node, "/annotated");
            visit(annotated);
            annotated.assertFiltersSeeOurSession("by-initializer", "by-xml", "by-annotation");
            annotated.assertListened("ByXml", "ByTld", "ByAnnotation", "ByCode");

            Client complete = new Client(node, "/complete");
            visit(complete);
            complete.assertFiltersSeeOurSession("by-initializer", "by-xml");
            complete.assertListened("ByXml", "ByTld");
            assertThat(node.log()).doesNotContain("of the container's own was made");

            assertThat(annotated.get("/early")).isEqualTo("ok");
            assertThat(annotated.heard()).contains("native sessions 1");
            assertThat(node.log())
                    .containsOnlyOnce("of the container's own was made in application '/annotated', by"
                            + " dev.holdfast.demo.suite.install.app.EarlyListener.requestInitialized");
        }
    }

    @ParameterizedTest
    @EnumSource
    void soIsAContextParameterOrAFilterThatIsOnlyDeclared(Container container) throws Exception {
        NodeOptions options = NodeOptions.named("descriptor-" + container.id())
                .libraries(libraries())
                .webapp("/parameter", ShopApplication.make("parameter", !COMPLETE, OWN_FILTER + """
                          <context-param>
                            <param-name>holdfast.store</param-name><param-value>local</param-value>
                          </context-param>
                          <context-param>
                            <param-name>holdfast.cookie-name</param-name><param-value>SHOPID</param-value>
                          </context-param>
                        """))
                .webapp("/declared", ShopApplication.make("declared", !COMPLETE, OWN_FILTER + """
                          <filter>
                            <filter-name>session</filter-name>
                            <filter-class>dev.holdfast.filter.SessionFilter</filter-class>
                            <async-supported>true</async-supported>
                            <init-param>
                              <param-name>store</param-name><param-value>local</param-value>
                            </init-param>
                          </filter>
                        """))
                .webapp("/untouched", ShopApplication.make("untouched", !COMPLETE, OWN_FILTER));
        try (NodeProcess node = NodeProcess.start(container, options)) {
            Client parameter = new Client(node, "/parameter");
            visit(parameter);
            parameter.assertFiltersSeeOurSession("by-initializer", "by-xml", "by-annotation");
            assertThat(parameter.cookieNames).containsOnly("SHOPID");

            Client declared = new Client(node, "/declared");
            visit(declared);
            declared.assertFiltersSeeOurSession("by-initializer", "by-xml", "by-annotation");

            Client untouched = new Client(node, "/untouched");
            assertThat(untouched.get("/count")).isEqualTo("1");
            assertThat(untouched.get("/count")).isEqualTo("2");
            assertThat(untouched.heard())
                    .contains("native sessions 1", "filters [by-annotation, by-initializer, by-xml]")
                    .noneMatch(line -> line.contains(OURS));
            assertThat(node.log()).doesNotContain("application '/untouched'");
        }
    }

    private static Path libraries() throws Exception {
        return ShopApplication.libraries("libraries", jar -> true);
    }

    private static void visit(Client client) throws Exception {
        assertThat(client.get("/count")).isEqualTo("1");
        assertThat(client.get("/count")).isEqualTo("2");
        assertThat(client.get("/end")).isEqualTo("ended");
    }

    /** A browser of one application. */
    private static final class Client {
        private final HttpClient http =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
        private final String base;
        private final List<String> cookieNames = new java.util.ArrayList<>();

        Client(NodeProcess node, String application) {
            this.base = "http://127.0.0.1:" + node.port() + application;
        }

        String get(String path) throws Exception {
            HttpResponse<String> answer =
                    http.send(HttpRequest.newBuilder(URI.create(base + path)).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            for (String cookie : answer.headers().allValues("Set-Cookie")) {
                cookieNames.add(cookie.substring(0, cookie.indexOf('=')));
            }
            return answer.body();
        }

        /** Lines in order; the last, about filters, sorted by name. */
        List<String> heard() throws Exception {
            return get("/heard")
                    .lines()
                    .map(line -> line.startsWith("filters [") ? sorted(line) : line)
                    .toList();
        }

        void assertFiltersSeeOurSession(String... filters) throws Exception {
            List<String> heard = heard();
            for (String filter : filters) {
                assertThat(heard).anyMatch(line -> line.startsWith("filter " + filter + " " + OURS));
                assertThat(heard)
                        .noneMatch(line -> line.startsWith("filter " + filter + " ") && !line.contains(" " + OURS));
            }
            assertThat(heard).contains("native sessions 0");
        }

        /** The container's own instances: one was made, and that one was called. */
        void assertListened(String... listeners) throws Exception {
            List<String> heard = heard();
            for (String listener : listeners) {
                assertThat(heard)
                        .containsOnlyOnce(
                                "made " + listener, "created " + listener, "destroyed " + listener + " cart=2");
            }
            List<String> created = heard.stream()
                    .filter(line -> line.startsWith("created "))
                    .map(line -> line.substring("created ".length()))
                    .toList();
            List<String> destroyed = heard.stream()
                    .filter(line -> line.startsWith("destroyed "))
                    .map(line -> line.split(" ")[1])
                    .toList();
            assertThat(created).containsExactlyInAnyOrder(listeners);
            List<String> reversed = new java.util.ArrayList<>(created);
            java.util.Collections.reverse(reversed);
            assertThat(destroyed).isEqualTo(reversed);
        }

        private static String sorted(String line) {
            List<String> names = java.util.Arrays.stream(line.substring("filters [".length(), line.length() - 1)
                            .split(", "))
                    .filter(name -> !name.contains("WebSocket"))
                    .sorted()
                    .toList();
            return "filters " + names;
        }
    }
}
