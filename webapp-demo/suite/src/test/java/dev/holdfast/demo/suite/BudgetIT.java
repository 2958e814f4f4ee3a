package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** What a request costs at the store: counted calls, and the bytes of names and values that they carry. */
@EveryContainer
@Tag("beyond")
class BudgetIT {

    private static @Nullable NodeProcess node;

    private final Browser browser;

    BudgetIT(Cell cell) {
        this.browser = new Browser(cell);
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) {
        node = NodeProcess.launch(
                        cell.container(), cell.ownCluster("budget").property("holdfast.store", "faulty:local"))
                .awaitReady();
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        if (node != null) {
            node.stop();
        }
    }

    @Test
    void requestThatDoesNotUseItsSessionCostsNothing() {
        assertThat(callsOf("quiet")).isEmpty();
        assertThat(callsOf("write 100000")).isEmpty();
        run("session", "set a 1");
        for (int i = 0; i < 10; i++) {
            assertThat(callsOf("quiet")).isEmpty();
        }
        assertThat(callsOf("redirect /app/elsewhere")).isEmpty();
        assertThat(callsOf("error 404")).isEmpty();
    }

    @Test
    void newSessionCostsOneCall() {
        assertThat(callsOf("session", "set a 1", "set-bytes b 1000"))
                .hasSize(1)
                .allMatch(call -> call.startsWith("save"));
    }

    @Test
    void readCostsOneCallAndNoValueTravels() {
        run("session", "set-bytes big 10000", "set a 1");
        run("get a");
        for (String[] script : new String[][] {
            {"get a"},
            {"get big"},
            {"get a", "get big", "names"},
            {"peek"},
            {"get a", "write 100000"},
            {"forward /do?op=get+a"},
            {"include /do?op=get+a", "get a"},
            {"get a", "error 418"}
        }) {
            assertThat(callsOf(script)).as(List.of(script).toString()).containsExactly("load 0 0");
        }
    }

    @Test
    void changeOfOneAttributeCostsTwoCallsAndTheBytesOfThatAttribute() {
        run("session", "set-bytes big 10000", "set-bytes small 100");
        for (int length = 90; length < 100; length++) {
            List<String> calls = callsOf("set-bytes small " + length);
            assertThat(calls).hasSize(2);
            assertThat(calls.get(0)).isEqualTo("load 0 0");
            assertThat(Integer.parseInt(calls.get(1).split(" ")[1])).isBetween(length, 200);
        }
        assertThat(callsOf("set a 1", "set b 2", "remove a", "max 100")).hasSize(2);
    }

    @Test
    void changeInPlaceCostsTheSame() {
        run("session", "list-add cart x", "set-bytes big 10000");
        List<String> calls = callsOf("list-add cart y");
        assertThat(calls).hasSize(2);
        assertThat(Integer.parseInt(calls.get(1).split(" ")[1])).isBetween(1, 1000);
    }

    @Test
    void unknownIdCostsOneCallAndAnIllFormedOneNone() {
        browser.cookie(Browser.COOKIE, "A".repeat(27));
        assertThat(callsOf("peek")).hasSize(1);
        browser.cookie(Browser.COOKIE, "A".repeat(26));
        assertThat(callsOf("peek")).isEmpty();
    }

    @Test
    void logoutCostsItsLoadAndItsRemoval() {
        run("session", "set a 1");
        assertThat(callsOf("invalidate")).extracting(call -> call.split(" ")[0]).containsExactly("load", "remove");
    }

    private List<String> callsOf(String... script) {
        control("forget");
        run(script);
        return control("calls")
                .lines()
                .filter(line -> !line.startsWith("touch") && !line.startsWith("claim") && !line.startsWith("confirm"))
                .toList();
    }

    private Answer run(String... script) {
        return browser.run(node(), script);
    }

    private String control(String what) {
        return browser.get(node(), "/app/control/fault?of=" + what).body();
    }

    private static NodeProcess node() {
        if (node == null) {
            throw new IllegalStateException("not started");
        }
        return node;
    }
}
