package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/**
 * A store that fails at each point of a request, under applications that do their best to hide it: an acknowledged change is
 * never missing, nobody is logged out, and the client sees 503 or a broken answer.
 */
@EveryContainer
@Tag("beyond")
class FaultsIT {

    private static @Nullable NodeProcess node;
    private static @Nullable Cell cell;

    private final Browser browser;

    FaultsIT(Cell cell) {
        this.browser = new Browser(cell);
        FaultsIT.cell = cell;
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) {
        FaultsIT.cell = cell;
        node = NodeProcess.launch(
                        cell.container(),
                        cell.ownCluster("faults")
                                .property("holdfast.store", "faulty:local")
                                // in mode sticky, too: going on without the store is another test's
                                .property("holdfast.on-store-failure", "fail"))
                .awaitReady();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (node != null) {
            node.stop();
        }
    }

    @AfterEach
    void heal() {
        fault("heal");
    }

    @Test
    void loadThatFailsIsAnOutageWhateverTheApplicationMakesOfIt() {
        login();
        for (String[] script : new String[][] {
            {"get a"},
            {"strict", "get a"},
            {"get a", "error 418"},
            {"get a", "redirect /app/elsewhere"},
            {"get a", "write 100000"},
            {"forward /do?op=get+a"},
            {"peek", "get a"}
        }) {
            fault("load before");
            assertUnavailable(run(script), script);
            assertThat(run("get a").result(0))
                    .as("logged out by " + List.of(script))
                    .isEqualTo("1");
        }
    }

    @Test
    void saveThatFailsBeforeTheFirstByteIsNotAcknowledged() {
        login();
        for (String when : List.of("before", "after")) {
            for (String[] script : new String[][] {
                {"set a 2"},
                {"strict", "set a 2"},
                {"set a 2", "redirect /app/elsewhere"},
                {"set a 2", "error 418"},
                {"set a 2", "error 404"},
                {"set a 2", "write 100000"},
                {"set a 2", "write-single 20000"},
                {"set a 2", "flush"},
                {"set a 2", "flush-writer"},
                {"set a 2", "close-stream"},
                {"set a 2", "chars 10000 20ac"},
                {"set a 2", "length 5", "write 5"},
                {"async set a 2"},
            }) {
                run("set a 1");
                fault("save " + when);
                assertUnavailable(run(script), script);
                assertThat(run("get a").result(0)).as(when + List.of(script)).isIn("1", "2");
            }
        }
    }

    @Test
    void saveThatFailsAfterTheFirstByteBreaksTheAnswer() {
        login();
        for (String[] script : new String[][] {
            {"flush", "set a 2", "write 10"},
            {"write 100000", "set a 2"},
            {"chars 100000 20ac", "set a 2"},
            {"length 100", "write 50", "flush", "set a 2", "write 50"},
        }) {
            run("set a 1");
            fault("save before");
            assertThat(isBroken(script)).as(List.of(script).toString()).isTrue();
            assertThat(run("get a").result(0)).isEqualTo("1");
        }
    }

    @Test
    void newSessionThatCannotBeSavedIsNotGivenToTheClient() {
        for (String[] script : new String[][] {
            {"session", "set a 1"}, {"session", "set a 1", "redirect /app/x"}, {"session", "set a 1", "error 418"}
        }) {
            fault("save before");
            Answer answer = run(script);
            assertUnavailable(answer, script);
        }
        assertThat(new Browser(cell()).run(node(), "session", "set a 1").status())
                .isEqualTo(200);
    }

    @Test
    void logoutAndLoginSurviveLostReplies() {
        login();
        fault("remove after");
        assertThat(run("invalidate").status()).isEqualTo(200);
        assertThat(run("get-if a").result(0)).isNotEqualTo("1");

        run("session", "set a 1");
        fault("remove after");
        assertThat(run("change-id").status()).isEqualTo(200);
        assertThat(run("get a").result(0)).isEqualTo("1");
        fault("remove before");
        assertThat(run("change-id").status()).isEqualTo(200);
        assertThat(run("get a").result(0)).isEqualTo("1");
    }

    @Test
    void storeThatIsDownLogsNobodyOut() {
        login();
        fault("down");
        for (int i = 0; i < 10; i++) {
            assertUnavailable(run("get a"), "get a");
            assertUnavailable(run("set a 3"), "set a 3");
            assertThat(run("quiet").status()).isEqualTo(200);
        }
        fault("heal");
        assertThat(run("get a").result(0)).isEqualTo("1");
    }

    @Test
    void damagedAttributesReadAsAbsentAndTheSessionLivesOn() {
        for (String damage : List.of("cut", "flip", "random")) {
            Browser user = new Browser(cell());
            user.run(node(), "session", "set a 1", "set b 2");
            fault("damage " + damage);
            for (int i = 0; i < 20; i++) {
                Answer answer = user.forgetNode().run(node(), "get a", "get b", "names");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.result(0)).isEqualTo("null");
            }
            assertThat(user.run(node(), "set c 3").status()).isEqualTo(200);
            fault("heal");
            assertThat(user.run(node(), "get a").result(0)).isEqualTo("1");
            assertThat(user.run(node(), "get c").result(0)).isEqualTo("3");
        }
    }

    @Test
    void whatWasAcknowledgedIsThereWhateverFailed() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        login();
        List<String> possible = new ArrayList<>(List.of("1"));
        for (int i = 2; i < 400; i++) {
            if (random.nextInt(3) == 0) {
                fault(List.of("load", "save").get(random.nextInt(2))
                        + List.of(" before", " after").get(random.nextInt(2)));
            }
            String value = "" + i;
            Answer answer;
            try {
                answer = random.nextBoolean() ? run("set a " + value) : run("flush", "set a " + value);
            } catch (UncheckedIOException e) {
                possible.add(value);
                continue;
            }
            if (answer.status() == 200) {
                possible = new ArrayList<>(List.of(value));
            } else {
                assertThat(answer.status()).isEqualTo(503);
                possible.add(value);
            }
            if (random.nextInt(4) == 0) {
                fault("heal");
                String now = run("get a").result(0);
                assertThat(possible).as("seed " + seed).contains(now);
                possible = new ArrayList<>(List.of(now));
            }
        }
    }

    private void login() {
        run("session", "set a 1");
    }

    private Answer run(String... script) {
        // In mode sticky who comes from elsewhere asks the store: what is looked at here is what becomes of that.
        return browser.forgetNode().run(node(), script);
    }

    private boolean isBroken(String... script) {
        try {
            run(script);
            return false;
        } catch (UncheckedIOException e) {
            return true;
        }
    }

    private static void assertUnavailable(Answer answer, String... script) {
        assertThat(answer.status()).as(List.of(script) + ": " + answer).isEqualTo(503);
        assertThat(answer.headers().firstValue("Retry-After"))
                .as(List.of(script).toString())
                .isPresent();
        assertThat(answer.body()).doesNotContain("xxxxx");
    }

    private void fault(String what) {
        browser.get(node(), "/app/control/fault?of=" + what.replace(" ", "+"));
    }

    private static NodeProcess node() {
        if (node == null) {
            throw new IllegalStateException("not started");
        }
        return node;
    }

    private static Cell cell() {
        if (cell == null) {
            throw new IllegalStateException("not started");
        }
        return cell;
    }
}
