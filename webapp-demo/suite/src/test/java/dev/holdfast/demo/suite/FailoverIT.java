package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left when a node dies. Every test has nodes of its own. */
@ParameterizedClass(name = "{0}")
@MethodSource("clusters")
@Tag("beyond")
class FailoverIT {

    private final Cell cell;
    private NodeProcess a;
    private NodeProcess b;

    FailoverIT(Cell cell) {
        this.cell = cell.sibling();
    }

    /** The cells with shared sessions, which are none when the containers' own are looked at. */
    static Stream<Cell> clusters() {
        return Cells.all().filter(Cell::isCluster);
    }

    private NodeOptions options(String name) {
        return cell.options(name).property("holdfast.claim-lease", "3s");
    }

    @BeforeEach
    void start() {
        NodeProcess.Starting one = NodeProcess.launch(cell.container(), options("one"));
        NodeProcess.Starting two = NodeProcess.launch(cell.container(), options("two"));
        a = one.awaitReady();
        b = two.awaitReady();
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    @Test
    void sessionsSurviveTheDeathOfANodeAndItsReturn() {
        List<Browser> users = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            Browser user = new Browser(cell);
            user.run(i % 2 == 0 ? a : b, "set n " + i, "list-add cart " + i);
            user.run(i % 2 == 0 ? b : a, "list-add cart more", "set last " + i);
            ids.add(user.sessionId());
            users.add(user);
        }
        a.kill();
        for (int i = 0; i < 40; i++) {
            Browser user = users.get(i);
            Answer answer = answered(user, b, "get-if n", "get-if last", "get-if cart", "set afterwards " + i);
            assertThat(answer.results()).containsExactly("" + i, "" + i, "[" + i + ", more]", "ok");
            assertThat(user.sessionId()).isEqualTo(ids.get(i));
        }
        a = NodeProcess.start(cell.container(), options("back"));
        // peers hand it copies first: as an operator does who waits before the next server
        Control.await(
                "its being ready",
                () -> new Browser(cell).get(a, "/app/control/health").status() == 200);
        for (int i = 0; i < 40; i++) {
            assertThat(answered(users.get(i), a, "get-if n", "get-if afterwards")
                            .results())
                    .containsExactly("" + i, "" + i);
        }
        b.kill();
        for (int i = 0; i < 40; i++) {
            assertThat(answered(users.get(i), a, "get-if n", "get-if afterwards")
                            .results())
                    .containsExactly("" + i, "" + i);
        }
    }

    /** While the death is being noticed a request may be refused with 503, and the client comes again. */
    private static Answer answered(Browser user, NodeProcess node, String... operations) {
        Answer[] answer = new Answer[1];
        Control.await("an answer other than 503", () -> {
            answer[0] = user.run(node, operations);
            return answer[0].status() != 503;
        });
        assertThat(answer[0].status()).isEqualTo(200);
        return answer[0];
    }

    @Test
    void nodeThatIsStoppedHandsItsSessionsOver() {
        Browser user = new Browser(cell);
        user.run(a, "set n 1");
        String id = user.sessionId();
        assertThat(a.stop()).isTrue();
        assertThat(answered(user, b, "get-if n").result(0)).isEqualTo("1");
        assertThat(user.sessionId()).isEqualTo(id);
        assertThat(a.log()).contains("destroyed sessions: 0");
        assertThat(Control.of(cell, b).events("destroyed first " + id)).isEmpty();
    }

    @Test
    void sessionWhoseClaimingNodeDiesWhileItsListenerRunsIsReportedByTheOtherIfTheStoreFindsIt() {
        Browser user = new Browser(cell);
        String gate = "dying " + System.nanoTime();
        String id = user.run(a, "session", "set n 1", "set waitWhenDestroyed " + gate, "max 1")
                .result(0);
        NodeProcess[] claimer = new NodeProcess[1];
        Control.await("a claim", () -> {
            for (NodeProcess node : List.of(a, b)) {
                if (!Control.of(cell, node).events("destroyed first " + id).isEmpty()) {
                    claimer[0] = node;
                }
            }
            return claimer[0] != null;
        });
        NodeProcess other = claimer[0] == a ? b : a;
        Control.of(cell, other).open(gate);
        claimer[0].kill();
        if (!cell.findsSessions()) {
            // Nobody else knows that there is such a session. It must not come back, for all that.
            assertThat(user.run(other, "peek").result(0)).isEqualTo("none");
            return;
        }
        Control.await(
                "the event on the other node",
                () -> !Control.of(cell, other).events("destroyed first " + id).isEmpty());
        assertThat(Control.of(cell, other).events("destroyed first " + id))
                .singleElement()
                .asString()
                .contains(" n=1");
        assertThat(user.run(other, "peek").result(0)).isEqualTo("none");
    }
}
