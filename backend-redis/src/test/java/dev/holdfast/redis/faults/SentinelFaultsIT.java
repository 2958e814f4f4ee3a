package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisSentinels;
import dev.holdfast.redis.servers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A master of three servers that is killed, and what the Sentinels' choice of the next one leaves of the last writes. */
class SentinelFaultsIT {

    private static final Duration RECOVERY = Duration.ofMinutes(2);

    /**
     * With confirmations from all replicas nothing that was acknowledged can be missing. The price: after the fail-over there
     * is one replica only, and until the killed server is back as the second one no write succeeds.
     */
    @Test
    void whatAllReplicasConfirmedSurvivesAFailOverAndUntilTheyAreAllBackNothingIsConfirmed() throws Exception {
        try (RedisSentinels redis = RedisSentinels.start();
                Load load = Load.start(settings(redis, 2), 11)) {
            load.run(Duration.ofSeconds(2));
            load.faultBegins();
            RedisServer former = redis.killMaster();
            RedisServer master = redis.awaitNewMaster(former);
            long promoted = System.nanoTime() + Duration.ofMillis(500).toNanos();
            load.run(Duration.ofSeconds(1));
            former.restart();
            boolean anotherFailOver = redis.awaitReplicas(2) != master;
            load.faultEnds();
            load.awaitService(RECOVERY);

            History history = load.stop();
            history.print("sentinel fail-over, all 2 replicas confirm");
            List<Call> reads = history.calls().stream()
                    .filter(call -> call.kind() == Call.Kind.LOAD
                            && call.beginNanos() > promoted
                            && call.endNanos() < history.faultEnd())
                    .toList();
            long[] times = reads.stream().mapToLong(Call::nanos).sorted().toArray();
            System.out.printf(
                    "    reads while one replica was missing: %d, median %.3f s, 99 of 100 within %.3f s, worst %.3f s%n",
                    times.length,
                    times[times.length / 2] / 1e9,
                    times[times.length * 99 / 100] / 1e9,
                    times[times.length - 1] / 1e9);
            assertThat(reads).isNotEmpty();
            if (!anotherFailOver) {
                assertThat(reads).noneMatch(Call::failed);
            }
            history.assertNoCallTookTooLong();
            history.assertVersionsNameContents();
            history.assertNoSessionLost();
            history.assertNothingAcknowledgedIsMissing();
        }
    }

    /** Writes go on with the one replica that is left. What is lost, if anything, is printed: that depends on the choice. */
    @Test
    void withOneConfirmationWritesGoOnAfterAFailOver() throws Exception {
        failOver(1);
    }

    @Test
    void withoutConfirmationsWritesGoOnAfterAFailOver() throws Exception {
        failOver(0);
    }

    private static void failOver(int confirmations) throws Exception {
        try (RedisSentinels redis = RedisSentinels.start();
                Load load = Load.start(settings(redis, confirmations), 12 + confirmations)) {
            load.run(Duration.ofSeconds(2));
            load.faultBegins();
            RedisServer former = redis.killMaster();
            redis.awaitNewMaster(former);
            load.faultEnds();
            load.awaitService(RECOVERY);

            History history = load.stop();
            history.print("sentinel fail-over, " + confirmations + " of 2 replicas confirm");
            history.assertNoCallTookTooLong();
            history.assertVersionsNameContents();
        }
    }

    private static Map<String, String> settings(RedisSentinels redis, int confirmations) {
        return Map.of("store", redis.uri(), "redis.wait-replicas", Integer.toString(confirmations));
    }
}
