package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** For stores that implement {@link ExpiryClaims}: claims of sessions whose last access the claiming node saw. */
public abstract class ExpiryClaimsContract extends BackendContract<StoreFixture> {

    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration LEASE = Duration.ofMinutes(1);

    /** Sessions of a second are claimable after 2.2 s, and stay for the listeners. */
    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));

    @Override
    ExpiryPolicy policy() {
        return POLICY;
    }

    static List<Claim> claim(SessionStore store, Collection<SessionKey> suspects, int limit, Duration lease) {
        return ((ExpiryClaims) store).claimExpired(suspects, limit, lease);
    }

    /** The claims of these sessions alone: a store that searches also hands out what other tests left. */
    private static List<Claim> claimOf(SessionStore store, Collection<SessionKey> keys, int limit, Duration lease) {
        return claim(store, keys, limit, lease).stream()
                .filter(claim -> keys.contains(claim.snapshot().key()))
                .toList();
    }

    /** Claims this session as soon as its time has come. */
    Claim claimed(SessionStore store, SessionKey key, long from, Duration notBefore, Duration lease) throws Exception {
        return comes("the claim", from, notBefore, () -> {
            List<Claim> claims = claimOf(store, List.of(key), 1, lease);
            return claims.isEmpty() ? null : claims.get(0);
        });
    }

    @Test
    void aSuspectIsClaimedFromItsIdleLimitOnWithAllItsData() throws Exception {
        long from = moment();
        SessionSnapshot mine = create(SECOND);

        Claim claim = claimed(two, mine.key(), from, SECOND, LEASE);

        assertThat(claim.op()).isNotZero();
        assertThat(texts(claim.snapshot())).isEqualTo(Map.of("a", "1"));
        assertThat(claim.snapshot().version()).isEqualTo(mine.version());
        assertThat(claim.snapshot().createdAt()).isEqualTo(mine.createdAt());
        assertThat(claim.snapshot().maxInactive()).isEqualTo(SECOND);
    }

    @Test
    void aClaimedSessionReadsAsRemovedForEverybody() throws Exception {
        long from = moment();
        SessionSnapshot mine = create(SECOND);
        claimed(one, mine.key(), from, SECOND, LEASE);

        for (SessionStore store : List.of(one, two)) {
            assertThat(look(store, mine.key())).isEqualTo(new Loaded.Removed());
            assertThat(store.save(mine, put("b", "2"))).isEqualTo(new Saved.Removed(null));
            assertThat(store.save(initial(mine.key(), HOUR), put("b", "2"))).isEqualTo(new Saved.Removed(null));
            assertThat(store.touch(List.of(new Touch(mine.key(), Duration.ZERO))))
                    .containsExactly(mine.key());
            assertThat(store.remove(mine.key(), Removal.invalidation())).isEqualTo(new Removed.Already(null));
            assertThat(claimOf(store, List.of(mine.key()), 10, LEASE)).isEmpty();
        }
    }

    @Test
    void confirmedClaimsAreNeverHandedOutAgain() {
        Duration lease = Duration.ofMillis(300);
        List<Claim> claims = claimedTogether(one, 5, lease);
        List<SessionKey> keys = keysOf(claims);

        ((ExpiryClaims) one).confirm(claims);
        backend.pass(lease.multipliedBy(3));

        assertThat(claimOf(two, keys, 10, lease)).isEmpty();
        ((ExpiryClaims) two).confirm(claims);
        assertThat(claimOf(one, keys, 10, lease)).isEmpty();
        for (SessionKey key : keys) {
            assertThat(look(two, key)).isEqualTo(new Loaded.Removed());
            assertThat(two.remove(key, Removal.invalidation())).isEqualTo(new Removed.Already(null));
        }
    }

    /** Claims of new sessions. */
    private List<Claim> claimedTogether(SessionStore store, int count, Duration lease) {
        List<SessionKey> keys = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            keys.add(create(SECOND).key());
        }
        backend.pass(SECOND.plusMillis(100));
        List<Claim> claims = claimOf(store, keys, count, lease);
        assertThat(keysOf(claims)).containsExactlyInAnyOrderElementsOf(keys);
        return claims;
    }

    private static List<SessionKey> keysOf(List<Claim> claims) {
        return claims.stream().map(claim -> claim.snapshot().key()).toList();
    }

    @Test
    void whoSleptPastItsLeaseConfirmsOnlyWhatNobodyElseWasGiven() {
        Duration lease = Duration.ofMillis(500);
        List<Claim> claims = claimedTogether(one, 3, lease);
        SessionKey retaken = claims.get(1).snapshot().key();
        backend.pass(lease.plusMillis(50));
        List<Claim> theirs = claimOf(two, List.of(retaken), 1, lease);
        assertThat(keysOf(theirs)).containsExactly(retaken);

        ((ExpiryClaims) one).confirm(claims);
        backend.pass(lease.plusMillis(50));

        List<Claim> again = claimOf(one, keysOf(claims), 10, lease);
        assertThat(keysOf(again)).containsExactly(retaken);
        ((ExpiryClaims) one).confirm(again);
        backend.pass(lease.plusMillis(50));
        assertThat(claimOf(two, keysOf(claims), 10, lease)).isEmpty();
    }

    @Test
    void confirmingNothingIsFine() {
        ((ExpiryClaims) one).confirm(List.of());
    }

    @Test
    void whatTheStoreDoesNotKnowIsEndedByItsConfirmationAndSpoilsNoOthers() {
        Duration lease = Duration.ofMillis(300);
        List<Claim> claims = claimedTogether(one, 1, lease);
        SessionSnapshot forgotten = initial(newKey(), SECOND);
        List<Claim> batch = new ArrayList<>();
        batch.add(new Claim(forgotten, Removal.newOp()));
        for (int i = 0; i < 500; i++) {
            batch.add(new Claim(initial(newKey(), SECOND), Removal.newOp()));
        }
        batch.addAll(claims);

        ((ExpiryClaims) two).confirm(batch);
        backend.pass(lease.plusMillis(50));

        assertThat(claimOf(one, keysOf(claims), 10, lease)).isEmpty();
        assertThat(two.save(forgotten, put("a", "1"))).isEqualTo(new Saved.Removed(null));
    }

    @Test
    void anUnconfirmedClaimIsHandedOutAgainAfterItsLease() throws Exception {
        Duration lease = Duration.ofMillis(800);
        long from = moment();
        SessionSnapshot mine = create(SECOND);
        Claim first = claimed(one, mine.key(), from, SECOND, lease);

        // The first claim was made before now, by at most the time that this test has taken.
        Claim second = claimed(two, mine.key(), from, SECOND.plus(lease), LEASE);

        assertThat(second.op()).isNotEqualTo(first.op());
        assertThat(texts(second.snapshot())).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aSessionThatSomebodyHasReachedInTheMeantimeIsLeftAlone() {
        for (boolean bySave : List.of(true, false)) {
            SessionSnapshot mine;
            long reached;
            do {
                mine = create(SECOND);
                backend.pass(SECOND.minusMillis(200));
                reached = moment();
            } while (!reach(mine, bySave));
            backend.pass(Duration.ofMillis(400));

            boolean claimed = !claimOf(one, List.of(mine.key()), 10, LEASE).isEmpty();

            if (since(reached).compareTo(SECOND) < 0) {
                assertThat(claimed).isFalse();
                assertThat(isAlive(two, mine.key())).isTrue();
            }
        }
    }

    private boolean reach(SessionSnapshot session, boolean bySave) {
        return bySave
                ? two.save(session, put("b", "2")) instanceof Saved.Done
                : two.touch(List.of(new Touch(session.key(), Duration.ZERO))).isEmpty();
    }

    @Test
    void whatCannotExpireIsNotClaimed() {
        List<SessionKey> suspects = new ArrayList<>();
        suspects.add(create(Duration.ZERO).key());
        suspects.add(create(Duration.ofSeconds(-1)).key());
        suspects.add(create(HOUR).key());
        suspects.add(create(Duration.ofSeconds(Integer.MAX_VALUE)).key());
        SessionKey removed = create(SECOND).key();
        one.remove(removed, Removal.invalidation());
        suspects.add(removed);
        suspects.add(newKey());
        backend.pass(SECOND.plusMillis(500));

        assertThat(claimOf(two, suspects, 10, LEASE)).isEmpty();
    }

    @Test
    void aLifeThatWasShortenedEndsEarlier() throws Exception {
        List<SessionSnapshot> sessions = List.of(create(Duration.ofHours(8)), create(Duration.ZERO));
        long from = moment();
        for (SessionSnapshot each : sessions) {
            done(two.save(each, live(SECOND)));
        }

        for (SessionSnapshot each : sessions) {
            claimed(one, each.key(), from, SECOND, LEASE);
        }
    }

    @Test
    void ofRacingMembersExactlyOneGetsEachSession() throws Exception {
        Set<SessionKey> keys = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            keys.add(create(SECOND).key());
        }
        backend.pass(SECOND.plusMillis(100));

        List<SessionKey> claimed = new ArrayList<>();
        for (List<SessionKey> part : atOnce(8, number -> {
            List<SessionKey> mine = new ArrayList<>();
            for (int round = 0; round < 5; round++) {
                claimOf(member(number), keys, 3, LEASE)
                        .forEach(claim -> mine.add(claim.snapshot().key()));
            }
            return mine;
        })) {
            claimed.addAll(part);
        }
        // 8 times 5 times 3 is more than enough; what the races left over is due now
        claimOf(one, keys, 100, LEASE)
                .forEach(claim -> claimed.add(claim.snapshot().key()));

        assertThat(claimed).containsAll(keys).doesNotHaveDuplicates();
    }

    @Test
    void noMoreThanTheLimitIsClaimed() {
        List<SessionKey> keys = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            keys.add(create(SECOND).key());
        }
        backend.pass(SECOND.plusMillis(100));

        List<Claim> first = claimOf(one, keys, 2, LEASE);
        List<Claim> second = claimOf(two, keys, 3, LEASE);

        assertThat(first).hasSize(2);
        assertThat(second).hasSize(3);
        assertThat(List.of(first, second).stream()
                        .flatMap(List::stream)
                        .map(claim -> claim.snapshot().key()))
                .containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void aConfirmationWhoseReplyWasLostIsDoneAndMayBeRepeated() {
        Duration lease = Duration.ofMillis(300);
        FaultyStore faulty = FaultyStore.around(one);
        List<Claim> claims = claimedTogether(faulty, 2, lease);
        faulty.plan(Fault.replyLost(Operation.CONFIRM));

        FaultContract.assertReplyLost(() -> ((ExpiryClaims) faulty).confirm(claims));
        backend.pass(lease.plusMillis(50));
        assertThat(claimOf(two, keysOf(claims), 10, lease)).isEmpty();

        ((ExpiryClaims) faulty).confirm(claims);
        assertThat(claimOf(two, keysOf(claims), 10, lease)).isEmpty();
    }

    @Test
    void aClaimWhoseReplyWasLostIsHandedOutAgain() throws Exception {
        Duration lease = Duration.ofMillis(500);
        FaultyStore faulty = FaultyStore.around(one);
        SessionSnapshot mine = create(SECOND);
        backend.pass(SECOND.plusMillis(100));
        faulty.plan(Fault.replyLost(Operation.CLAIM));
        long from = moment();
        FaultContract.assertReplyLost(() -> claim(faulty, List.of(mine.key()), 1, lease));
        assertThat(look(two, mine.key())).isEqualTo(new Loaded.Removed());

        claimed(two, mine.key(), from, lease, LEASE);
    }
}
