package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.Opening;
import dev.holdfast.redis.servers.RedisCluster;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.SessionKey;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** One master of a Cluster is killed; its replica takes over, and the sessions of the others do not notice. */
class ClusterFaultsIT {

    private static final Duration RECOVERY = Duration.ofMinutes(2);
    private static final int MASTERS = 3;

    @Test
    void aMasterThatIsKilledConcernsItsOwnSessionsOnlyAndLosesNothing() throws Exception {
        // Otherwise all nodes answer CLUSTERDOWN as soon as one of them is known to be dead.
        try (RedisCluster redis =
                        RedisCluster.start(MASTERS, 1, node -> node.option("cluster-require-full-coverage", "no"));
                Load load = Load.start(Map.of("store", redis.uri(), "redis.wait-replicas", "1"), 21)) {
            int slot = Opening.slotOf(load.shared().get(0));
            load.run(Duration.ofSeconds(2));
            load.faultBegins();
            RedisServer former = redis.killMasterOf(slot);
            redis.awaitFailover(slot, former);
            load.run(Duration.ofSeconds(1));
            // The new master has no replica that could confirm until the old one is back as such.
            former.restart();
            redis.awaitReplica(former);
            load.faultEnds();
            load.awaitService(RECOVERY);

            History history = load.stop();
            history.print("cluster, one master of three killed, its replica confirms");
            Predicate<SessionKey> others = others(slot);
            System.out.printf(
                    "    sessions of the other masters: %d calls failed, no save for %.1f s%n",
                    history.failed(call -> others.test(call.key())).size(),
                    history.longestGap(others).toMillis() / 1e3);
            history.assertNoCallTookTooLong();
            history.assertVersionsNameContents();
            history.assertNoSessionLost();
            history.assertNothingAcknowledgedIsMissing();
            assertThat(load.shared()).anyMatch(others);
            assertThat(history.failed(call -> others.test(call.key()) && !hadASlowServer(call, former)))
                    .isEmpty();
        }
    }

    /** Those that are not of the master that had this slot at the start. */
    private static Predicate<SessionKey> others(int slot) {
        Map<SessionKey, Integer> masters = new HashMap<>();
        return key -> masters.computeIfAbsent(key, one -> master(Opening.slotOf(one))) != master(slot);
    }

    /** On a machine with more to do than it can, a live server may answer late, and a live replica confirm late. */
    private static boolean hadASlowServer(Call call, RedisServer killed) {
        boolean late = call.error().startsWith("TIMEOUT: redis 127.0.0.1:")
                || call.error().contains("confirmed it");
        return late && !call.error().contains(killed.address());
    }

    private static int master(int slot) {
        int master = 0;
        while (slot >= RedisCluster.SLOTS * (master + 1) / MASTERS) {
            master++;
        }
        return master;
    }
}
