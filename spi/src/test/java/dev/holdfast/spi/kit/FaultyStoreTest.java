package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FaultyStoreTest {

    final SessionKey key = new SessionKey("shop", "abc");
    final SessionSnapshot base = SessionSnapshot.initial(key, Instant.EPOCH, Duration.ofMinutes(30));
    final SessionDelta delta = put(1, "a");
    final LocalStore local = new LocalStore(new StoreContext(
            "shop",
            new ExpiryPolicy(
                    Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30)),
            new ManualTime()));
    final CountingStore counting = CountingStore.around(local);
    final FaultyStore store = FaultyStore.around(counting);

    @Test
    void aCallThatFailsBeforeHasNoEffect() {
        store.plan(Fault.failsBefore(Operation.SAVE));

        assertThatThrownBy(() -> store.save(base, delta))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
        assertThat(counting.count(Operation.SAVE)).isZero();
        assertThat(store.planDone()).isTrue();
        assertThat(store.save(base, delta)).isInstanceOf(Saved.Done.class);
    }

    @Test
    void aCallWhoseReplyIsLostHasItsEffect() {
        store.plan(Fault.replyLost(Operation.SAVE));

        assertThatThrownBy(() -> store.save(base, delta))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TIMEOUT));
        assertThat(local.load(key, 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
    }

    @Test
    void faultsStrikeTheCallsTheyArePlannedFor() {
        store.plan(Fault.failsBefore(Operation.LOAD).afterCalls(1).times(2).with(StoreException.Kind.CORRUPT));

        assertThat(store.load(key, 0, Access.NONE)).isEqualTo(new Loaded.Absent());
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> store.load(key, 0, Access.NONE))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT));
        }
        assertThat(store.load(key, 0, Access.NONE)).isEqualTo(new Loaded.Absent());
    }

    @Test
    void aStoreThatIsDownFailsInEveryWayUntilItIsHealed() {
        store.down();

        assertThatThrownBy(() -> store.load(key, 0, Access.NOW)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.save(base, delta)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.touch(List.of(new Touch(key, Duration.ZERO))))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> store.remove(key, Removal.invalidation())).isInstanceOf(StoreException.class);
        assertThatThrownBy(store::ping).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> ((ExpiryClaims) store).claimExpired(Set.of(), 1, Duration.ofSeconds(1)))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> ((ExpiryClaims) store).confirm(Set.of())).isInstanceOf(StoreException.class);
        assertThat(counting.calls()).isEmpty();
        store.heal().ping();
    }

    @Test
    void aHeldSaveIsOvertaken() throws Exception {
        store.save(base, delta);
        SessionSnapshot read = ((Loaded.Found) store.load(key, 0, Access.NONE)).snapshot();
        Gate gate = store.hold(Operation.SAVE);

        var first = CompletableFuture.supplyAsync(() -> store.save(read, put(2, "b")));
        gate.awaitArrivals(1);
        assertThat(store.save(read, put(3, "c")))
                .isInstanceOfSatisfying(
                        Saved.Done.class, done -> assertThat(done.merged()).isFalse());
        gate.open();

        assertThat(first.get(30, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(
                        Saved.Done.class, done -> assertThat(done.merged()).isTrue());
        assertThat(gate.arrivals()).isEqualTo(1);
    }

    @Test
    void aHeldReplyComesAfterTheEffect() throws Exception {
        Gate gate = new Gate();
        store.plan(Fault.replyHeld(Operation.REMOVE, gate));

        var removal = CompletableFuture.supplyAsync(() -> store.remove(key, Removal.invalidation()));
        gate.awaitArrivals(1);
        assertThat(local.load(key, 0, Access.NONE)).isEqualTo(new Loaded.Removed());
        assertThat(removal).isNotDone();
        gate.letOneThrough();

        assertThat(removal.get(30, TimeUnit.SECONDS)).isEqualTo(new Removed.Absent());
    }

    @Test
    void callsAreCountedWithTheirBytesAndOutcomes() {
        store.save(base, new SessionDelta(1, Map.of("name", new byte[100]), Set.of("gone"), Duration.ZERO, null));
        store.load(key, 0, Access.NONE);
        store.load(key, 0, Access.NONE);
        local.close();
        assertThatThrownBy(store::ping).isInstanceOf(StoreException.class);

        assertThat(counting.calls())
                .extracting(StoreCall::operation)
                .containsExactly(Operation.SAVE, Operation.LOAD, Operation.LOAD, Operation.PING);
        assertThat(counting.sentBytes()).isEqualTo(108);
        assertThat(counting.receivedBytes()).isEqualTo(208);
        assertThat(counting.calls(Operation.SAVE).get(0).keys()).containsExactly(key);
        assertThat(counting.calls(Operation.PING).get(0).failure()).isInstanceOf(StoreException.class);
        counting.forget();
        assertThat(counting.calls()).isEmpty();
    }

    @Test
    void aDecoratorCanClaimOnlyIfItsStoreCan() {
        assertThat(store).isInstanceOf(ExpiryClaims.class);
        SessionStore plain = new WithoutClaims();

        assertThat(FaultyStore.around(plain)).isNotInstanceOf(ExpiryClaims.class);
        assertThat(CountingStore.around(plain)).isNotInstanceOf(ExpiryClaims.class);
    }

    private static SessionDelta put(int stamp, String name) {
        return new SessionDelta(stamp, Map.of(name, new byte[] {1}), Set.of(), Duration.ZERO, null);
    }

    private static final class WithoutClaims implements SessionStore {
        @Override
        public Loaded load(SessionKey key, long knownVersion, Access access) {
            return new Loaded.Absent();
        }

        @Override
        public Saved save(SessionSnapshot base, SessionDelta delta) {
            return new Saved.Lost();
        }

        @Override
        public Set<SessionKey> touch(Collection<Touch> touches) {
            return Set.of();
        }

        @Override
        public Removed remove(SessionKey key, Removal how) {
            return new Removed.Absent();
        }

        @Override
        public void ping() {}

        @Override
        public void close() {}
    }
}
