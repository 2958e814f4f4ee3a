package dev.holdfast.redis.server;

import static dev.holdfast.redis.server.Connected.get;
import static dev.holdfast.redis.server.Connected.in;
import static dev.holdfast.redis.server.Connected.open;
import static dev.holdfast.redis.server.Connected.script;
import static dev.holdfast.redis.server.Connected.send;
import static dev.holdfast.redis.server.Connected.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server that hangs, dies, restarts and loses connections. */
class FaultsIT {

    private RedisServer redis;

    @BeforeEach
    void start() {
        redis = RedisServer.builder().appendOnly().start();
    }

    @AfterEach
    void stop() {
        redis.close();
    }

    @Test
    void aServerThatHangsCostsThoseInFlightATimeoutAndThenNothing() throws Exception {
        try (RedisServers servers = open(redis.uri(), "redis.timeout", "300ms")) {
            send(servers, get("k"));
            redis.pause();
            AtomicInteger late = new AtomicInteger();
            SingleServerIT.inParallel(8, caller -> {
                try {
                    send(servers, set("k", "v"));
                } catch (StoreException e) {
                    late.incrementAndGet();
                }
            });
            assertThat(late.get()).isEqualTo(8);
            long begun = System.nanoTime();
            int refused = 0;
            while (System.nanoTime() - begun < Duration.ofSeconds(2).toNanos()) {
                assertThatThrownBy(() -> send(servers, get("k"))).isInstanceOf(StoreException.class);
                refused++;
            }
            assertThat(refused).isGreaterThan(100);
            assertThatThrownBy(() -> send(servers, get("k"))).hasMessageContaining(redis.address());
            redis.resume();
            Poll.until("the server is tried again", Duration.ofMinutes(1), () -> "v".equals(send(servers, get("k"))));
        }
    }

    @Test
    void aTimeoutSaysThatTheOutcomeIsUnknown() {
        try (RedisServers servers = open(redis.uri(), "redis.timeout", "300ms")) {
            send(servers, get("k"));
            redis.pause();
            assertThatThrownBy(() -> send(servers, set("k", "v")))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT))
                    .hasMessageContaining("may or may not have been applied");
            redis.resume();
        }
    }

    @Test
    void aLargeWriteToAServerThatReadsNothingEndsInTime() {
        try (RedisServers servers = open(redis.uri(), "redis.timeout", "300ms")) {
            send(servers, get("k"));
            String large = "x".repeat(32 << 20);
            redis.pause();
            assertThatThrownBy(() -> send(servers, set("k", large)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
            redis.resume();
            Poll.until("the server is tried again", Duration.ofMinutes(1), () -> send(servers, get("other")) == null);
        }
    }

    @Test
    void aServerThatRestartedIsUsedAgainWithoutAnErrorWhereRepeatingIsAllowed() {
        try (RedisServers servers = open(redis.uri())) {
            assertThat(send(servers, script(Connected.APPEND, true, null, "k", "a")))
                    .isEqualTo(1L);
            redis.kill();
            redis.restart();
            // The connection is dead, and the script forgotten.
            assertThat(send(servers, script(Connected.ECHO, false, get("k"), "k", "unused")))
                    .isEqualTo("a");
            assertThat(send(servers, script(Connected.APPEND, true, null, "k", "b")))
                    .isEqualTo(2L);
        }
    }

    @Test
    void whatMayNotBeRepeatedIsReportedAsUnknownWhenTheConnectionBreaks() {
        try (RedisServers servers = open(redis.uri())) {
            send(servers, set("k", "1"));
            redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            assertThatThrownBy(() -> send(servers, set("k", "2")))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                    .hasMessageContaining("may or may not have been applied");
            assertThat(send(servers, set("k", "3"))).isEqualTo("OK");
        }
    }

    @Test
    void allConnectionsThatRestedAreDroppedWithTheFirstDeadOne() throws Exception {
        try (RedisServers servers = open(redis.uri(), "redis.pool-size", "4")) {
            SingleServerIT.inParallel(4, caller -> {
                for (int i = 0; i < 200; i++) {
                    send(servers, get("k"));
                }
            });
            redis.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
            int failed = 0;
            for (int i = 0; i < 10; i++) {
                try {
                    send(servers, set("k", "v"));
                } catch (StoreException e) {
                    failed++;
                }
            }
            assertThat(failed).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void whileAServerIsDownCallersAreRefusedAtOnceAndItIsFoundAgain() {
        try (RedisServers servers = open(redis.uri())) {
            send(servers, set("k", "v"));
            redis.kill();
            for (int i = 0; i < 200; i++) {
                assertThatThrownBy(() -> send(servers, set("k", "v")))
                        .isInstanceOfSatisfying(
                                StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE));
            }
            assertThatThrownBy(() -> servers.ping(in(Duration.ofSeconds(1)))).isInstanceOf(StoreException.class);
            redis.restart();
            Poll.until("the server is tried again", Duration.ofMinutes(1), () -> "v".equals(send(servers, get("k"))));
            servers.ping(in(Duration.ofSeconds(1)));
        }
    }

    @Test
    void aMasterThatBecomesAReplicaIsLeftAlone() {
        try (RedisServer other = RedisServer.start();
                RedisServers servers = open(redis.uri())) {
            send(servers, set("k", "v"));
            redis.command("REPLICAOF", "127.0.0.1", "" + other.port());
            assertThatThrownBy(() -> send(servers, set("k", "w"), Duration.ofMillis(500)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is a replica");
            redis.command("REPLICAOF", "NO", "ONE");
            Poll.until(
                    "it is the master again", Duration.ofMinutes(1), () -> "OK".equals(send(servers, set("k", "x"))));
        }
    }

    @Test
    void fewerReplicasThanAskedForMakeAWriteUnknownAndLeaveReadsAlone() {
        try (RedisServer replica = RedisServer.builder().replicaOf(redis).start();
                RedisServers servers = open(redis.uri(), "redis.wait-replicas", "1", "redis.timeout", "300ms")) {
            Poll.until("the replica follows", Duration.ofMinutes(1), () -> "OK".equals(send(servers, set("k", "1"))));
            replica.kill();
            assertThatThrownBy(() -> send(servers, set("k", "2")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("only 0 replicas confirmed");
            assertThat(send(servers, get("k"))).isEqualTo("2");
        }
    }

    @Test
    void aServerThatIsFullSaysSo() {
        try (RedisServer small =
                        RedisServer.builder().maxMemory(1 << 20, "noeviction").start();
                RedisServers servers = open(small.uri())) {
            assertThatThrownBy(() -> send(servers, set("k", "x".repeat(1 << 20))))
                    .isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            send(servers, set("k" + i, "x".repeat(1 << 16)));
                        }
                    })
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is full");
        }
    }
}
