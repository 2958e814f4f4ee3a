package dev.holdfast.redis.server;

import static dev.holdfast.redis.server.Connected.get;
import static dev.holdfast.redis.server.Connected.in;
import static dev.holdfast.redis.server.Connected.open;
import static dev.holdfast.redis.server.Connected.script;
import static dev.holdfast.redis.server.Connected.send;
import static dev.holdfast.redis.server.Connected.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.servers.RedisSentinels;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A master that dies, hangs or comes back, and the Sentinels that say which server takes over. */
class SentinelMasterIT {

    @Test
    void callsGoOnAtTheNewMasterWhenTheOldOneIsKilled() throws Exception {
        try (RedisSentinels redis = RedisSentinels.start();
                RedisServers servers = open(redis.uri(), "redis.wait-replicas", "1")) {
            send(servers, set("before", "1"));
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger done = new AtomicInteger();
            Thread[] callers = new Thread[8];
            for (int i = 0; i < callers.length; i++) {
                int number = i;
                callers[i] = new Thread(() -> {
                    for (int round = 0; !over.get(); round++) {
                        try {
                            send(servers, set("k" + number, "v" + round), Duration.ofSeconds(2));
                            done.incrementAndGet();
                        } catch (StoreException e) {
                            // While nobody is master.
                        }
                    }
                });
                callers[i].start();
            }
            RedisServer former = redis.killMaster();
            redis.awaitNewMaster(former);
            // Two replicas of which one is master now: the other one confirms.
            Poll.until("a call succeeds at the new master", Duration.ofMinutes(1), () -> {
                int before = done.get();
                send(servers, set("after", "1"), Duration.ofSeconds(2));
                return done.get() > before;
            });
            over.set(true);
            for (Thread caller : callers) {
                caller.join(60_000);
                assertThat(caller.isAlive()).isFalse();
            }
            assertThat(send(servers, get("before"))).isEqualTo("1");
            servers.ping(in(Duration.ofSeconds(2)));
        }
    }

    @Test
    void aCallerThatHasTimeWaitsForTheNewMasterAndRepeatsWhatItMay() {
        try (RedisSentinels redis = RedisSentinels.start();
                RedisServers servers = open(redis.uri(), "redis.wait-replicas", "1")) {
            send(servers, set("k", "1"));
            redis.killMaster();
            Command again = get("k");
            assertThat(send(servers, Connected.command(false, again, "GET", "k"), Duration.ofSeconds(30)))
                    .isEqualTo("1");
        }
    }

    @Test
    void aMasterThatHangsIsLeftWhenSentinelsNameAnother() throws Exception {
        try (RedisSentinels redis = RedisSentinels.start();
                RedisServers servers = open(redis.uri())) {
            send(servers, set("k", "1"));
            redis.awaitReplicas(redis.master(), 2);
            RedisServer former = redis.master();
            former.pause();
            try {
                assertThatThrownBy(() -> send(servers, set("k", "2"))).isInstanceOf(StoreException.class);
                assertThat(send(servers, get("k"), Duration.ofSeconds(30))).isEqualTo("1");
                assertThat(servers.masters().of(0).address().port()).isNotEqualTo(former.port());
            } finally {
                former.resume();
            }
            // It is back, and thinks for a moment that it is the master still. Nobody here asks it.
            assertThat(send(servers, set("k", "3"))).isEqualTo("OK");
            assertThat(send(servers, get("k"))).isEqualTo("3");
        }
    }

    @Test
    void whileThereIsNoMasterOnlyTheFirstCallersWait() {
        try (RedisSentinels redis = RedisSentinels.start();
                RedisServers servers = open(redis.uri())) {
            send(servers, set("k", "1"));
            // Without Sentinels nobody takes over.
            redis.sentinels().forEach(RedisServer::pause);
            redis.servers().forEach(RedisServer::kill);
            // The one on the broken connection, and the first one that waits for another master.
            assertThatThrownBy(() -> send(servers, get("k"), Duration.ofSeconds(2)))
                    .isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> send(servers, get("k"), Duration.ofSeconds(2)))
                    .isInstanceOf(StoreException.class);
            long begun = System.nanoTime();
            int refused = 0;
            while (System.nanoTime() - begun < Duration.ofSeconds(2).toNanos()) {
                assertThatThrownBy(() -> send(servers, get("k"), Duration.ofSeconds(2)))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
                refused++;
            }
            // One that waited its two seconds would be the only one.
            assertThat(refused).isGreaterThan(20);
            redis.sentinels().forEach(RedisServer::resume);
        }
    }

    @Test
    void sentinelsThatAreAwayDoNotMatterWhileTheMasterIsThere() {
        try (RedisSentinels redis = RedisSentinels.start();
                RedisServers servers = open(redis.uri(), "redis.timeout", "200ms")) {
            redis.sentinels().get(0).kill();
            redis.sentinels().get(1).pause();
            redis.sentinels().get(2).kill();
            for (int i = 0; i < 20; i++) {
                assertThat(send(servers, script(Connected.ECHO, false, null, "k", "v" + i)))
                        .isEqualTo("v" + i);
            }
            redis.sentinels().get(1).resume();
        }
    }

    @Test
    void sentinelsAndServersHavePasswordsOfTheirOwn() {
        try (RedisSentinels redis = RedisSentinels.builder()
                .replicas(1)
                .password("of-the-data")
                .sentinelPassword("of-the-sentinels")
                .start()) {
            assertThatThrownBy(() ->
                            open(redis.uri(), "redis.password", "of-the-data").close())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("set redis.sentinel-password");
            assertThatThrownBy(() -> open(redis.uri(), "redis.sentinel-password", "of-the-sentinels")
                            .close())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("set redis.password");
            try (RedisServers servers =
                    open(redis.uri(), "redis.password", "of-the-data", "redis.sentinel-password", "of-the-sentinels")) {
                assertThat(send(servers, set("k", "1"))).isEqualTo("OK");
            }
        }
    }

    @Test
    void aNameThatNoSentinelKnowsIsTold() {
        try (RedisSentinels redis = RedisSentinels.start()) {
            String wrong = redis.uri().replace(RedisSentinels.MASTER_NAME + "@", "other@");
            assertThatThrownBy(() -> open(wrong).close())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("knows no master called other");
            String sentinel = redis.sentinels().get(0).uri();
            assertThatThrownBy(() -> open(sentinel).close())
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("redis-sentinel://");
        }
    }
}
