package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Lease;
import dev.holdfast.spi.SessionKey;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Locks while members come, go and die. */
class LocksIT {

    private static final Duration LEASE = Duration.ofSeconds(5);

    private static SessionKey ownedBy(PeerStore member) {
        Epoch epoch = member.node().epoch();
        return IntStream.range(0, 10_000)
                .mapToObj(i -> new SessionKey("shop", "session-" + i + "-xxxxxxxxxxxxxxxx"))
                .filter(key -> epoch.owner(key).equals(member.node().self()))
                .findFirst()
                .orElseThrow();
    }

    private static boolean isFree(PeerStore member, SessionKey key) {
        var lease = member.tryLock(key, LEASE, Duration.ZERO);
        lease.ifPresent(Lease::release);
        return lease.isPresent();
    }

    private static void kill(Cluster cluster, PeerStore member) {
        cluster.members.remove(member);
        member.kill();
        cluster.awaitSettled();
    }

    @Test
    void aHolderKeepsItsLockWhenTheMemberThatKnewOfItDies() {
        try (Cluster cluster = new Cluster().of(3)) {
            PeerStore holder = cluster.members.get(0);
            PeerStore other = cluster.members.get(1);
            PeerStore owner = cluster.members.get(2);
            SessionKey key = ownedBy(owner);
            Duration lease = Duration.ofMinutes(10);
            Lease held = holder.tryLock(key, lease, Duration.ZERO).orElseThrow();

            kill(cluster, owner);

            assertThat(other.tryLock(key, lease, Duration.ZERO)).isEmpty();
            assertThat(held.renew(lease)).isTrue();
            assertThat(other.tryLock(key, lease, Duration.ZERO)).isEmpty();
            held.release();
            assertThat(held.renew(lease)).isFalse();
        }
    }

    @Test
    void theLockOfADeadHolderComesFreeWithItsLease() {
        try (Cluster cluster = new Cluster().of(3)) {
            for (int round = 0; round < 2; round++) {
                PeerStore holder = cluster.members.get(cluster.members.size() - 1);
                PeerStore other = cluster.members.get(0);
                // Its owner dies with it, and stays.
                SessionKey key = round == 0 ? ownedBy(holder) : ownedBy(other);
                assertThat(holder.tryLock(key, LEASE, Duration.ZERO)).isPresent();

                kill(cluster, holder);

                Lease next = other.tryLock(key, LEASE, LEASE.multipliedBy(6)).orElseThrow();
                // The next round may take the same session.
                next.release();
            }
        }
    }

    @Test
    void locksAreKnownToTheirNextOwnerAndReleasedOnesStayReleased() {
        try (Cluster cluster = new Cluster().of(2)) {
            PeerStore holder = cluster.members.get(0);
            PeerStore other = cluster.members.get(1);
            SessionKey key = ownedBy(other);
            Lease held =
                    holder.tryLock(key, Duration.ofMinutes(10), Duration.ZERO).orElseThrow();
            Epoch before = holder.node().epoch();
            while (holder.node().epoch().owner(key).equals(before.owner(key))) {
                cluster.join();
                cluster.awaitSettled();
            }

            assertThat(isFree(other, key)).isFalse();
            assertThat(held.renew(Duration.ofMinutes(10))).isTrue();
            held.release();
            assertThat(isFree(other, key)).isTrue();
            // Back at the one that has not heard of the release: by its own it would still be held.
            PeerStore last = cluster.members.get(cluster.members.size() - 1);
            cluster.members.remove(last);
            last.close();
            cluster.awaitSettled();
            assertThat(other.tryLock(key, LEASE, LEASE.multipliedBy(6))).isPresent();
        }
    }
}
