package dev.holdfast.memcached.node;

import static dev.holdfast.memcached.node.Nodes.bytes;
import static dev.holdfast.memcached.node.Nodes.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.memcached.node.NodeOptions.Credentials;
import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.servers.Poll;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a node does while all is well, on a real server, in both protocols. */
class NodeIT {

    private static MemcachedServer server;
    private static int keys;

    private final Nodes nodes = new Nodes();
    private final String key = "k" + ++keys;

    @BeforeAll
    static void start() {
        server = MemcachedServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @AfterEach
    void close() {
        nodes.close();
    }

    @ParameterizedTest
    @EnumSource
    void addWritesOnlyWhatIsNotThere(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        assertThat(node.get(key)).isNull();
        assertThat(node.add(key, bytes("one"), 0)).isNotNull();
        assertThat(node.add(key, bytes("two"), 0)).isNull();
        assertThat(text(node.get(key))).isEqualTo("one");
    }

    @ParameterizedTest
    @EnumSource
    void replaceWritesOnlyOverWhatWasRead(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        node.add(key, bytes("one"), 0);
        Node.Item one = node.get(key);
        assertThat(node.replace(key, one.token(), bytes("two"), 0)).isNotNull();
        assertThat(node.replace(key, one.token(), bytes("three"), 0)).isNull();
        assertThat(text(node.get(key))).isEqualTo("two");

        Node.Item two = node.get(key);
        assertThat(node.delete(key, two.token())).isTrue();
        assertThat(node.replace(key, two.token(), bytes("four"), 0)).isNull();
        assertThat(node.get(key)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void deleteDeletesOnlyWhatWasRead(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        node.add(key, bytes("one"), 0);
        Node.Item one = node.get(key);
        Node.Item same = node.get(key);
        node.replace(key, one.token(), bytes("two"), 0);
        assertThat(node.delete(key, one.token())).isFalse();
        assertThat(text(node.get(key))).isEqualTo("two");

        assertThat(node.delete(key, node.get(key).token())).isTrue();
        assertThat(node.get(key)).isNull();
        assertThat(node.add(key, bytes("three"), 0)).isNotNull();
        assertThat(node.delete(key, same.token())).isFalse();
        assertThat(text(node.get(key))).isEqualTo("three");
    }

    /** Each round two delete and one writes, all by the same item: exactly one of them has it. */
    @ParameterizedTest
    @EnumSource
    void ofTwoDeletersAndAWriterOneSucceeds(Protocol protocol) throws Exception {
        List<Node> racers = List.of(
                nodes.open(server.port(), protocol),
                nodes.open(server.port(), protocol),
                nodes.open(server.port(), protocol));
        ExecutorService executor = Executors.newFixedThreadPool(racers.size());
        try {
            for (int round = 0; round < 100; round++) {
                String raced = key + "-" + round;
                racers.get(0).add(raced, bytes("one"), 0);
                CyclicBarrier barrier = new CyclicBarrier(racers.size());
                List<Future<Boolean>> done = new ArrayList<>();
                for (Node racer : racers) {
                    boolean writes = done.size() == 2;
                    done.add(executor.submit(() -> {
                        Node.Item read = racer.get(raced);
                        barrier.await();
                        return writes
                                ? racer.replace(raced, read.token(), bytes("two"), 0) != null
                                : racer.delete(raced, read.token());
                    }));
                }
                int successes = 0;
                for (Future<Boolean> each : done) {
                    successes += each.get() ? 1 : 0;
                }
                assertThat(successes).isEqualTo(1);
                assertThat(text(racers.get(0).get(raced))).isEqualTo(done.get(2).get() ? "two" : null);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anItemEndsWithItsExpiry(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        node.add(key, bytes("short"), 1);
        node.add(key + "long", bytes("long"), Node.LONGEST_EXPIRY);
        node.add(key + "replaced", bytes("long"), 0);
        node.replace(key + "replaced", node.get(key + "replaced").token(), bytes("short"), 1);
        Poll.until("it expires", Nodes.LIMIT, () -> node.get(key) == null && node.get(key + "replaced") == null);
        assertThat(text(node.get(key + "long"))).isEqualTo("long");
    }

    @ParameterizedTest
    @EnumSource
    void bytesComeBackAsTheyWere(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        for (int length : new int[] {0, 1, 100, 20_000, 1_000_000}) {
            byte[] value = new byte[length];
            RandomGenerator.of("L64X128MixRandom").nextBytes(value);
            assertThat(node.add(key + length, value, 0)).isNotNull();
            assertThat(node.get(key + length).value()).isEqualTo(value);
        }
        byte[] lines = bytes("END\r\nVALUE x 0 3\r\nabc\r\nEND\r\n");
        node.add(key, lines, 0);
        assertThat(node.get(key).value()).isEqualTo(lines);
    }

    @ParameterizedTest
    @EnumSource
    void keysThatTheProtocolCannotCarryAreRefusedHere(Protocol protocol) {
        // xmemcached's own checks follow the client that was made last
        Node node = nodes.open(server.port(), protocol);
        nodes.open(server.port(), protocol == Protocol.TEXT ? Protocol.BINARY : Protocol.TEXT);
        long before = server.count("cmd_get");
        for (String bad : List.of("", " ", "a b", "a\r\nflush_all", "a\tb", "a\0", "a\u007f", "k".repeat(251))) {
            assertThatIllegalArgumentException().isThrownBy(() -> node.get(bad));
            assertThatIllegalArgumentException().isThrownBy(() -> node.add(bad, bytes(""), 0));
        }
        assertThat(server.count("cmd_get")).isEqualTo(before);
        String longest = key + "k".repeat(250 - key.length());
        assertThat(node.add(longest, bytes("v"), 0)).isNotNull();
        assertThat(text(node.get(longest))).isEqualTo("v");
    }

    @ParameterizedTest
    @EnumSource
    void expiriesThatMemcachedReadsAsSomethingElseAreRefused(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        for (int bad : new int[] {-1, Node.LONGEST_EXPIRY + 1}) {
            assertThatIllegalArgumentException().isThrownBy(() -> node.add(key, bytes("v"), bad));
        }
        assertThat(node.get(key)).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsTooLargeIsRefusedAndWhatWasThereStays(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        node.add(key, bytes("small"), 0);
        // the first is refused here, the second, which fits but for its header, by the server
        for (int length : new int[] {1024 * 1024 + 1, 1024 * 1024 - 20}) {
            Node.Item small = node.get(key);
            byte[] large = new byte[length];
            assertThatThrownBy(() -> node.replace(key, small.token(), large, 0))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TOO_LARGE))
                    .hasMessageContainingAll("n1", "1048576", String.valueOf(length))
                    .hasMessageNotContaining(key);
            assertThatThrownBy(() -> node.add(key + "new", large, 0))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TOO_LARGE));
            assertThat(text(node.get(key))).isEqualTo("small");
            assertThat(node.isUp()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatFullMemoryDoesNotTakeIsRefusedAndWhatWasThereStays(Protocol protocol) {
        try (MemcachedServer full = MemcachedServer.start("-M")) {
            Node node = nodes.open(full.port(), protocol);
            node.add(key, bytes("small"), 0);
            byte[] large = new byte[1_000_000];
            StoreException refused = null;
            for (int i = 0; refused == null && i < 100; i++) {
                String filler = key + "-" + i;
                refused = catchThrowableOfType(StoreException.class, () -> node.add(filler, large, 0));
            }
            assertThat(refused).isNotNull();
            assertThat(refused.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
            assertThat(refused).hasMessageContaining("memory").hasMessageNotContaining(key);
            assertThatThrownBy(() -> node.replace(key, node.get(key).token(), large, 0))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("memory");
            assertThat(text(node.get(key))).isEqualTo("small");
            assertThat(node.isUp()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void manyThreadsShareANode(Protocol protocol) throws Exception {
        Node node = nodes.open(server.port(), protocol);
        ExecutorService executor = Executors.newFixedThreadPool(16);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 16; thread++) {
                String own = key + "-" + thread;
                done.add(executor.submit(() -> {
                    byte[] value = new byte[3_000];
                    Arrays.fill(value, (byte) own.hashCode());
                    for (int i = 0; i < 200; i++) {
                        value[0] = (byte) i;
                        Node.Item before = node.get(own);
                        boolean written =
                                (before == null ? node.add(own, value, 0) : node.replace(own, before.token(), value, 0))
                                        != null;
                        assertThat(written).isTrue();
                        assertThat(node.get(own).value()).isEqualTo(value);
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptedCallerFailsAndKeepsItsFlag(Protocol protocol) {
        Node node = nodes.open(server.port(), protocol);
        try {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> node.get(key))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
        assertThat(node.add(key, bytes("v"), 0)).isNotNull();
        assertThat(node.isUp()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void aServerWithoutTokensIsNotUsed(Protocol protocol) {
        try (MemcachedServer withoutCas = MemcachedServer.start("-C")) {
            Node node = nodes.open(withoutCas.port(), protocol);
            assertThat(node.isUp()).isFalse();
            assertThatThrownBy(() -> node.get(key))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("without CAS");
        }
    }

    @Test
    void theTextProtocolsPasswordIsGiven() {
        try (MemcachedServer guarded = MemcachedServer.startWithTextPassword("app", "secret")) {
            Node node = nodes.open(guarded.port(), Protocol.TEXT, Nodes.TIMEOUT, new Credentials("app", "secret"));
            assertThat(node.add(key, bytes("v"), 0)).isNotNull();
            assertThat(text(node.get(key))).isEqualTo("v");
            for (Credentials wrong : Arrays.asList(new Credentials("app", "guess"), null)) {
                Node refused = nodes.open(guarded.port(), Protocol.TEXT, Nodes.TIMEOUT, wrong);
                assertThatThrownBy(() -> refused.get(key))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("refused")
                        .hasMessageNotContaining("guess");
            }
        }
    }

    @Test
    void theBinaryProtocolsPasswordIsGiven() {
        try (MemcachedServer guarded = MemcachedServer.startWithSasl("app", "secret")) {
            Node node = nodes.open(guarded.port(), Protocol.BINARY, Nodes.TIMEOUT, new Credentials("app", "secret"));
            assertThat(node.add(key, bytes("v"), 0)).isNotNull();
            for (Credentials wrong : Arrays.asList(new Credentials("app", "guess"), null)) {
                Node refused = nodes.open(guarded.port(), Protocol.BINARY, Nodes.TIMEOUT, wrong);
                assertThatThrownBy(() -> refused.get(key))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("refused")
                        .hasMessageNotContaining("guess");
            }
        }
    }

    /** It answers no command but the version, and may end the connection before its refusal has been read. */
    @Test
    void aSaslServerIsNotUsedWithoutAPassword() {
        try (MemcachedServer guarded = MemcachedServer.startWithSasl("app", "secret")) {
            Node refused = nodes.open(guarded.port(), Protocol.BINARY);
            Poll.until("the reason is told", Nodes.LIMIT, () -> {
                StoreException reason = catchThrowableOfType(StoreException.class, () -> refused.get(key));
                return reason.getMessage().contains("refused by the server: Authentication required");
            });
            assertThat(refused.isUp()).isFalse();
        }
    }
}
