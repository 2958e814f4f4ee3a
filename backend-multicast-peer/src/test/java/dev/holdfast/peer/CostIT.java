package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What operations cost in packets and bytes, counted at the members. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CostIT {

    /** For the question and the answer together, with all that is put around them: 150 with a secret, whose seals are longer. */
    private static final int UNCHANGED_BUDGET = 150 - 2 * 8;

    private final Cluster cluster = new Cluster();
    private SessionSnapshot session;

    @BeforeAll
    void start() {
        cluster.of(3);
        Cluster.await(
                "linked",
                () -> cluster.members.stream().allMatch(member -> member.group().openLinks() == 2));
        Random random = new Random(1);
        Map<String, byte[]> attributes = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            byte[] value = new byte[100];
            random.nextBytes(value);
            attributes.put("attribute" + i, value);
        }
        // A key as long as the filter's: 160 bits in 27 characters.
        SessionKey key = new SessionKey("shop", "abcdefghijklmnopqrstuvwxyz0");
        SessionSnapshot base = SessionSnapshot.initial(key, Instant.now(), Duration.ofMinutes(30));
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), attributes, Set.of(), Duration.ZERO, null);
        Saved.Done saved = (Saved.Done) cluster.members.get(0).save(base, delta);
        session = base.apply(delta, saved.version(), 0);
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    private long currentVersion() {
        return ((Loaded.Found) home(0).load(session.key(), Version.NONE, Access.NONE))
                .snapshot()
                .version();
    }

    /** A packet is counted after it is sent, and its answer may be faster. */
    private void assertSent(long before, long count) {
        Cluster.await("counted", () -> packets() - before >= count);
        assertThat(packets() - before).isEqualTo(count);
    }

    private long packets() {
        return cluster.members.stream().mapToLong(m -> m.group().packetsSent()).sum();
    }

    private long bytes() {
        return cluster.members.stream().mapToLong(m -> m.group().bytesSent()).sum();
    }

    /** Until the owner has just asked its backup whether it may go on reading by itself: for a while it need not again. */
    private long versionWithFreshLease() {
        long before = packets();
        Cluster.await("asked", () -> {
            currentVersion();
            return packets() - before >= 2;
        });
        return currentVersion();
    }

    private PeerStore home(int rank) {
        Epoch epoch = cluster.members.get(0).node().epoch();
        Member member = epoch.homes(session.key()).get(rank);
        return cluster.members.stream()
                .filter(m -> m.node().self().equals(member))
                .findAny()
                .orElseThrow();
    }

    private PeerStore stranger() {
        return cluster.members.stream()
                .filter(m -> m != home(0) && m != home(1))
                .findAny()
                .orElseThrow();
    }

    @Test
    void theOwnerReadsWithoutAMessage() {
        long version = versionWithFreshLease();
        long before = packets();
        assertThat(home(0).load(session.key(), version, Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
        assertThat(packets()).isEqualTo(before);
    }

    @Test
    void aBackupReadsWithoutAMessageWhatTheOwnerHasConfirmed() {
        PeerStore backup = home(1);
        backup.load(session.key(), Version.NONE, Access.NOW);
        Cluster.await("answered without a message", () -> {
            long before = packets();
            Loaded loaded = backup.load(session.key(), Version.NONE, Access.NOW);
            return loaded instanceof Loaded.Found && packets() == before;
        });
        assertThat(backup.figures().get("readsAsBackup")).isPositive();
    }

    @Test
    void anUnchangedSessionIsOneSmallQuestionAndOneSmallAnswer() {
        long version = versionWithFreshLease();
        long packets = packets();
        long bytes = bytes();
        assertThat(stranger().load(session.key(), version, Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
        assertSent(packets, 2);
        System.out.println("unchanged: " + (bytes() - bytes) + " bytes");
        assertThat(bytes() - bytes).isLessThanOrEqualTo(UNCHANGED_BUDGET);
    }

    @Test
    void aBackupIsNotSentTheSessionThatItHas() {
        PeerStore backup = home(1);
        for (int i = 0; i < 2; i++) {
            versionWithFreshLease();
            long bytes = bytes();
            Loaded loaded = backup.load(session.key(), Version.NONE, Access.NOW);
            assertThat(((Loaded.Found) loaded).snapshot().attributes()).hasSize(100);
            assertThat(((Loaded.Found) loaded).snapshot().version()).isEqualTo(currentVersion());
            System.out.println("changed, at the backup: " + (bytes() - bytes) + " bytes");
            assertThat(bytes() - bytes).isLessThan(200);
        }
    }

    @Test
    void aChangeIsOneQuestionToTheOwnerAndOneOfItsToTheBackupAndBytesOfTheChangeOnly() {
        Map<PeerStore, Integer> expected = Map.of(home(0), 2, home(1), 4, stranger(), 4);
        expected.forEach((member, count) -> {
            long packets = packets();
            long bytes = bytes();
            SessionDelta delta = new SessionDelta(
                    SessionDelta.newStamp(), Map.of("attribute7", new byte[100]), Set.of(), Duration.ZERO, null);
            assertThat(member.save(session, delta)).isInstanceOf(Saved.Done.class);
            assertSent(packets, count);
            System.out.println("change: " + (bytes() - bytes) + " bytes in " + count + " packets");
            assertThat(bytes() - bytes).isLessThan(1_000);
        });
    }

    @Test
    void whoKnowsAnEarlierVersionIsSentWhatWasSetSince() {
        PeerStore stranger = stranger();
        Loaded.Found known = (Loaded.Found) stranger.load(session.key(), Version.NONE, Access.NOW);
        SessionDelta delta = new SessionDelta(
                SessionDelta.newStamp(), Map.of("attribute8", new byte[100]), Set.of(), Duration.ZERO, null);
        assertThat(home(0).save(known.snapshot(), delta)).isInstanceOf(Saved.Done.class);
        versionWithFreshLease();
        long packets = packets();
        long bytes = bytes();
        Loaded loaded = stranger.load(session.key(), known.snapshot().version(), Access.NOW);
        assertThat(((Loaded.Changed) loaded).attributes()).containsOnlyKeys("attribute8");
        assertSent(packets, 2);
        System.out.println("changed, elsewhere: " + (bytes() - bytes) + " bytes");
        assertThat(bytes() - bytes).isLessThan(300);
    }

    @Test
    void manyTouchesShareAPacketToEachOwner() {
        long before = packets();
        var touches = new ArrayList<Touch>();
        for (int i = 0; i < 300; i++) {
            touches.add(new Touch(new SessionKey("shop", "none" + i), Duration.ZERO));
        }
        assertThat(stranger().touch(touches)).hasSize(300);
        assertThat(packets() - before).isBetween(2L, 8L);
    }

    @Test
    void savesOfConcurrentRequestsSharePackets() throws Exception {
        PeerStore caller = cluster.members.get(0);
        int threads = 32;
        int savesEach = 100;
        long before = packets();
        List<Thread> users = new ArrayList<>();
        AtomicInteger remote = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        for (int t = 0; t < threads; t++) {
            SessionKey key = keyOfAnotherOwner(caller, t);
            users.add(new Thread(() -> {
                SessionSnapshot base = SessionSnapshot.initial(key, Instant.now(), Duration.ofMinutes(30));
                for (int i = 0; i < savesEach; i++) {
                    SessionDelta delta = new SessionDelta(
                            SessionDelta.newStamp(), Map.of("a", new byte[100]), Set.of(), Duration.ZERO, null);
                    if (caller.save(base, delta) instanceof Saved.Done done) {
                        base = base.apply(delta, done.version(), 0);
                        remote.incrementAndGet();
                    } else {
                        failed.incrementAndGet();
                    }
                }
            }));
        }
        users.forEach(Thread::start);
        for (Thread user : users) {
            user.join();
        }
        assertThat(failed.get()).isZero();
        assertThat(remote.get()).isEqualTo(threads * savesEach);
        double perSave = (double) (packets() - before) / remote.get();
        System.out.printf(Locale.ROOT, "concurrent saves: %.2f packets each, alone 4%n", perSave);
        assertThat(perSave).isLessThan(3);
    }

    private SessionKey keyOfAnotherOwner(PeerStore caller, int number) {
        for (int i = 0; ; i++) {
            SessionKey key = new SessionKey("shop", "concurrent" + number + "x" + i);
            if (!caller.node().epoch().homes(key).contains(caller.node().self())) {
                return key;
            }
        }
    }
}
