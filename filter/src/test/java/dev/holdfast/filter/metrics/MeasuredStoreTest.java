package dev.holdfast.filter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.store.StoreBreaker;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.FaultyStore;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeasuredStoreTest {

    private static final SessionKey KEY = new SessionKey("shop", "anId");

    private final ManualTime time = new ManualTime();
    private final LocalStore local = new LocalStore(new StoreContext(
            "shop",
            new ExpiryPolicy(
                    Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30)),
            time));
    private final FaultyStore faulty = FaultyStore.around(local);
    private final StoreCounts counts = new StoreCounts();
    private final SessionStore store = MeasuredStore.around(faulty, counts);
    private final StoreMXBean bean = new StoreBean(counts, new StoreBreaker(time, Duration.ofSeconds(2)), null);

    @AfterEach
    void close() {
        store.close();
    }

    private Saved save(long version, Map<String, byte[]> changed) {
        SessionSnapshot base = SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ofMinutes(30));
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), changed, Set.of(), Duration.ZERO, null);
        return store.save(version == Version.NONE ? base : base.apply(delta, version, 0), delta);
    }

    @Test
    void loadsAndSavesAreCountedByWhatCameOfThem() {
        long version = ((Saved.Done) save(Version.NONE, Map.of("cart", new byte[100]))).version();
        store.load(KEY, Version.NONE, Access.NONE);
        store.load(KEY, version, Access.NONE);
        save(Version.NONE, Map.of());
        store.load(new SessionKey("shop", "nobody"), Version.NONE, Access.NONE);

        assertThat(bean.getSaves()).isEqualTo(2);
        assertThat(bean.getSavesRefused()).isEqualTo(1);
        assertThat(bean.getBytesSaved()).isEqualTo(100);
        assertThat(bean.getLoads()).isEqualTo(3);
        assertThat(bean.getLoadsFound()).isEqualTo(1);
        assertThat(bean.getLoadsUnchanged()).isEqualTo(1);
        assertThat(bean.getLoadsGone()).isEqualTo(1);
        assertThat(bean.getBytesLoaded()).isEqualTo(100);
        assertThat(bean.getLoadsFailed()).isZero();
        assertThat(bean.getLongestLoadMicros()).isLessThanOrEqualTo(bean.getLoadMicros());
    }

    @Test
    void whatHadNoAnswerIsCountedAsFailed() {
        faulty.plan(Fault.failsBefore(Operation.LOAD));
        faulty.plan(Fault.failsBefore(Operation.REMOVE));
        assertThatThrownBy(() -> store.load(KEY, Version.NONE, Access.NONE)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.remove(KEY, Removal.invalidation())).isInstanceOf(StoreException.class);

        assertThat(bean.getLoads()).isEqualTo(1);
        assertThat(bean.getLoadsFailed()).isEqualTo(1);
        assertThat(bean.getRemovals()).isEqualTo(1);
        assertThat(bean.getRemovalsFailed()).isEqualTo(1);
    }

    @Test
    void touchesAndClaimsAreCountedInCallsAndInSessions() {
        save(Version.NONE, Map.of());
        store.touch(List.of(new Touch(KEY, Duration.ZERO)));
        time.advance(Duration.ofMinutes(31));
        ExpiryClaims claims = (ExpiryClaims) store;
        claims.confirm(claims.claimExpired(List.of(KEY), 10, Duration.ofMinutes(1)));

        assertThat(bean.getTouchCalls()).isEqualTo(1);
        assertThat(bean.getTouchedSessions()).isEqualTo(1);
        assertThat(bean.getClaimCalls()).isEqualTo(2);
        assertThat(bean.getClaimedSessions()).isEqualTo(1);
    }

    @Test
    void aStoreThatCannotClaimIsNotMadeIntoOneThatCan() {
        assertThat(MeasuredStore.around(new LocalStoreWithoutClaims(local), counts))
                .isNotInstanceOf(ExpiryClaims.class);
    }

    /** Hides what the local store can. */
    private record LocalStoreWithoutClaims(SessionStore inner) implements SessionStore {
        @Override
        public Loaded load(SessionKey key, long knownVersion, Access access) {
            return inner.load(key, knownVersion, access);
        }

        @Override
        public Saved save(SessionSnapshot base, SessionDelta delta) {
            return inner.save(base, delta);
        }

        @Override
        public Set<SessionKey> touch(Collection<Touch> touches) {
            return inner.touch(touches);
        }

        @Override
        public Removed remove(SessionKey key, Removal how) {
            return inner.remove(key, how);
        }

        @Override
        public void ping() {
            inner.ping();
        }

        @Override
        public void close() {}
    }
}
