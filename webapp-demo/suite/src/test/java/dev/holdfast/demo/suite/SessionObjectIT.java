package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The interface HttpSession, method by method. */
@EveryCell
class SessionObjectIT {

    /** In milliseconds. */
    private static final long ROUNDING = 10;

    private final Cell cell;
    private final Browser browser;

    SessionObjectIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    @Test
    void sessionIsNewUntilTheClientJoins() {
        assertThat(browser.run("new", "new").results()).containsExactly("true", "true");
        assertThat(browser.run(cell.b(), "new").result(0)).isEqualTo("false");
        assertThat(browser.run("new").result(0)).isEqualTo("false");
    }

    @Test
    void methodsOfAnInvalidSessionThrowButThoseThatMayNot() {
        browser.run("set a 1", "max 77");
        Answer answer = browser.run(
                "hold dead",
                "id",
                "invalidate",
                "with dead",
                "created",
                "accessed",
                "get a",
                "set a 2",
                "remove a",
                "names",
                "new",
                "invalidate",
                "id",
                "context-path",
                "max");
        String thrown = "IllegalStateException";
        assertThat(answer.results().subList(4, 12))
                .containsExactly(thrown, thrown, thrown, thrown, thrown, thrown, thrown, thrown);
        assertThat(answer.results().subList(12, 15)).containsExactly(answer.result(1), "/app", "77");
    }

    @Test
    void settingNullRemoves() {
        assertThat(browser.run("set a 1", "set-null a", "get a", "names", "set-null never-there")
                        .results())
                .containsExactly("ok", "ok", "null", "[]", "ok");
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[]");
    }

    @Test
    @Tag("beyond") // Jetty throws NullPointerException
    void settingANullNameIsAnIllegalArgument() {
        assertThat(browser.run("set-null-name").result(0)).isEqualTo("IllegalArgumentException");
    }

    @Test
    void lastAccessIsTheStartOfThePreviousRequest() {
        long before = System.currentTimeMillis();
        Answer first = browser.run("session", "created", "accessed");
        long after = System.currentTimeMillis();
        Control.pause(Duration.ofMillis(300));
        long beforeSecond = System.currentTimeMillis();
        Answer second = browser.run(cell.b(), "get a", "set a 1", "created", "accessed");
        long afterSecond = System.currentTimeMillis();
        Control.pause(Duration.ofMillis(300));
        long beforeThird = System.currentTimeMillis();
        Answer third = browser.run("accessed");
        long afterThird = System.currentTimeMillis();
        assertThat(number(first, 1)).isBetween(before, after);
        assertThat(second.result(2)).isEqualTo(first.result(1));
        // An access reaches the store as an age, and the other node as the time since then: each on its way, which
        // takes no longer
        // than the request, and in whole milliseconds. Less than the pause unless the machine stands still, so that it
        // cannot be
        // taken for the next request's.
        assertThat(number(second, 3)).isBetween(before - ROUNDING, after + (afterSecond - beforeSecond) + ROUNDING);
        assertThat(number(third, 0))
                .isGreaterThan(after)
                .isLessThanOrEqualTo(afterSecond + (afterThird - beforeThird) + ROUNDING);
    }

    private static long number(Answer answer, int result) {
        return Long.parseLong(answer.result(result));
    }

    @Test
    void maxInactiveIntervalIsTheDeploymentsUntilSetAndThenKept() {
        assertThat(browser.run("max").result(0)).isEqualTo("1800");
        browser.run("max 120");
        assertThat(browser.run(cell.b(), "max").result(0)).isEqualTo("120");
        browser.run("max 0");
        assertThat(Integer.parseInt(browser.run(cell.b(), "max").result(0))).isLessThanOrEqualTo(0);
        assertThat(browser.run("invalidate").result(0)).isEqualTo("ok");
        assertThat(browser.run(cell.b(), "peek").result(0)).isEqualTo("none");
    }

    @Test
    void parallelRequestsOfOneNodeSeeTheSameObjects() {
        browser.run("list-add cart sv-apple");
        String gate = "same " + System.nanoTime();
        Thread waiting =
                new Thread(() -> browser.run("object", "value-object cart", "wait " + gate, "note-results " + gate));
        waiting.start();
        Control control = Control.of(cell, cell.a());
        control.awaitArrival(gate);
        Answer meanwhile = browser.run("object", "value-object cart");
        control.open(gate);
        join(waiting);
        assertThat(control.events(gate))
                .singleElement()
                .asString()
                .contains("[" + meanwhile.result(0) + ", " + meanwhile.result(1) + ", ");
    }

    private static void join(Thread thread) {
        try {
            thread.join(60_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void valueChangedInPlaceIsSavedWithoutSetAttribute() {
        browser.run("list-add cart sv-apple");
        browser.run(cell.b(), "list-add cart sv-pear");
        browser.run("list-add cart sv-plum");
        assertThat(browser.run(cell.b(), "get cart").result(0)).isEqualTo("[sv-apple, sv-pear, sv-plum]");
    }

    @Test
    void referenceHeldBeyondItsRequestGoesOnWorkingAndSavesAtOnce() {
        String key = "held" + System.nanoTime();
        browser.run("set a 1", "hold " + key);
        Browser anyone = new Browser(cell);
        Answer answer = anyone.run("with " + key, "get a", "set b sv-from-outside", "get b");
        assertThat(answer.results()).containsExactly("ok", "1", "ok", "sv-from-outside");
        assertThat(anyone.hasSession()).isFalse();
        assertThat(browser.run(cell.b(), "get b").result(0)).isEqualTo("sv-from-outside");
    }

    @Test
    void attributesSetInAnotherThreadOfTheRequestAreSaved() {
        browser.run("session", "thread set a 1 | set b 2");
        assertThat(browser.run(cell.b(), "names").result(0)).isEqualTo("[a, b]");
    }

    @Test
    @Tag("beyond") // unless <distributable/>, containers keep it in memory without a word
    void valueThatCannotTravelStaysOnItsNodeWithAWarning() {
        cell.expectInLog("cannot travel|NotSerializable|Holder|serializ");
        browser.run("set good sv-good", "set-local bad sv-local", "set-holder worse sv-holder");
        assertThat(browser.run("get bad").result(0)).contains("sv-local");
        assertThat(browser.run(cell.b(), "get good").result(0)).isEqualTo("sv-good");
        if (cell.isCluster()) {
            assertThat(browser.run(cell.b(), "get bad", "get worse").results()).containsExactly("null", "null");
        }
        assertThat(cell.a().log()).contains("NotSerializable");
    }

    @Test
    void largeAndManyAttributesTravel() {
        browser.run("set-bytes big 300000");
        String[] sets = new String[100];
        for (int i = 0; i < sets.length; i++) {
            sets[i] = "set a" + i + " " + i;
        }
        browser.run(sets);
        assertThat(browser.run(cell.b(), "get a0", "get a99", "get big").results())
                .satisfies(results -> {
                    assertThat(results.subList(0, 2)).isEqualTo(List.of("0", "99"));
                    assertThat(results.get(2)).startsWith("[B");
                });
    }
}
