package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerReportIT {

    private static final int SESSIONS = 200;

    private static SessionKey key(int i) {
        return new SessionKey("shop", "reported-" + i);
    }

    private static void save(PeerStore member, int i) {
        SessionSnapshot base = SessionSnapshot.initial(key(i), Instant.now(), Duration.ofMinutes(30));
        SessionDelta delta =
                new SessionDelta(SessionDelta.newStamp(), Map.of("name", new byte[100]), Set.of(), Duration.ZERO, null);
        assertThat(member.save(base, delta)).isInstanceOf(Saved.Done.class);
    }

    private static long sum(List<PeerStore> members, String figure) {
        return members.stream()
                .mapToLong(member -> member.figures().get(figure))
                .sum();
    }

    @Test
    void theFiguresOfAllMembersTogetherAreTheCluster() {
        try (Cluster cluster = new Cluster().of(3)) {
            for (int i = 0; i < SESSIONS; i++) {
                save(cluster.members.get(i % 3), i);
            }
            cluster.members.get(0).remove(key(0), Removal.invalidation());
            assertThat(sum(cluster.members, "sessionsOwned")).isEqualTo(SESSIONS - 1);
            assertThat(sum(cluster.members, "sessionsBackedUp")).isEqualTo(SESSIONS - 1);
            assertThat(sum(cluster.members, "sessionsOfOthers")).isZero();
            assertThat(sum(cluster.members, "sessionsEnded")).isEqualTo(2);
            assertThat(sum(cluster.members, "bytesHeld")).isEqualTo(2L * (SESSIONS - 1) * (100 + "name".length()));
            assertThat(sum(cluster.members, "settled")).isEqualTo(3);
            assertThat(sum(cluster.members, "sessionsMerged")).isZero();
            for (PeerStore member : cluster.members) {
                assertThat(member.figures()).containsEntry("members", 3L).containsEntry("sessionsToCompare", 0L);
                assertThat(member.figures().get("viewChanges")).isPositive();
                assertThat(member.figures().get("packetsSent")).isPositive();
                assertThat(member.figures().get("bytesSent"))
                        .isGreaterThan(member.group().bytesSent());
                assertThat(member.notReady()).isNull();
            }
        }
    }

    @Test
    void whenAMemberDiesTheOthersMakeNewCopiesAndStayReady() {
        try (Cluster cluster = new Cluster().of(3)) {
            for (int i = 0; i < SESSIONS; i++) {
                save(cluster.members.get(0), i);
            }
            PeerStore killed = cluster.members.remove(2);
            long lost = killed.figures().get("sessionsOwned") + killed.figures().get("sessionsBackedUp");
            long before = sum(cluster.members, "sessionsMoved");
            killed.kill();
            Cluster.await("noticed", () -> {
                assertThat(cluster.members).allMatch(member -> member.notReady() == null);
                return cluster.members.stream()
                        .allMatch(member -> member.figures().get("members") == 2);
            });
            cluster.awaitSettled();
            // Each copy that went with it has been made again, once.
            assertThat(sum(cluster.members, "sessionsMoved") - before).isEqualTo(lost);
            assertThat(sum(cluster.members, "sessionsBackedUp")).isEqualTo(SESSIONS);
            assertThat(killed.notReady()).isNotNull();
        }
    }

    @Test
    void whoLeavesIsNotReadyAndStillTellsItsFigures() {
        try (Cluster cluster = new Cluster().of(2)) {
            PeerStore left = cluster.members.remove(1);
            left.close();
            assertThat(left.notReady()).contains("leaves");
            assertThat(left.figures()).containsKey("members");
        }
    }
}
