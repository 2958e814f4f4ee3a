package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.FaultProxy;
import dev.holdfast.redis.servers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One server that dies, hangs, or cannot be reached for a moment. */
class ServerFaultsIT {

    private static final Duration RECOVERY = Duration.ofMinutes(2);

    @Test
    void aServerThatIsKilledAndComesBackHasAllThatWasAcknowledged() throws Exception {
        try (RedisServer server = RedisServer.builder().appendOnly().start();
                Load load = Load.start(Map.of("store", server.uri()), 1)) {
            load.run(Duration.ofSeconds(2));
            load.faultBegins();
            server.kill();
            load.run(Duration.ofSeconds(1));
            server.restart();
            load.faultEnds();
            load.awaitService(RECOVERY);

            check("server killed, back after 1 s", load.stop());
        }
    }

    @Test
    void aServerThatHangsCostsOneTimeoutAndThenAnswersAtOnceUntilItGoesOn() throws Exception {
        try (RedisServer server = RedisServer.start();
                Load load = Load.start(Map.of("store", server.uri()), 2)) {
            load.run(Duration.ofSeconds(2));
            load.faultBegins();
            server.pause();
            load.run(Duration.ofSeconds(5));
            server.resume();
            load.faultEnds();
            load.awaitService(RECOVERY);

            History history = load.stop();
            check("server hangs for 5 s", history);
            List<Call> waited =
                    history.failed(call -> call.nanos() > Duration.ofMillis(100).toNanos());
            // Those in flight by either member, and one for each trial of the breakers.
            assertThat(waited).hasSizeLessThan(60 * Load.LENGTH);
            assertThat(history.failed(call -> true)).hasSizeGreaterThan(10 * waited.size());
        }
    }

    @Test
    void connectionsThatAreCutAtRandomLoseNothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("cut at random with seed " + seed);
        try (RedisServer server = RedisServer.start();
                FaultProxy one = FaultProxy.before(server);
                FaultProxy two = FaultProxy.before(server);
                Load load = Load.start(List.of(Map.of("store", one.uri()), Map.of("store", two.uri())), seed)) {
            load.run(Duration.ofSeconds(1));
            load.faultBegins();
            one.cutAtRandom(seed, 50);
            two.cutAtRandom(seed + 1, 50);
            load.run(Duration.ofSeconds(5));
            one.cutAtRandom(0, 0);
            two.cutAtRandom(0, 0);
            load.faultEnds();
            load.awaitService(RECOVERY);

            check(
                    "connections cut at random (" + (one.connections() + two.connections()) + " connections)",
                    load.stop());
        }
    }

    private static void check(String fault, History history) {
        history.print(fault);
        history.assertNoCallTookTooLong();
        history.assertNoSessionLost();
        history.assertVersionsNameContents();
        history.assertNothingAcknowledgedIsMissing();
        history.assertNothingGoesBack();
    }
}
