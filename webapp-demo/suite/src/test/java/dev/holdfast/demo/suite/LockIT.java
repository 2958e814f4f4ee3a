package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests that have their session for themselves ({@code lock}), on three nodes. */
@ParameterizedClass(name = "{0}")
@MethodSource("stores")
@Tag("beyond")
class LockIT {

    private static final int PARALLEL = 32;
    private static final int ROUNDS = 50;

    private final Cell cell;
    private final Browser browser;
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final ExecutorService clients = Executors.newFixedThreadPool(PARALLEL);

    static Stream<String> stores() {
        return Stream.of(Cells.REDIS, Cells.MEMCACHED, "peer").limit(Cells.isAll() ? 3 : 1);
    }

    LockIT(String store) {
        this.cell = new Cell(Container.TOMCAT10, store);
        this.browser = new Browser(cell);
    }

    @BeforeEach
    void start() {
        List<NodeProcess.Starting> starting = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            NodeOptions options = cell.options("lock-" + name)
                    .property("holdfast.lock", "all")
                    .property("holdfast.lock-lease", "3s")
                    // thirty wait for one, on a machine that may have other things to do
                    .property("holdfast.lock-wait", "60s");
            starting.add(NodeProcess.launch(Container.TOMCAT10, options));
        }
        starting.forEach(node -> nodes.add(node.awaitReady()));
    }

    @AfterEach
    void stop() {
        clients.shutdownNow();
        nodes.forEach(NodeProcess::close);
    }

    @Test
    void parallelIncrementsOfOneAttributeAreAllCounted() throws Exception {
        browser.run(nodes.get(0), "session");
        for (int round = 0; round < ROUNDS; round++) {
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < PARALLEL; i++) {
                NodeProcess node = nodes.get(i % nodes.size());
                answers.add(clients.submit(() -> browser.copy().run(node, "add-int count")));
            }
            for (Future<Answer> answer : answers) {
                assertThat(answer.get().status()).isEqualTo(200);
            }
        }
        assertThat(browser.run(nodes.get(1), "get count").results()).containsExactly("" + PARALLEL * ROUNDS);
    }

    @Test
    void aNodeThatDiesWithTheLockDelaysOthersByItsLease() throws Exception {
        NodeProcess dying = nodes.get(0);
        browser.run(dying, "session", "add-int count");
        Future<Answer> inside = clients.submit(() -> browser.copy().run(dying, "add-int count", "wait never"));
        Control.of(cell, dying).awaitArrival("never");
        Future<Answer> waiting = clients.submit(() -> browser.copy().run(nodes.get(1), "add-int count"));

        dying.kill();

        assertThat(waiting.get().results()).containsExactly("2");
        assertThat(inside.isDone() || inside.cancel(true)).isTrue();
        assertThat(browser.run(nodes.get(2), "get count").results()).containsExactly("2");
    }

    /** What it writes rests on what it had read before: the next one, who did not wait for it, has written meanwhile. */
    @Test
    void aNodeThatWasPausedPastItsLeaseDoesNotOverwriteWhatTheNextOneWrote() throws Exception {
        NodeProcess paused = nodes.get(0);
        browser.run(paused, "session", "add-int count");
        Future<Answer> inside = clients.submit(() -> browser.copy().run(paused, "add-int count", "wait pause"));
        Control.of(cell, paused).awaitArrival("pause");

        paused.pause();
        // with peers also until the others are sure that the paused one is not there
        Control.await(
                "the lock",
                () -> browser.copy().run(nodes.get(1), "set count next").status() == 200);
        paused.resume();
        Control.of(cell, paused).open("pause");

        assertThat(inside.get().status()).isEqualTo(503);
        assertThat(browser.run(nodes.get(2), "get count").results()).containsExactly("next");
    }
}
