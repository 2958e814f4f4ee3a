package dev.holdfast.redis.server;

import static dev.holdfast.redis.server.Connected.get;
import static dev.holdfast.redis.server.Connected.open;
import static dev.holdfast.redis.server.Connected.script;
import static dev.holdfast.redis.server.Connected.send;
import static dev.holdfast.redis.server.Connected.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.servers.FaultProxy;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What was carried out though the answer never came. */
class LostAnswersIT {

    private RedisServer redis;
    private FaultProxy proxy;

    @BeforeEach
    void start() {
        redis = RedisServer.start();
        proxy = FaultProxy.before(redis);
    }

    @AfterEach
    void stop() {
        proxy.close();
        redis.close();
    }

    @Test
    void aCommandWithoutARepeatIsReportedAsUnknown() {
        try (RedisServers servers = open(proxy.uri())) {
            send(servers, script(Connected.APPEND, true, null, "k", "a"));
            proxy.dropAnswersTo("EVALSHA", 1);
            assertThatThrownBy(() -> send(servers, script(Connected.APPEND, true, null, "k", "b")))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNAVAILABLE))
                    .hasMessageContaining("may or may not have been applied");
            assertThat(proxy.droppedAnswers()).isEqualTo(1);
            assertThat(send(servers, get("k"))).isEqualTo("ab");
        }
    }

    @Test
    void aCommandWithARepeatIsRepeatedOnceOnAnotherConnection() {
        try (RedisServers servers = open(proxy.uri())) {
            Command repeat = script(Connected.APPEND, true, null, "k", "!");
            send(servers, script(Connected.APPEND, true, null, "k", "a"));
            proxy.dropAnswersTo("EVALSHA", 1);
            assertThat(send(servers, script(Connected.APPEND, true, repeat, "k", "b")))
                    .isEqualTo(3L);
            assertThat(send(servers, get("k"))).isEqualTo("ab!");

            proxy.dropAnswersTo("EVALSHA", 2);
            assertThatThrownBy(() -> send(servers, script(Connected.APPEND, true, repeat, "k", "c")))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("was sent before");
            assertThat(send(servers, get("k"))).isEqualTo("ab!c!");
        }
    }

    @Test
    void aConnectionThatIsLostWhileItIsMadeIsMadeOnceMoreAndKeepsNobodyOut() {
        try (RedisServers servers = open(proxy.uri())) {
            send(servers, set("k", "1"));
            for (int losses : new int[] {1, 2}) {
                // The connection that rests is found lost by the first call, and that one is not sent again.
                proxy.cut();
                assertThatThrownBy(() -> send(servers, get("k"))).isInstanceOf(StoreException.class);
                proxy.dropAnswersTo("ROLE", losses);
                if (losses == 1) {
                    assertThat(send(servers, get("k"))).isEqualTo("1");
                } else {
                    assertThatThrownBy(() -> send(servers, get("k"))).isInstanceOf(StoreException.class);
                }
            }
            assertThat(proxy.droppedAnswers()).isEqualTo(3);
        }
    }

    @Test
    void aConnectionThatWentSilentEndsInATimeoutAndIsNotUsedAgain() {
        try (RedisServers servers = open(proxy.uri(), "redis.timeout", "200ms")) {
            send(servers, set("k", "1"));
            proxy.pause();
            assertThatThrownBy(() -> send(servers, set("k", "2")))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT));
            proxy.resume();
            // The OK that is on its way now must not become the answer to the next question.
            assertThat(Poll.untilPresent("it is tried again", Duration.ofMinutes(1), () -> send(servers, get("k"))))
                    .isIn("1", "2");
        }
    }

    @Test
    void slowAnswersAreAnswers() {
        try (RedisServers servers = open(proxy.uri(), "redis.timeout", "2s")) {
            proxy.delayAnswers(Duration.ofMillis(50));
            assertThat(send(servers, set("k", "1"))).isEqualTo("OK");
            assertThat(send(servers, get("k"))).isEqualTo("1");
        }
    }

    @Test
    void connectionsThatAreCutAtRandomMixUpNothing() throws Exception {
        try (RedisServers servers = open(proxy.uri(), "redis.pool-size", "3")) {
            Map<String, Set<Integer>> appended = new ConcurrentHashMap<>();
            AtomicInteger unknown = new AtomicInteger();
            long seed = System.nanoTime();
            proxy.cutAtRandom(seed, 40);
            SingleServerIT.inParallel(12, caller -> {
                String key = "k" + caller;
                Set<Integer> acknowledged = appended.computeIfAbsent(key, any -> ConcurrentHashMap.newKeySet());
                for (int round = 0; round < 150; round++) {
                    try {
                        Command echo = script(Connected.ECHO, false, null, key, key + round);
                        Command repeatable = script(Connected.ECHO, false, echo, key, key + round);
                        assertThat(send(servers, repeatable))
                                .as("seed %d", seed)
                                .isEqualTo(key + round);
                        send(servers, script(Connected.APPEND, true, null, key, "," + round));
                        acknowledged.add(round);
                    } catch (StoreException e) {
                        unknown.incrementAndGet();
                    }
                }
            });
            proxy.cutAtRandom(seed, 0);
            assertThat(unknown.get())
                    .as("the proxy cut something, seed %d", seed)
                    .isPositive();
            appended.forEach((key, rounds) -> {
                String stored = redis.command("GET", key) + ",";
                for (int round : rounds) {
                    String token = "," + round + ",";
                    assertThat(stored).as("acknowledged, seed %d", seed).contains(token);
                    assertThat(stored.indexOf(token)).as("once, seed %d", seed).isEqualTo(stored.lastIndexOf(token));
                }
            });
        }
    }
}
