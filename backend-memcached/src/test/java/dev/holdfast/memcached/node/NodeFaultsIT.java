package dev.holdfast.memcached.node;

import static dev.holdfast.memcached.node.Nodes.bytes;
import static dev.holdfast.memcached.node.Nodes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.memcached.servers.CuttingProxy;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node does while its server is killed, paused, restarted or cut off, in both protocols. */
class NodeFaultsIT {

    private final MemcachedServer server = MemcachedServer.start();
    private final Nodes nodes = new Nodes();

    @AfterEach
    void close() {
        nodes.close();
        server.close();
    }

    /** The restarted server is made to hand out the very token again. */
    @ParameterizedTest
    @EnumSource
    void noTokenOutlivesTheServerThatItCameFrom(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        Set<Long> tokens = new HashSet<>();
        for (int round = 0; round < 12; round++) {
            Nodes.awaitUp(node);
            assertThat(node.add("k", bytes("before"), 0)).isNotNull();
            Node.Item before = node.get("k");
            tokens.add(((ConnectedItem) before).token().number());

            server.restart();
            Nodes.awaitUp(node);
            assertThat(node.add("k", bytes("after"), 0)).isNotNull();
            if (round % 2 == 0) {
                assertThat(node.replace("k", before.token(), bytes("stale"), 0)).isNull();
                assertThat(node.delete("k", before.token())).isFalse();
            } else {
                assertThat(node.delete("k", before.token())).isFalse();
                assertThat(node.replace("k", before.token(), bytes("stale"), 0)).isNull();
            }
            assertThat(text(node.get("k"))).isEqualTo("after");
            tokens.add(((ConnectedItem) node.get("k")).token().number());
            server.restart();
        }
        // otherwise this has tested nothing
        assertThat(tokens).hasSize(1);
    }

    /** Writers go on while the server is restarted: whatever they do with what they read before, it is of no effect. */
    @ParameterizedTest
    @EnumSource
    void noWriteOfBeforeARestartSucceedsWhileItHappens(Protocol protocol) throws Exception {
        Node node = nodes.open(server.port(), protocol);
        Node other = nodes.open(server.port(), protocol);
        for (int round = 0; round < 8; round++) {
            Nodes.awaitUp(node);
            Nodes.awaitUp(other);
            node.add("k", bytes("before"), 0);
            Node.Item before = node.get("k");
            AtomicBoolean restarted = new AtomicBoolean();
            AtomicBoolean stale = new AtomicBoolean();
            server.kill();
            Thread writer = new Thread(() -> {
                // from while it is down until well after it is back
                for (int after = 0; after < 200; after += restarted.get() && node.isUp() ? 1 : 0) {
                    try {
                        stale.compareAndSet(false, node.replace("k", before.token(), bytes("stale"), 0) != null);
                    } catch (StoreException down) {
                        LockSupport.parkNanos(1_000_000);
                    }
                }
            });
            writer.start();
            server.restart();
            // by the server's own word, before any node is connected: the token is current again
            server.command("set k 0 0 5\r\nafter");
            restarted.set(true);
            writer.join();
            assertThat(stale).isFalse();
            Nodes.awaitUp(other);
            assertThat(text(other.get("k"))).isEqualTo("after");
            server.restart();
        }
    }

    /** As in a long garbage collection: this process stands still, and the answer comes meanwhile. */
    @ParameterizedTest
    @EnumSource
    void aProcessThatStoodStillTakesTheAnswersThatCameMeanwhile(Protocol protocol) throws Exception {
        Node node = nodes.open(server.port(), protocol, Duration.ofSeconds(1), null);
        byte[] value = new byte[700_000];
        node.add("k", value, 0);
        Process stopper = new ProcessBuilder(
                        "sh",
                        "-c",
                        "read go; kill -STOP $0; kill -CONT $1; sleep 2; kill -CONT $0",
                        "" + ProcessHandle.current().pid(),
                        "" + server.pid())
                .start();
        server.pause();
        // so many that they are not read in no time
        List<Node.Answer<Node.Item>> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            answers.add(node.beginGet("k"));
        }

        stopper.getOutputStream().write('\n');
        stopper.getOutputStream().close();

        assertThat(answers.get(answers.size() - 1).await().value()).hasSize(value.length);
        assertThat(node.connections()).isEqualTo(1);
        assertThat(stopper.waitFor()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void noTokenOutlivesItsConnection(Protocol protocol) {
        try (CuttingProxy proxy = CuttingProxy.before(server)) {
            Node node = nodes.open(proxy.port(), protocol);
            node.add("k", bytes("one"), 0);
            for (int round = 0; round < 10; round++) {
                Nodes.awaitUp(node);
                Node.Item read = node.get("k");
                long before = node.connections();
                proxy.cut();
                Poll.until("another connection", Nodes.LIMIT, () -> node.connections() > before);
                assertThat(node.replace("k", read.token(), bytes("two"), 0)).isNull();
                assertThat(node.delete("k", read.token())).isFalse();
            }
            assertThat(text(node.get("k"))).isEqualTo("one");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLostAnswerIsNeitherYesNorNo(Protocol protocol) {
        try (CuttingProxy proxy = CuttingProxy.before(server)) {
            Node node = nodes.open(proxy.port(), protocol, Duration.ofSeconds(30), null);
            proxy.dropNextAnswer();
            StoreException lost = catchThrowableOfType(StoreException.class, () -> node.add("k", bytes("one"), 0));
            // not TIMEOUT: those that wait learn of the connection's end
            assertThat(lost.kind()).isEqualTo(Kind.UNAVAILABLE);
            Nodes.awaitUp(node);
            assertThat(text(node.get("k"))).isEqualTo("one");
        }
    }

    /** Counters that many threads share: what was acknowledged is in them once, what was not once at the most. */
    @ParameterizedTest
    @EnumSource
    void noAcknowledgedWriteIsLostOrDoneTwiceWhileConnectionsAreCut(Protocol protocol) throws Exception {
        try (CuttingProxy proxy = CuttingProxy.before(server)) {
            Node node = nodes.open(proxy.port(), protocol);
            node.add("k", bytes("0"), 0);
            AtomicBoolean done = new AtomicBoolean();
            LongAdder acknowledged = new LongAdder();
            LongAdder unknown = new LongAdder();
            ExecutorService executor = Executors.newFixedThreadPool(4);
            try {
                List<Future<?>> counting = new ArrayList<>();
                for (int thread = 0; thread < 4; thread++) {
                    counting.add(executor.submit(() -> {
                        while (!done.get()) {
                            increment(node, acknowledged, unknown);
                        }
                    }));
                }
                for (int round = 0; round < 15; round++) {
                    long before = acknowledged.sum();
                    Poll.until("counting goes on", Nodes.LIMIT, () -> acknowledged.sum() > before + 20);
                    if (round % 2 == 0) {
                        proxy.cut();
                    } else {
                        proxy.dropNextAnswer();
                    }
                }
                done.set(true);
                for (Future<?> each : counting) {
                    each.get();
                }
            } finally {
                done.set(true);
                executor.shutdownNow();
            }
            Nodes.awaitUp(node);
            assertThat(Long.parseLong(text(node.get("k"))))
                    .isBetween(acknowledged.sum(), acknowledged.sum() + unknown.sum());
        }
    }

    private static void increment(Node node, LongAdder acknowledged, LongAdder unknown) {
        Node.Item read;
        try {
            read = node.get("k");
        } catch (StoreException down) {
            LockSupport.parkNanos(1_000_000);
            return;
        }
        try {
            if (node.replace("k", read.token(), bytes(String.valueOf(Long.parseLong(text(read)) + 1)), 0) != null) {
                acknowledged.increment();
            }
        } catch (StoreException lost) {
            unknown.increment();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aKilledServerIsDownForEveryCallUntilItIsBack(Protocol protocol) {
        // with this timeout the test would not end if a call waited for it
        Node node = nodes.open(server.port(), protocol, Duration.ofMinutes(1), null);
        server.kill();
        Nodes.awaitDown(node);
        for (int i = 0; i < 1_000; i++) {
            assertThatThrownBy(() -> node.get("k"))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                    .hasMessageContainingAll("n1", "down for", "since 20");
        }
        server.restart();
        Nodes.awaitUp(node);
        assertThat(node.add("k", bytes("v"), 0)).isNotNull();
    }

    @ParameterizedTest
    @EnumSource
    void aServerThatIsDeadAtTheStartIsUsedOnceItIsThere(Protocol protocol) {
        server.kill();
        Node node = nodes.open(server.port(), protocol);
        assertThat(node.isUp()).isFalse();
        assertThatThrownBy(() -> node.add("k", bytes("v"), 0)).isInstanceOf(StoreException.class);
        server.restart();
        Nodes.awaitUp(node);
        assertThat(node.get("k")).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void aHungServerCostsOneTimeoutAndIsUsedAgainWhenItGoesOn(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol, Duration.ofMillis(300), null);
        node.add("k", bytes("v"), 0);
        server.pause();
        StoreException first = catchThrowableOfType(StoreException.class, () -> node.get("k"));
        // the prober may have found it out before
        assertThat(first.kind()).isIn(Kind.TIMEOUT, Kind.UNAVAILABLE);
        assertThat(node.isUp()).isFalse();
        for (int i = 0; i < 100; i++) {
            StoreException next = catchThrowableOfType(StoreException.class, () -> node.get("k"));
            assertThat(next.kind()).isEqualTo(Kind.UNAVAILABLE);
            assertThat(next).hasMessageContaining("down for");
        }
        server.resume();
        Nodes.awaitUp(node);
        assertThat(text(node.get("k"))).isEqualTo("v");
    }

    /** So that several servers can be asked at once by one thread. */
    @ParameterizedTest
    @EnumSource
    void aCallIsUnderWayBeforeItsAnswerIsAwaited(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        node.add("k", bytes("v"), 0);
        server.pause();
        Node.Answer<Node.Item> one = node.beginGet("k");
        Node.Answer<Node.Item> two = node.beginGet("nothing");
        server.resume();

        assertThat(text(one.await())).isEqualTo("v");
        assertThat(two.await()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void aHungServerIsFoundOutWhenNobodyCalls(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol, Duration.ofMillis(300), null);
        server.pause();
        Nodes.awaitDown(node);
        server.resume();
        Poll.until("it is up again", Nodes.LIMIT, node::isUp);
    }

    /** What {@link XmemcachedNode} tells of late writes: they come in only where nothing else has been written since. */
    @ParameterizedTest
    @EnumSource
    void aLateWriteUndoesNothingThatWasWrittenAfterIt(Protocol protocol) {
        Node slow = nodes.open(server.port(), protocol, Duration.ofMillis(300), null);
        for (int round = 0; round < 5; round++) {
            String key = "k" + round;
            Nodes.awaitUp(slow);
            slow.add(key, bytes("one"), 0);
            Node.Item one = slow.get(key);
            server.pause();
            assertThatThrownBy(() -> slow.replace(key, one.token(), bytes("late"), 0))
                    .isInstanceOf(StoreException.class);
            server.resume();
            Nodes.awaitUp(slow);
            Node.Item now = slow.get(key);
            assertThat(text(now)).isIn("one", "late");
            if (slow.replace(key, now.token(), bytes("acknowledged"), 0) != null) {
                assertThat(text(slow.get(key))).isEqualTo("acknowledged");
            } else {
                assertThat(text(slow.get(key))).isEqualTo("late");
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void closingEndsAllThreadsAndFailsAllCalls(Protocol protocol) {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Node node = nodes.open(server.port(), protocol);
        for (int round = 0; round < 5; round++) {
            Nodes.awaitUp(node);
            server.restart();
        }
        Nodes.awaitUp(node);
        Node dead = nodes.open(1, protocol);
        assertThat(Thread.getAllStackTraces().keySet()).anyMatch(thread -> !before.contains(thread));
        for (Node each : new Node[] {node, dead}) {
            each.close();
            each.close();
            assertThat(each.isUp()).isFalse();
            assertThatThrownBy(() -> each.get("k"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("closed");
        }
        Poll.until("no thread is left", Nodes.LIMIT, () -> left(before).isEmpty());
    }

    private static Set<String> left(Set<Thread> before) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.isAlive() && !before.contains(thread))
                .map(Thread::getName)
                // the JVM's and JUnit's own
                .filter(name -> name.contains("memcached") || name.contains("Heal") || name.contains("Reactor"))
                .collect(Collectors.toSet());
    }
}
