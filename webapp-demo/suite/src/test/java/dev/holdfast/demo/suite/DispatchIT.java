package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servlet 6.0, chapter 9: every kind of dispatch sees the one session. */
@EveryCell
class DispatchIT {

    private final Cell cell;
    private final Browser browser;

    DispatchIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    @Test
    void forwardedRequestHasTheSameSession() {
        Answer answer = browser.run("session", "object", "forward " + Browser.dispatch("id", "object", "set a 1"));
        assertThat(answer.results().subList(2, 4)).isEqualTo(answer.results().subList(0, 2));
        assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("1");
    }

    @Test
    void whatChangesAfterAForwardIsSavedToo() {
        browser.run("session", "forward " + Browser.dispatch("set a 1"), "set b 2");
        // the container ends the answer with the forward, so the client may be here before the second value is set
        Control.await(
                "both values", () -> browser.run(cell.b(), "names").result(0).equals("[a, b]"));
    }

    @Test
    void nestedDispatchesShareTheSession() {
        String inner = Browser.dispatch("set c 3", "id");
        String middle = Browser.dispatch("set b 2", "include " + inner, "set d 4");
        Answer answer = browser.run("session", "set a 1", "forward " + middle);
        assertThat(answer.results()).contains(browser.sessionId().split("\\.")[0]);
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[a, b, c, d]");
    }

    @Test
    void dispatchesWithTheApplicationsOwnWrappersShareTheSession() {
        Answer answer = browser.run(
                "session",
                "include-wrapped " + Browser.dispatch("id", "set a 1"),
                "forward-wrapped " + Browser.dispatch("id", "set b 2"));
        assertThat(answer.result(1)).isEqualTo(answer.result(0));
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[a, b]");
    }

    @Test
    void pageUsesTheSessionAlsoBehindAForward() {
        Answer direct = browser.get(cell.a(), "/app/page.jsp");
        assertThat(direct.body()).contains("count=1");
        Answer forwarded = browser.run(cell.b(), "forward /page.jsp");
        assertThat(forwarded.body()).contains("count=2");
        Answer included = browser.run("include /page.jsp");
        assertThat(included.body()).contains("count=3");
        assertThat(browser.run(cell.b(), "get count").result(0)).isEqualTo("3");
    }

    @Test
    void errorPageHasTheSession() {
        browser.run("set a 1");
        Answer answer = browser.run(cell.b(), "set a 2", "error 418");
        assertThat(answer.status()).isEqualTo(418);
        assertThat(answer.last()).isEqualTo("2");
        assertThat(browser.run("get a").result(0)).isEqualTo("2");
    }

    @Test
    void sessionMadeBeforeAnErrorIsNamedByTheErrorsAnswer() {
        Answer answer = browser.run("set a 1", "error 418");
        assertThat(answer.sessionCookie()).isNotEmpty();
        assertThat(answer.last()).isEqualTo("1");
        assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("1");
    }

    @Test
    void errorPageOfAnExceptionMayChangeTheSession() {
        browser.run("session");
        Answer answer = browser.run("set a 1", "throw error");
        assertThat(answer.status()).isEqualTo(500);
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[a, fromErrorPage]");
    }

    @Test
    void exceptionStillSavesWhatWasChanged() {
        browser.run("session");
        for (String kind : new String[] {"runtime", "io", "servlet"}) {
            assertThat(browser.run("set " + kind + " 1", "throw " + kind).status())
                    .isEqualTo(500);
        }
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[io, runtime, servlet]");
    }

    @Test
    void asyncDispatchHasTheSession() {
        Answer answer =
                browser.run("session", "set a 1", "async-dispatch " + Browser.dispatch("id", "set b 2", "names"));
        assertThat(answer.last()).isEqualTo("[a, b]");
        assertThat(answer.sessionCookie()).contains(answer.result(0));
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[a, b]");
    }

    @Test
    void sessionMadeInAnAsyncDispatchIsNamedByTheAnswer() {
        Answer answer = browser.run("async-dispatch " + Browser.dispatch("session", "set b 2"));
        assertThat(answer.sessionCookie()).isNotEmpty();
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[b]");
    }

    @Test
    @Tag("beyond") // Jetty wants HTTP requests only
    void dispatchWithAPlainRequestWrapperIsLetThrough() {
        String note = "plain-" + System.nanoTime();
        Answer answer = browser.run("session", "include-plain /plain?note=" + note);
        assertThat(answer.results()).as(answer.body()).hasSizeGreaterThan(1);
        if (cell.container().isJetty()) {
            assertThat(answer.result(1)).isNotEqualTo("ClassCastException");
        } else {
            assertThat(Control.of(cell, cell.a()).events(note)).hasSize(1);
        }
    }
}
