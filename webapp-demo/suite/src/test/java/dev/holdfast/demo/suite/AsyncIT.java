package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Servlet 6.0, 2.3.3.3: a request that is answered by another thread. */
@EveryCell
class AsyncIT {

    private final Cell cell;
    private final Browser browser;

    AsyncIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    @Test
    void changeByTheContextsOwnRequestIsSavedBeforeTheAnswerEnds() {
        String id = browser.run("session").result(0);
        for (int i = 0; i < Suite.repetitions(1_000); i++) {
            Answer answer = browser.run("async set a " + i + " | id");
            assertThat(answer.results()).contains("ok");
            assertThat(answer.headers().allValues("Set-Cookie"))
                    .hasSize(cell.tellsNodes() && i > 0 ? 1 : 0)
                    .allMatch(cookie -> cookie.startsWith("JSESSIONID=" + id + "."));
            assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("" + i);
        }
    }

    @Test
    void sessionIsTheSameInTheOtherThread() {
        Answer answer = browser.run("session", "async-given id | set a 1");
        assertThat(answer.result(1)).isIn(answer.result(0), "ok");
        assertThat(answer.results()).contains(answer.result(0));
        assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("1");
    }

    @Test
    void sessionMadeInTheOtherThreadIsNamedByTheAnswer() {
        for (String form : new String[] {"async", "async-given", "async-wrapped", "async-start"}) {
            Browser fresh = new Browser(cell);
            Answer answer = fresh.run(form + " session | set a " + form);
            assertThat(answer.sessionCookie()).as(form).isNotEmpty();
            assertThat(fresh.run(cell.b(), "get a").result(0)).isEqualTo(form);
        }
    }

    @Test
    void valueSetAfterAsyncWasStartedIsSaved() {
        String gate = "async " + System.nanoTime();
        Control control = Control.of(cell, cell.a());
        browser.run("session");
        Thread request = new Thread(() -> browser.run("async wait " + gate + " | set late 1", "set early 1"));
        request.start();
        control.awaitArrival(gate);
        Control.await(
                "the early value on the other node",
                () -> browser.copy().run(cell.b(), "get early").result(0).equals("1"));
        control.open(gate);
        Control.await(
                "the late value on the other node",
                () -> browser.copy().run(cell.b(), "get late").result(0).equals("1"));
    }

    @Test
    void contextKnowsItsOriginalRequestAndResponse() {
        assertThat(browser.run("async quiet", "async-original", "note x").status())
                .isEqualTo(200);
        String note = "original " + System.nanoTime();
        browser.run("async quiet", "async-original", "note-results " + note);
        browser.run("async-given quiet", "async-original", "note-results " + note);
        browser.run("async-wrapped quiet", "async-original", "note-results " + note);
        assertThat(Control.of(cell, cell.a()).events(note)).satisfies(events -> {
            assertThat(events).hasSize(3);
            assertThat(events.get(0)).contains("true");
            assertThat(events.get(1)).contains("true");
            assertThat(events.get(2)).contains("false");
        });
    }

    @Test
    void timeoutMayStillUseTheSession() {
        browser.run("session");
        browser.run("async-timeout set timedOut 1");
        assertThat(browser.run(cell.b(), "get timedOut").result(0)).isEqualTo("1");
    }

    @Test
    void nonBlockingOutputIsWhole() {
        browser.run("session");
        Answer answer = browser.run("set a 1", "nonblocking 300");
        assertThat(answer.body()).hasSize(300 * 1024);
        assertThat(browser.run(cell.b(), "get a").result(0)).isEqualTo("1");
    }
}
