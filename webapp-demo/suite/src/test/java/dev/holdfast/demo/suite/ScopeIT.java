package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Servlet 6.0, 7.3: sessions are scoped to their web application. */
@EveryContainer
class ScopeIT {

    private static NodeProcess node;

    private final Browser browser;

    ScopeIT(Cell cell) {
        this.browser = new Browser(cell);
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) {
        NodeOptions options =
                cell.ownCluster("two-apps").webapp("/other", Cell.WAR).crossContext();
        if (cell.isNative()) {
            options.withoutFilter("/other");
        }
        node = NodeProcess.start(cell.container(), options);
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        node.close();
    }

    @Test
    void applicationNeverSeesTheSessionOfAnother() {
        browser.run(node, "set a 1");
        Answer other = browser.get(node, "/other/do?op=peek&op=requested-valid");
        assertThat(other.results()).containsExactly("none", "false");
        Answer fresh = RawHttp.get(node, "/other/do?op=session&op=names", "Cookie: " + browser.cookieHeader());
        assertThat(fresh.result(0)).isNotEqualTo(browser.sessionId());
        assertThat(fresh.result(1)).isEqualTo("[]");
        assertThat(fresh.sessionCookie()).containsIgnoringCase("; Path=/other");
        assertThat(browser.run(node, "get-if a").result(0)).isEqualTo("1");
    }

    @Test
    void dispatchIntoAnotherApplicationSeesThatApplicationsSession() {
        Answer answer = browser.run(
                node,
                "session",
                "set a 1",
                "include-other /other " + Browser.dispatch("set b 2", "names", "context-path"),
                "names",
                "context-path");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.results()).containsSubsequence("[b]", "/other", "[a]", "/app");
    }
}
