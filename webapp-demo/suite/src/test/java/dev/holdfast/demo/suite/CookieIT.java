package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servlet 6.0, 7.1.1: the session's id travels in a cookie. */
@EveryCell
class CookieIT {

    private final Cell cell;
    private final Browser browser;

    CookieIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    @Test
    void requestThatDoesNotAskForItsSessionGetsNoCookie() {
        Answer answer = browser.run("parameter nothing");
        assertThat(answer.headers().allValues("Set-Cookie")).isEmpty();
        assertThat(browser.run("peek").result(0)).isEqualTo("none");
    }

    @Test
    void newSessionIsNamedByOneCookieOfTheContextPath() {
        Answer answer = browser.run("session");
        assertThat(answer.sessionCookie())
                .startsWith("JSESSIONID=" + answer.result(0))
                .containsIgnoringCase("; Path=/app");
        assertThat(answer.sessionCookie()).doesNotContainIgnoringCase("Secure").doesNotContainIgnoringCase("Max-Age");
    }

    @Test
    @Tag("beyond") // Jetty's own default is a cookie that scripts can read
    void cookieIsHttpOnlyUnlessTheApplicationSaysOtherwise() {
        assertThat(browser.run("session").sessionCookie()).containsIgnoringCase("; HttpOnly");
    }

    @Test
    void cookieIsSentOnceAndNotAgain() {
        String id = browser.run("session").result(0);
        assertThat(browser.run("session", "set a 1").headers().allValues("Set-Cookie"))
                .isEmpty();
        Answer elsewhere = browser.run(cell.b(), "get a");
        if (cell.tellsNodes()) {
            assertThat(elsewhere.sessionCookie()).startsWith("JSESSIONID=" + id + ".");
            assertThat(browser.run(cell.b(), "get a").headers().allValues("Set-Cookie"))
                    .isEmpty();
        } else {
            assertThat(elsewhere.headers().allValues("Set-Cookie")).isEmpty();
        }
    }

    @Test
    @Tag("beyond")
    void inModeStickyTheCookieNamesTheNodeAndTheIdStays() {
        String id = browser.run("session", "set a 1").result(0);
        String atA = browser.sessionCookie();
        assertThat(browser.run(cell.b(), "id").result(0)).isEqualTo(id);
        String atB = browser.sessionCookie();
        assertThat(browser.run(cell.a(), "id", "get a").results()).containsExactly(id, "1");
        assertThat(browser.sessionCookie()).isEqualTo(atA);
        if (!cell.isSticky()) {
            assertThat(List.of(atA, atB)).containsOnly(id);
        } else if (cell.isCluster()) {
            assertThat(List.of(atA, atB))
                    .allMatch(cookie -> cookie.startsWith(id + "."))
                    .doesNotHaveDuplicates();
        } else {
            assertThat(List.of(atA, atB)).allMatch(cookie -> cookie.startsWith(id + "."));
        }
    }

    @Test
    void attributesAreThereOnTheNextRequestOfEveryNode() {
        browser.run("set a sv-one", "set-int n 7");
        assertThat(browser.run(cell.b(), "get a", "get n", "names").results()).containsExactly("sv-one", "7", "[a, n]");
        browser.run(cell.b(), "remove a");
        assertThat(browser.run("get a", "names").results()).containsExactly("null", "[n]");
    }

    @Test
    @Tag("beyond") // Tomcat loses it, Jetty sends it twice
    void cookieSurvivesResetOfTheAnswer() {
        Answer answer = browser.run("session", "header X-Gone 1", "reset");
        assertThat(answer.sessionCookie()).contains(answer.result(0));
        assertThat(answer.headers().firstValue("X-Gone")).isEmpty();
    }

    @Test
    @Tag("beyond") // the containers keep the dead session's cookie beside the new one's after a reset, or send both
    void onlyTheNewestIdIsSentWhenSessionsFollowEachOtherInOneRequest() {
        Answer answer = browser.run("session", "invalidate", "session", "change-id", "id");
        assertThat(answer.sessionCookie()).startsWith("JSESSIONID=" + answer.last());
        assertThat(browser.run(cell.b(), "peek").result(0)).isEqualTo(answer.last());
    }

    @Test
    void cookiesOfTheApplicationAreLeftAlone() {
        Answer answer =
                browser.run("cookie theme dark", "session", "cookie JSESSIONID other /elsewhere", "cookie lang en");
        List<String> cookies = answer.headers().allValues("Set-Cookie");
        assertThat(cookies).anyMatch(cookie -> cookie.startsWith("theme=dark"));
        assertThat(cookies).anyMatch(cookie -> cookie.startsWith("lang=en"));
        assertThat(cookies).anyMatch(cookie -> cookie.startsWith("JSESSIONID=other") && cookie.contains("/elsewhere"));
        assertThat(cookies).anyMatch(cookie -> cookie.startsWith("JSESSIONID=" + answer.result(1)));
    }

    @Test
    void invalidateSendsNoDeletion() {
        browser.run("session");
        assertThat(browser.run("invalidate").headers().allValues("Set-Cookie")).isEmpty();
        assertThat(browser.run(cell.b(), "peek").result(0)).isEqualTo("none");
    }

    @Test
    void firstCookieThatNamesAValidSessionWins() {
        Answer answer = browser.run("set a 1");
        String id = browser.sessionId();
        Answer found = RawHttp.get(
                cell.b(), Browser.script("get-if a"), "Cookie: JSESSIONID=stale; JSESSIONID=\"\"; JSESSIONID=" + id);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(found.result(0)).isEqualTo("1");
    }

    @Test
    void sessionCannotBeMadeOnceTheAnswerIsCommitted() {
        String note = "late " + System.nanoTime();
        browser.run("write 10", "flush", "session", "peek", "note-results " + note);
        assertThat(Control.of(cell, cell.a()).events(note))
                .singleElement()
                .asString()
                .contains("[ok, ok, IllegalStateException, none]");
    }

    @Test
    void sessionThatExistsIsFoundAfterTheAnswerIsCommitted() {
        String id = browser.run("session").result(0);
        String note = "late " + System.nanoTime();
        browser.run("write 10", "flush", "peek", "set late 1", "note-results " + note);
        assertThat(Control.of(cell, cell.a()).events(note))
                .singleElement()
                .asString()
                .contains(id);
        assertThat(browser.run(cell.b(), "get late").result(0)).isEqualTo("1");
    }

    @Test
    void sessionMadeInAnIncludeIsNamedByTheOuterAnswer() {
        Answer answer = browser.run("include " + Browser.dispatch("session", "set a 1"));
        assertThat(answer.sessionCookie()).contains(answer.result(0));
        assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("1");
    }

    @Test
    void sessionMadeBeforeAForwardIsNamedByTheAnswer() {
        Answer answer = browser.run("session", "forward " + Browser.dispatch("set a 1", "id"));
        assertThat(answer.sessionCookie()).contains(answer.result(0));
        assertThat(answer.last()).isEqualTo(answer.result(0));
        assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("1");
    }

    @Test
    void sessionMadeAfterAForwardToAWrappedAnswerIsNamedByTheAnswer() {
        Answer answer = browser.run("forward-wrapped " + Browser.dispatch("session", "set a 1"));
        assertThat(answer.sessionCookie()).contains(answer.result(0));
        assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("1");
    }
}
