package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** For stores that implement {@link SessionLocks}. */
public abstract class SessionLocksContract extends BackendContract<StoreFixture> {

    /** Ends in no test. */
    private static final Duration LONG_LEASE = Duration.ofMinutes(10);

    private static final Duration SHORT_LEASE = Duration.ofMillis(400);

    private static Optional<Lease> tryLock(SessionStore store, SessionKey key, Duration lease, Duration maxWait) {
        return ((SessionLocks) store).tryLock(key, lease, maxWait);
    }

    /** Takes a lock that is free. */
    private static Lease lock(SessionStore store, SessionKey key, Duration lease) {
        return tryLock(store, key, lease, Duration.ZERO).orElseThrow();
    }

    private static boolean isFree(SessionStore store, SessionKey key) {
        Optional<Lease> lease = tryLock(store, key, LONG_LEASE, Duration.ZERO);
        lease.ifPresent(Lease::release);
        return lease.isPresent();
    }

    /** Tries until the lock can be had, and checks that it could not be too early. */
    private Lease comesFree(SessionStore store, SessionKey key, long from, Duration notBefore, Duration lease)
            throws Exception {
        return comes(
                "the lock",
                from,
                notBefore,
                () -> tryLock(store, key, lease, Duration.ZERO).orElse(null));
    }

    @Test
    void whileItIsHeldNobodyElseGetsItOnAnyMember() {
        SessionKey key = newKey();
        Lease mine = lock(one, key, LONG_LEASE);

        // Not re-entrant: the first of them is the holder's own thread and member.
        for (SessionStore store : List.of(one, two)) {
            assertThat(tryLock(store, key, LONG_LEASE, Duration.ZERO)).isEmpty();
            assertThat(tryLock(store, key, LONG_LEASE, Duration.ofMillis(50))).isEmpty();
        }
        mine.release();
    }

    @Test
    void releasedItIsFreeAtOnceForEveryMember() {
        SessionKey key = newKey();
        lock(one, key, LONG_LEASE).release();
        lock(two, key, LONG_LEASE).release();
        lock(two, key, LONG_LEASE).release();
        lock(one, key, LONG_LEASE).release();
    }

    @Test
    void withoutAReleaseItIsFreeWhenTheLeaseEndsAndNotBefore() throws Exception {
        SessionKey key = newKey();
        long from = moment();
        Lease first = lock(one, key, SHORT_LEASE);

        Lease second = comesFree(two, key, from, SHORT_LEASE, LONG_LEASE);

        assertThat(second.owner()).isNotEqualTo(first.owner());
        second.release();
    }

    @Test
    void aRenewedLeaseEndsLater() throws Exception {
        SessionKey key = newKey();
        Lease mine;
        long from;
        do { // on a machine that stood still the lease may be over before it is renewed
            mine = comesFree(one, key, moment(), Duration.ZERO, SHORT_LEASE);
            from = moment();
        } while (!mine.renew(SHORT_LEASE.multipliedBy(3)));

        comesFree(two, key, from, SHORT_LEASE.multipliedBy(3), LONG_LEASE).release();
    }

    @Test
    void aLeaseThatIsRenewedInTimeNeverEnds() {
        SessionKey key = newKey();
        Lease mine = lock(one, key, LONG_LEASE);
        for (int i = 0; i < 5; i++) {
            assertThat(mine.renew(LONG_LEASE)).isTrue();
            assertThat(isFree(two, key)).isFalse();
        }
        mine.release();
    }

    @Test
    void aLeaseCanBeShortened() throws Exception {
        SessionKey key = newKey();
        Lease mine = lock(one, key, LONG_LEASE);
        long from = moment();
        assertThat(mine.renew(SHORT_LEASE)).isTrue();

        comesFree(two, key, from, SHORT_LEASE, LONG_LEASE).release();
    }

    @Test
    void whoseLeaseRanOutChangesNothingForTheNextHolder() throws Exception {
        SessionKey key = newKey();
        Lease stale = lock(one, key, SHORT_LEASE);
        Lease current = comesFree(two, key, moment(), Duration.ZERO, LONG_LEASE);

        assertThat(stale.renew(LONG_LEASE)).isFalse();
        assertThat(stale.renew(Duration.ofMillis(1))).isFalse();
        stale.release();
        backend.pass(Duration.ofMillis(50));

        assertThat(isFree(one, key)).isFalse();
        assertThat(current.renew(LONG_LEASE)).isTrue();
        current.release();
        assertThat(isFree(one, key)).isTrue();
    }

    @Test
    void aLeaseThatHasEndedCannotBeRenewedEvenIfNobodyTookTheLock() {
        SessionKey key = newKey();
        Lease mine = lock(one, key, Duration.ofMillis(50));
        backend.pass(Duration.ofMillis(100));

        // somebody else may have come and gone
        assertThat(mine.renew(LONG_LEASE)).isFalse();
        assertThat(isFree(two, key)).isTrue();
    }

    @Test
    void releasingTwiceIsHarmlessAndRenewingAReleasedLeaseTakesNothing() {
        SessionKey key = newKey();
        Lease mine = lock(one, key, LONG_LEASE);
        mine.release();
        mine.release();
        assertThat(mine.renew(LONG_LEASE)).isFalse();

        Lease theirs = lock(two, key, LONG_LEASE);
        mine.release();
        assertThat(mine.renew(LONG_LEASE)).isFalse();
        assertThat(isFree(one, key)).isFalse();
        theirs.release();
    }

    @Test
    void everyHolderHasAnIdentityOfItsOwn() {
        SessionKey key = newKey();
        Set<Long> owners = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            Lease lease = lock(member(i), key, LONG_LEASE);
            owners.add(lease.owner());
            lease.release();
        }

        assertThat(owners).hasSize(20).doesNotContain(0L);
    }

    @Test
    void whoWaitsInVainHasWaitedAsLongAsItWanted() {
        SessionKey key = newKey();
        Lease mine = lock(one, key, LONG_LEASE);
        Duration maxWait = Duration.ofMillis(300);
        // not the backend's time, which may stand still: a wait is real
        long from = TimeSource.SYSTEM.nanos();

        assertThat(tryLock(two, key, LONG_LEASE, maxWait)).isEmpty();

        assertThat(Duration.ofNanos(TimeSource.SYSTEM.nanos() - from)).isGreaterThanOrEqualTo(maxWait);
        mine.release();
    }

    @Test
    void whoWaitsGetsItWhenItIsReleased() throws Exception {
        for (SessionStore store : List.of(one, two)) {
            SessionKey key = newKey();
            Lease mine = lock(one, key, LONG_LEASE);
            var waiting = CompletableFuture.supplyAsync(() -> tryLock(store, key, LONG_LEASE, PATIENCE));
            mine.release();

            waiting.get(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)
                    .orElseThrow()
                    .release();
        }
    }

    @Test
    void whoWaitsGetsItWhenTheLeaseEndsAndNotBefore() throws Exception {
        SessionKey key = newKey();
        long from = moment();
        lock(one, key, SHORT_LEASE);
        var waiting = CompletableFuture.supplyAsync(() -> tryLock(two, key, LONG_LEASE, PATIENCE.multipliedBy(2)));

        Optional<Lease> lease = comes("the lock", from, SHORT_LEASE, () -> {
            try {
                return waiting.get(20, TimeUnit.MILLISECONDS); // really, as a backend's time may not pass by itself
            } catch (TimeoutException e) {
                return null;
            }
        });

        lease.orElseThrow().release();
    }

    @Test
    void anInterruptEndsTheWaitAndStaysSet() throws Exception {
        SessionKey key = newKey();
        Lease mine = lock(one, key, LONG_LEASE);
        var outcome = new CompletableFuture<String>();
        Thread waiting = new Thread(() -> {
            try {
                outcome.complete("" + tryLock(two, key, LONG_LEASE, PATIENCE.multipliedBy(2)));
            } catch (StoreException e) {
                outcome.complete(
                        e.kind() + ", interrupted: " + Thread.currentThread().isInterrupted());
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            }
        });
        waiting.start();
        waiting.interrupt();

        assertThat(outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo("UNAVAILABLE, interrupted: true");
        waiting.join();
        mine.release();
        assertThat(isFree(one, key)).isTrue();
    }

    @Test
    void incrementsUnderTheLockAreNeverLost() throws Exception {
        SessionKey key = newKey();
        AtomicInteger inside = new AtomicInteger();
        // Reading and writing it are two steps: what two threads do at once is lost.
        AtomicInteger counter = new AtomicInteger();
        int threads = 16;
        int rounds = 10;
        atOnce(threads, number -> {
            for (int i = 0; i < rounds; i++) {
                Lease lease = tryLock(member(number), key, LONG_LEASE, PATIENCE).orElseThrow();
                int others = inside.getAndIncrement();
                int read = counter.get();
                Thread.yield();
                counter.set(read + 1);
                inside.decrementAndGet();
                lease.release();
                assertThat(others).isZero();
            }
            return true;
        });

        assertThat(counter).hasValue(threads * rounds);
    }

    @Test
    void otherKeysAndOtherApplicationsAreOtherLocks() throws Exception {
        SessionKey key = newKey();
        SessionStore elsewhere = open("other" + application());
        Lease mine = lock(one, key, LONG_LEASE);

        Lease another = lock(one, newKey(), LONG_LEASE);
        Lease others = lock(elsewhere, new SessionKey("other" + application(), key.opaque()), LONG_LEASE);
        others.release();
        another.release();

        assertThat(isFree(two, key)).isFalse();
        mine.release();
    }

    @Test
    void whatBecomesOfTheSessionDoesNotMatterToTheLock() {
        SessionSnapshot session = create(HOUR);
        SessionKey key = session.key();
        Lease mine = lock(one, key, LONG_LEASE);
        for (SessionStore store : List.of(one, two)) {
            done(store.save(found(store, key).snapshot(), put("b", "2")));
            assertThat(isFree(two, key)).isFalse();
        }
        two.remove(key, Removal.invalidation());
        assertThat(isFree(two, key)).isFalse();
        assertThat(mine.renew(LONG_LEASE)).isTrue();
        mine.release();
        assertThat(isFree(two, key)).isTrue();
        // nor the lock to the session
        assertThat(isAlive(two, key)).isFalse();
        SessionSnapshot other = create(HOUR);
        lock(two, other.key(), LONG_LEASE).release();
        assertThat(isAlive(one, other.key())).isTrue();
    }

    @Test
    void aLeaseOfAMillisecondEnds() {
        SessionKey key = newKey();
        lock(one, key, Duration.ofMillis(1));
        backend.pass(Duration.ofMillis(20));
        Lease fraction = lock(two, key, Duration.ofNanos(1_000_001));
        backend.pass(Duration.ofMillis(20));

        assertThat(fraction.renew(LONG_LEASE)).isFalse();
        assertThat(isFree(two, key)).isTrue();
    }

    @Test
    void senselessDurationsAreRefused() {
        SessionKey key = newKey();
        SessionLocks locks = (SessionLocks) one;
        List<Duration> senseless = List.of(
                Duration.ofNanos(-1),
                Duration.ofSeconds(Long.MIN_VALUE),
                SessionLocks.LONGEST.plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE));
        for (Duration each : senseless) {
            assertThatThrownBy(() -> locks.tryLock(key, LONG_LEASE, each)).isInstanceOf(IllegalArgumentException.class);
        }
        Lease mine =
                locks.tryLock(key, SessionLocks.LONGEST, SessionLocks.LONGEST).orElseThrow();
        for (Duration each : senseless) {
            assertThatThrownBy(() -> mine.renew(each)).isInstanceOf(IllegalArgumentException.class);
        }
        for (Duration each : List.of(Duration.ZERO, Duration.ofNanos(999_999))) {
            assertThatThrownBy(() -> locks.tryLock(newKey(), each, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> mine.renew(each)).isInstanceOf(IllegalArgumentException.class);
        }
        for (Duration each : senseless) {
            assertThatThrownBy(() -> locks.tryLock(newKey(), each, Duration.ZERO))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(isFree(two, key)).isFalse();
        mine.release();
    }

    @Test
    void aClosedMemberTakesNoLockAndItsLeasesRunOut() throws Exception {
        SessionStore third = open(application());
        SessionKey key = newKey();
        long from = moment();
        Lease left = lock(third, key, SHORT_LEASE);
        third.close();

        for (Runnable call : List.<Runnable>of(
                () -> tryLock(third, newKey(), LONG_LEASE, Duration.ZERO),
                () -> left.renew(LONG_LEASE),
                left::release)) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
        }
        comesFree(one, key, from, SHORT_LEASE, LONG_LEASE).release();
    }
}
