package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Servlet 6.0, 7.1.3: the id in the URL, for a deployment whose web.xml allows it. */
@EveryContainer
class UrlTrackingIT {

    private static NodeProcess node;

    private final Cell cell;

    UrlTrackingIT(Cell cell) {
        this.cell = cell;
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) {
        node = NodeProcess.start(cell.container(), cell.ownCluster("url").webXml("/app", Descriptor.with("""
                                        <session-config>
                                          <session-timeout>7</session-timeout>
                                          <tracking-mode>COOKIE</tracking-mode>
                                          <tracking-mode>URL</tracking-mode>
                                        </session-config>
                                        """)));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        node.close();
    }

    @Test
    void idInTheUrlNamesTheSession() {
        Answer made = RawHttp.get(node, Browser.script("set a 1", "encode /app/do"));
        String encoded = made.result(1);
        assertThat(encoded).matches("/app/do;jsessionid=[A-Za-z0-9_.-]+");
        String parameter = encoded.substring("/app/do".length());
        Answer found = RawHttp.get(
                node,
                "/app/do" + parameter + "?op=get-if+a&op=from-url&op=from-cookie&op=requested-valid&op=requested-id");
        assertThat(found.results().subList(0, 4)).containsExactly("1", "true", "false", "true");
        assertThat(cell.idOf(parameter)).isEqualTo(";jsessionid=" + found.result(4));
        assertThat(found.headers().allValues("Set-Cookie")).isEmpty();
    }

    @Test
    void urlsAreEncodedOnlyWhileTheClientMayNotKnowCookies() {
        String host = "http://127.0.0.1:" + node.port();
        Answer first = RawHttp.get(
                node, Browser.script("encode /app/x", "session", "encode /app/x", "invalidate", "encode /app/x"));
        assertThat(first.result(0)).isEqualTo("/app/x");
        assertThat(first.result(2)).startsWith("/app/x;jsessionid=");
        assertThat(first.result(4)).isEqualTo("/app/x");
        Browser browser = new Browser(cell);
        browser.run(node, "session");
        assertThat(browser.run(node, "encode /app/x", "encode " + host + "/app/x", "encode-redirect /app/x")
                        .results())
                .containsExactly("/app/x", host + "/app/x", "/app/x");
    }

    @Test
    @Tag("beyond") // Jetty encodes them all
    void onlyUrlsOfThisApplicationAreEncodedAndTheIdStandsBeforeQueryAndFragment() {
        Browser browser = new Browser(cell);
        String host = "http://127.0.0.1:" + node.port();
        List<String> results = browser.run(
                        node,
                        "session",
                        "encode /app/x?a=b#c",
                        "encode x",
                        "encode " + host + "/app/x#c",
                        "encode #c",
                        "encode http://elsewhere.example/app/x",
                        "encode " + host + "/other/x",
                        "encode https://127.0.0.1:" + node.port() + "/app/x",
                        "encode http://127.0.0.1:1/app/x",
                        "encode mailto:a@b.c",
                        "encode-redirect /app/y?z")
                .results();
        String parameter = ";jsessionid=" + browser.sessionCookie();
        assertThat(results.subList(1, results.size()))
                .containsExactly(
                        "/app/x" + parameter + "?a=b#c",
                        "x" + parameter,
                        host + "/app/x" + parameter + "#c",
                        "#c",
                        "http://elsewhere.example/app/x",
                        host + "/other/x",
                        "https://127.0.0.1:" + node.port() + "/app/x",
                        "http://127.0.0.1:1/app/x",
                        "mailto:a@b.c",
                        "/app/y" + parameter + "?z");
    }

    @Test
    @Tag("beyond") // Jetty refuses the request
    void cookieBeatsTheUrl() {
        Browser one = new Browser(cell);
        Browser two = new Browser(cell);
        one.run(node, "set a sv-one");
        two.run(node, "set a sv-two");
        Answer answer =
                one.get(node, "/app/do;jsessionid=" + two.sessionId() + "?op=get-if+a&op=from-cookie&op=from-url");
        assertThat(answer.results()).containsExactly("sv-one", "true", "false");
    }

    @Test
    void sessionTimeoutOfTheDescriptorHolds() {
        assertThat(new Browser(cell).run(node, "max").result(0)).isEqualTo("420");
    }
}
