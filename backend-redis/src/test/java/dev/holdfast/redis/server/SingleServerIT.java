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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One server that does what it should. */
class SingleServerIT {

    private static RedisServer redis;

    @BeforeAll
    static void start() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void answersComeBackAsNumbersBytesListsAndNull() {
        try (RedisServers servers = open(redis.uri())) {
            assertThat(send(servers, set("kinds", "v"))).isEqualTo("OK");
            assertThat(send(servers, get("kinds"))).isEqualTo("v");
            assertThat(send(servers, get("nothing"))).isNull();
            assertThat(send(servers, Connected.command(true, null, "RPUSH", "kinds-list", "a", "b")))
                    .isEqualTo(2L);
            assertThat(send(servers, Connected.command(false, null, "LRANGE", "kinds-list", "0", "-1")))
                    .isInstanceOf(List.class);
            servers.ping(in(Duration.ofSeconds(2)));
        }
    }

    @Test
    void manyCommandsOfOneCallerTravelTogetherAndKeepTheirOrder() {
        try (RedisServers servers = open(redis.uri())) {
            List<Command> commands = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                commands.add(Connected.command(true, null, "INCR", "together"));
            }
            long trips = trips(servers);
            List<Object> answers = servers.send(commands, in(Duration.ofSeconds(5)));
            for (int i = 0; i < 500; i++) {
                assertThat(answers.get(i)).isEqualTo(i + 1L);
            }
            assertThat(trips(servers) - trips).isEqualTo(1);
        }
    }

    @Test
    void aScriptThatTheServerDoesNotKnowIsSentInFullOnceAndThenByItsDigest() {
        try (RedisServers servers = open(redis.uri())) {
            redis.command("SCRIPT", "FLUSH");
            long trips = trips(servers);
            assertThat(send(servers, script(Connected.APPEND, true, null, "scripts", "a")))
                    .isEqualTo(1L);
            assertThat(trips(servers) - trips).isEqualTo(2);
            assertThat(send(servers, script(Connected.APPEND, true, null, "scripts", "b")))
                    .isEqualTo(2L);
            assertThat(trips(servers) - trips).isEqualTo(3);
        }
    }

    @Test
    void callersThatWaitAtTheSameMomentShareTripsAndEachGetsItsOwnAnswer() throws Exception {
        try (RedisServers servers = open(redis.uri(), "redis.pool-size", "2")) {
            send(servers, script(Connected.ECHO, false, null, "k", "warm"));
            Trips server = servers.masters().of(0);
            long trips = server.counts().trips();
            long calls = server.counts().calls();
            int callers = 32;
            int rounds = 100;
            inParallel(callers, caller -> {
                for (int round = 0; round < rounds; round++) {
                    String mine = caller + "-" + round;
                    assertThat(send(servers, script(Connected.ECHO, false, null, "k", mine), Duration.ofSeconds(20)))
                            .isEqualTo(mine);
                }
            });
            assertThat(server.counts().calls() - calls).isEqualTo(callers * rounds);
            // Alone they would be as many as calls. Two lead, thirty wait.
            assertThat(server.counts().trips() - trips).isLessThan(callers * rounds / 2);
        }
    }

    @Test
    void aCallerThatIsAloneMakesOneTripForOneCommand() {
        try (RedisServers servers = open(redis.uri())) {
            send(servers, get("warm"));
            long before = trips(servers);
            for (int i = 0; i < 10; i++) {
                send(servers, get("alone"));
            }
            assertThat(trips(servers) - before).isEqualTo(10);
        }
    }

    @Test
    void aMistakeOfOneCallerDoesNotHurtTheOthersInItsTrip() throws Exception {
        try (RedisServers servers = open(redis.uri(), "redis.pool-size", "1")) {
            send(servers, set("text", "x"));
            inParallel(16, caller -> {
                for (int round = 0; round < 50; round++) {
                    if (caller % 2 == 0) {
                        assertThatThrownBy(() -> send(servers, Connected.command(true, null, "INCR", "text")))
                                .isInstanceOf(StoreException.class);
                    } else {
                        assertThat(send(servers, get("text"))).isEqualTo("x");
                    }
                }
            });
        }
    }

    @Test
    void aValueOfManyMegabytesTravelsBothWays() {
        try (RedisServers servers = open(redis.uri(), "redis.timeout", "5s")) {
            String large = "0123456789abcdef".repeat(512 * 1024);
            send(servers, set("large", large), Duration.ofSeconds(10));
            assertThat(send(servers, get("large"), Duration.ofSeconds(10))).isEqualTo(large);
        }
    }

    @Test
    void anInterruptedCallerThatMustWaitIsToldSoAndStaysInterrupted() throws Exception {
        try (RedisServers servers = open(redis.uri(), "redis.pool-size", "1", "redis.timeout", "5s")) {
            send(servers, get("warm"));
            CountDownLatch begun = new CountDownLatch(1);
            ExecutorService pool = Executors.newFixedThreadPool(1);
            try {
                redis.pause();
                Future<?> leader = pool.submit(() -> {
                    begun.countDown();
                    return send(servers, get("leads"), Duration.ofSeconds(5));
                });
                begun.await();
                while (!servers.masters().of(0).isBusy()) {
                    Thread.onSpinWait();
                }
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> send(servers, get("waits"), Duration.ofSeconds(5)))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE))
                        .hasMessageContaining("interrupted");
                assertThat(Thread.interrupted()).isTrue();
                redis.resume();
                leader.get(60, TimeUnit.SECONDS);
            } finally {
                redis.resume();
                pool.shutdownNow();
            }
        }
    }

    @Test
    void afterCloseCallersAreRefusedAndThreadsAreGone() {
        RedisServers servers = open(redis.uri());
        send(servers, get("k"));
        servers.close();
        servers.close();
        assertThatThrownBy(() -> send(servers, get("k"))).isInstanceOf(StoreException.class);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("holdfast-redis"))
                .allSatisfy(thread -> assertThat(thread.isAlive()).isFalse());
    }

    private static long trips(RedisServers servers) {
        return servers.masters().all().stream()
                .mapToLong(server -> server.counts().trips())
                .sum();
    }

    interface Caller {
        void run(int number) throws Exception;
    }

    static void inParallel(int callers, Caller caller) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(callers);
        try {
            List<Callable<Object>> tasks = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int number = i;
                tasks.add(() -> {
                    caller.run(number);
                    return number;
                });
            }
            for (Future<Object> done : pool.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
                done.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }
}
