package dev.holdfast.redis.server;

import static dev.holdfast.redis.server.Connected.get;
import static dev.holdfast.redis.server.Connected.script;
import static dev.holdfast.redis.server.Connected.send;
import static dev.holdfast.redis.server.Connected.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is sent again, where to, and when that ends. The servers are part of the test. */
@Timeout(60)
class RedisServersTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Names names = new Names();
    private final Watch watch = new Watch();
    private final List<ScriptedServer> started = new ArrayList<>();
    private final Opener opener = Opener.ofMasters(
            Connected.settings("redis://h", "redis.timeout", "5s"), new Dialer(Optional.empty(), names, watch));
    private RedisServers servers;

    @AfterEach
    void stop() {
        if (servers != null) {
            servers.close();
        }
        started.forEach(ScriptedServer::close);
        names.close();
        watch.close();
    }

    private ScriptedServer server(Function<List<String>, String> script) {
        ScriptedServer server =
                new ScriptedServer(words -> List.of("ROLE", "PING").contains(words.get(0))
                        ? ScriptedServer.wellBehaved(words)
                        : script.apply(words));
        started.add(server);
        return server;
    }

    private Trips trips(Address address) {
        return new Trips(address, new Connections(address, opener, Long.MAX_VALUE), opener.timeoutNanos(), 2, 0);
    }

    private RedisServers single(Function<List<String>, String> script) {
        servers = new RedisServers(new SingleMaster(trips(server(script).address())), List.of());
        return servers;
    }

    /** All slots at the first server, and others that it may redirect to. */
    private final class TwoNodes implements Masters {

        private final Map<Address, Trips> nodes = new HashMap<>();
        private final Trips first;

        TwoNodes(Address first) {
            this.first = at(first);
        }

        @Override
        public void start() {
            // Known already.
        }

        @Override
        public Trips of(int slot) {
            return first;
        }

        @Override
        public Collection<Trips> all() {
            return nodes.values();
        }

        @Override
        public boolean mayChange() {
            return true;
        }

        @Override
        public void suspect(Trips server) {
            // It stays as it is.
        }

        @Override
        public void awaitNews(long deadlineNanos) {
            // There are none, and no time is lost.
        }

        @Override
        public Address moved(Trips from, String where) {
            return Address.parse(where.substring(where.lastIndexOf(' ') + 1), "127.0.0.1");
        }

        @Override
        public Trips at(Address address) {
            return nodes.computeIfAbsent(address, RedisServersTest.this::trips);
        }

        @Override
        public void close() {
            nodes.values().forEach(node -> node.close("closed"));
        }
    }

    @Test
    void aServerThatIsLoadingIsWaitedForByThoseWhoWereThereFirst() {
        AtomicInteger asked = new AtomicInteger();
        single(words -> asked.incrementAndGet() <= 2 ? "-LOADING Redis is loading\r\n" : "+OK\r\n");
        assertThat(send(servers, set("k", "v"), LONG)).isEqualTo("OK");
        assertThat(asked.get()).isEqualTo(3);
    }

    @Test
    void aServerThatGoesOnLoadingEndsInItsReason() {
        single(words -> "-LOADING Redis is loading\r\n");
        assertThatThrownBy(() -> send(servers, set("k", "v"), SHORT))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                .hasMessageContaining("is loading its data");
    }

    @Test
    void aScriptThatIsNeverKnownIsSentInFullOnlyOnce() {
        AtomicInteger asked = new AtomicInteger();
        single(words -> {
            asked.incrementAndGet();
            return "-NOSCRIPT No matching script\r\n";
        });
        assertThatThrownBy(() -> send(servers, script(Connected.ECHO, false, null, "k", "v")))
                .isInstanceOf(StoreException.class);
        assertThat(asked.get()).isEqualTo(2);
        assertThatThrownBy(() -> send(servers, get("k"))).isInstanceOf(StoreException.class);
        assertThat(asked.get()).isEqualTo(3);
    }

    @Test
    void askedElsewhereItGoesThereOnceWithAskingBeforeIt() {
        ScriptedServer second = server(words -> words.get(0).equals("ASKING") ? "+OK\r\n" : "$1\r\nv\r\n");
        ScriptedServer first = server(words -> "-ASK 5 " + second.address() + "\r\n");
        servers = new RedisServers(new TwoNodes(first.address()), List.of());
        assertThat(send(servers, get("k"))).isEqualTo("v");
        assertThat(second.received()).containsExactly(List.of("ASKING"), List.of("GET", "k"));
        assertThat(send(servers, get("k"))).isEqualTo("v");
        assertThat(first.received()).hasSize(2);
    }

    @Test
    void serversThatSendEachOtherInACircleEndWithTheTime() {
        ScriptedServer[] second = new ScriptedServer[1];
        ScriptedServer first =
                server(words -> words.get(0).equals("ASKING") ? "+OK\r\n" : "-ASK 5 " + second[0].address() + "\r\n");
        second[0] = server(words -> words.get(0).equals("ASKING") ? "+OK\r\n" : "-ASK 5 " + first.address() + "\r\n");
        servers = new RedisServers(new TwoNodes(first.address()), List.of());
        assertThatThrownBy(() -> send(servers, get("k"), SHORT)).isInstanceOf(StoreException.class);
    }

    @Test
    void aRedirectionWithoutAnAddressIsARefusal() {
        ScriptedServer first = server(words -> "-MOVED 5 nowhere\r\n");
        servers = new RedisServers(new TwoNodes(first.address()), List.of());
        assertThatThrownBy(() -> send(servers, get("k"), LONG))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("redis-cluster://");
        assertThat(first.received()).hasSize(1);
    }

    @Test
    void ofSeveralCommandsOnlyThoseThatNeedItAreSentAgain() {
        AtomicInteger failures = new AtomicInteger();
        ScriptedServer first = server(words -> words.contains("b") && failures.getAndIncrement() < 3
                ? "-TRYAGAIN Multiple keys\r\n"
                : "$1\r\n" + words.get(1) + "\r\n");
        servers = new RedisServers(new TwoNodes(first.address()), List.of());
        List<Object> answers = servers.send(List.of(get("a"), get("b"), get("c")), Connected.in(LONG));
        assertThat(answers).extracting(answer -> new String((byte[]) answer)).containsExactly("a", "b", "c");
        assertThat(first.received().stream().filter(words -> words.contains("a")))
                .hasSize(1);
        assertThat(first.received().stream().filter(words -> words.contains("b")))
                .hasSize(4);
    }

    @Test
    void anErrorNamesServerAndCommandButNoKeyAndNoValue() {
        single(words -> "-ERR unknown command 'SET', with args beginning with: 'the-key' 'the-value' \r\n");
        assertThatThrownBy(() -> send(servers, set("the-key", "the-value")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("127.0.0.1:")
                .hasMessageContaining("SET")
                .hasMessageNotContaining("the-key")
                .hasMessageNotContaining("the-value");
    }

    @Test
    void aRepeatIsSentOnceAndNeverAfterATimeout() {
        AtomicInteger asked = new AtomicInteger();
        single(words -> {
            asked.incrementAndGet();
            return null;
        });
        Command repeatable = Connected.command(true, get("k"), "SET", "k", "v");
        assertThatThrownBy(() -> send(servers, repeatable, LONG))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("may or may not have been applied");
        assertThat(asked.get()).isEqualTo(2);
        started.get(0).hold();
        assertThatThrownBy(() -> send(servers, repeatable, SHORT))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
        assertThat(asked.get()).isEqualTo(3);
    }

    @Test
    void pingSaysWhenAServerIsNoMasterAnyMore() {
        AtomicInteger roles = new AtomicInteger();
        ScriptedServer turning = new ScriptedServer(words -> words.get(0).equals("ROLE") && roles.incrementAndGet() > 2
                ? "*2\r\n$5\r\nslave\r\n:0\r\n"
                : ScriptedServer.wellBehaved(words));
        started.add(turning);
        servers = new RedisServers(new SingleMaster(trips(turning.address())), List.of());
        servers.ping(Connected.in(LONG));
        assertThatThrownBy(() -> servers.ping(Connected.in(LONG)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("is a replica");
    }
}
