package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Servlet 6.0, 7.1 and HttpServletRequest: which id a request names, where it came from, how it changes. */
@EveryCell
class SessionIdIT {

    private final Cell cell;
    private final Browser browser;

    SessionIdIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    @Test
    void requestWithoutAnIdHasNone() {
        assertThat(browser.run("requested-id", "requested-valid", "from-cookie", "from-url")
                        .results())
                .containsExactly("null", "false", "false", "false");
    }

    @Test
    void idFromTheCookieIsTheRequestedOneAndValidUntilInvalidated() {
        browser.run("session");
        String id = browser.sessionId();
        assertThat(browser.run(
                                cell.b(),
                                "requested-id",
                                "requested-valid",
                                "from-cookie",
                                "from-url",
                                "invalidate",
                                "requested-valid",
                                "requested-id")
                        .results())
                .containsExactly(id, "true", "true", "false", "ok", "false", id);
    }

    @Test
    void requestedIdIsWhatTheClientSentThoughItNamesNoSession() {
        browser.cookie(Browser.COOKIE, "no-such-session.route7");
        assertThat(browser.run("requested-id", "requested-valid", "from-cookie", "peek")
                        .results())
                .containsExactly("no-such-session.route7", "false", "true", "none");
    }

    @Test
    void newSessionNeverTakesTheIdThatTheClientSent() {
        String dead = browser.run("session", "invalidate").result(0);
        for (String sent : List.of(dead, "chosen-by-an-attacker", "A".repeat(27))) {
            Browser victim = new Browser(cell).cookie(Browser.COOKIE, sent);
            assertThat(victim.run("session").result(0)).isNotEqualTo(sent);
        }
    }

    @Test
    void changeOfIdKeepsTheSessionAndKillsTheOldIdOnEveryNode() {
        String old = browser.run("set a 1", "id").result(1);
        Browser stale = browser.copy();
        Answer answer = browser.run(cell.b(), "object", "change-id", "id", "get a", "object");
        assertThat(answer.result(1)).isNotEqualTo(old).isEqualTo(answer.result(2));
        assertThat(answer.result(3)).isEqualTo("1");
        assertThat(answer.result(4)).isEqualTo(answer.result(0));
        assertThat(answer.sessionCookie()).startsWith("JSESSIONID=" + answer.result(1));
        for (var node : cell.nodes()) {
            assertThat(browser.run(node, "get a", "id").results()).containsExactly("1", answer.result(1));
            stale.awaitDead(node);
        }
    }

    @Test
    void changeOfIdWithoutASessionIsAnIllegalState() {
        assertThat(browser.run("change-id").result(0)).isEqualTo("IllegalStateException");
    }

    @Test
    void changeOfIdCallsEachIdListenerOnceWithBothIds() {
        String old = browser.run("session").result(0);
        String changed = browser.run("change-id").result(0);
        assertThat(Control.of(cell, cell.a()).events(old))
                .filteredOn(event -> event.startsWith("idChanged"))
                .containsExactlyInAnyOrder(
                        "idChanged first " + old + " " + changed,
                        "idChanged second " + old + " " + changed,
                        "idChanged tld " + old + " " + changed,
                        "idChanged code " + old + " " + changed,
                        "idChanged annotated " + old + " " + changed);
    }

    @Test
    void valuesSetBeforeAndAfterAChangeOfIdInOneRequestAreKept() {
        browser.run("set before 1", "change-id", "set after 2", "change-id", "set last 3");
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[after, before, last]");
    }
}
