package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * Replies that are lost, calls that fail, calls that overtake each other, as a caller sees them. Part of {@link
 * SessionStoreContract}. What the server itself does when it is paused or killed is for the backend's own tests.
 */
public abstract class FaultContract extends BackendContract<StoreFixture> {

    static void assertReplyLost(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TIMEOUT));
    }

    @Test
    void aSaveWhoseReplyWasLostIsDoneOnceWhenItIsRepeated() {
        FaultyStore faulty = FaultyStore.around(one).plan(Fault.replyLost(Operation.SAVE));
        SessionSnapshot mine = create(HOUR);
        SessionDelta delta = put("b", "2");
        assertReplyLost(() -> faulty.save(mine, delta));
        SessionSnapshot applied = found(two, mine.key()).snapshot();

        Saved.Done repeat = done(faulty.save(mine, delta));

        assertThat(repeat).isEqualTo(new Saved.Done(applied.version(), false, repeat.token()));
        assertThat(found(two, mine.key()).snapshot().version()).isEqualTo(applied.version());
    }

    @Test
    void aSaveWhoseReplyWasLostAfterOthersSavedStillSaysThatItMerged() {
        FaultyStore faulty = FaultyStore.around(one).plan(Fault.replyLost(Operation.SAVE));
        SessionSnapshot mine = create(HOUR);
        done(two.save(found(two, mine.key()).snapshot(), put("theirs", "1")));
        SessionDelta delta = put("b", "2");
        assertReplyLost(() -> faulty.save(mine, delta));

        assertThat(done(faulty.save(mine, delta)).merged()).isTrue();
        assertThat(texts(two, mine.key())).isEqualTo(Map.of("a", "1", "theirs", "1", "b", "2"));
    }

    @Test
    void aCreationWhoseReplyWasLostIsNotTakenForSomebodyElses() {
        FaultyStore faulty = FaultyStore.around(one).plan(Fault.replyLost(Operation.SAVE));
        SessionSnapshot base = initial(newKey(), HOUR);
        SessionDelta delta = put("a", "1");
        assertReplyLost(() -> faulty.save(base, delta));

        assertThat(done(faulty.save(base, delta)).merged()).isFalse();
    }

    @Test
    void aRemovalWhoseReplyWasLostIsDone() {
        for (boolean rename : List.of(true, false)) {
            FaultyStore faulty = FaultyStore.around(one).plan(Fault.replyLost(Operation.REMOVE));
            SessionSnapshot mine = create(HOUR);
            Removal how = rename ? Removal.renaming(mine.version(), newKey()) : Removal.invalidation();
            assertReplyLost(() -> faulty.remove(mine.key(), how));

            assertThat(faulty.remove(mine.key(), how)).isInstanceOf(Removed.Done.class);
            assertThat(two.remove(mine.key(), Removal.invalidation())).isEqualTo(new Removed.Already(how.successor()));
        }
    }

    @Test
    void aRemovalOfNothingWhoseReplyWasLostIsTheCallersAllTheSame() {
        FaultyStore faulty = FaultyStore.around(one).plan(Fault.replyLost(Operation.REMOVE));
        SessionKey key = newKey();
        Removal how = Removal.invalidation();
        assertReplyLost(() -> faulty.remove(key, how));

        assertThat(faulty.remove(key, how)).isEqualTo(new Removed.Absent());
    }

    @Test
    void whatFailedBeforeItTookEffectCanBeDoneAgain() {
        FaultyStore faulty = FaultyStore.around(one)
                .plan(
                        Fault.failsBefore(Operation.SAVE),
                        Fault.failsBefore(Operation.TOUCH),
                        Fault.failsBefore(Operation.REMOVE));
        SessionSnapshot mine = create(HOUR);
        SessionDelta delta = put("b", "2");
        Removal how = Removal.invalidation();

        assertThatThrownBy(() -> faulty.save(mine, delta)).isInstanceOf(StoreException.class);
        assertThat(done(faulty.save(mine, delta)).merged()).isFalse();
        assertThatThrownBy(() -> faulty.touch(List.of(new Touch(mine.key(), Duration.ZERO))))
                .isInstanceOf(StoreException.class);
        assertThat(faulty.touch(List.of(new Touch(mine.key(), Duration.ZERO)))).isEmpty();
        assertThatThrownBy(() -> faulty.remove(mine.key(), how)).isInstanceOf(StoreException.class);
        assertThat(faulty.remove(mine.key(), how))
                .isInstanceOfSatisfying(
                        Removed.Done.class,
                        done -> assertThat(texts(done.snapshot())).isEqualTo(Map.of("a", "1", "b", "2")));
    }

    @Test
    void aDelayedSaveIsMergedWithWhatOvertookIt() throws Exception {
        FaultyStore slow = FaultyStore.around(one);
        SessionSnapshot mine = create(HOUR);
        Gate gate = slow.hold(Operation.SAVE);
        var delayed = CompletableFuture.supplyAsync(() ->
                slow.save(mine, delta(Map.of("mine", bytes("1"), "both", bytes("mine")), Set.of(), null)));
        gate.awaitArrivals(1);

        done(two.save(
                found(two, mine.key()).snapshot(),
                delta(Map.of("theirs", bytes("1"), "both", bytes("theirs")), Set.of(), null)));
        gate.open();

        assertThat(done(delayed.get(30, TimeUnit.SECONDS)).merged()).isTrue();
        assertThat(texts(two, mine.key())).isEqualTo(Map.of("a", "1", "mine", "1", "theirs", "1", "both", "mine"));
    }

    @Test
    void savesThatArriveInTheOppositeOrderLoseNothing() throws Exception {
        FaultyStore slow = FaultyStore.around(one);
        SessionSnapshot mine = create(HOUR);
        Gate first = slow.hold(Operation.SAVE);
        Gate second = slow.hold(Operation.SAVE);
        var saveFirst = CompletableFuture.supplyAsync(() -> slow.save(mine, put("first", "1")));
        first.awaitArrivals(1);
        var saveSecond = CompletableFuture.supplyAsync(() -> slow.save(mine, put("second", "2")));
        second.awaitArrivals(1);

        second.open();
        assertThat(done(saveSecond.get(30, TimeUnit.SECONDS)).merged()).isFalse();
        first.open();
        assertThat(done(saveFirst.get(30, TimeUnit.SECONDS)).merged()).isTrue();

        assertThat(texts(two, mine.key())).isEqualTo(Map.of("a", "1", "first", "1", "second", "2"));
    }

    @Test
    void saveAndTouchThatARemovalOvertookFindTheSessionDead() throws Exception {
        FaultyStore slow = FaultyStore.around(one);
        SessionSnapshot mine = create(HOUR);
        Gate saveGate = slow.hold(Operation.SAVE);
        Gate touchGate = slow.hold(Operation.TOUCH);
        var save = CompletableFuture.supplyAsync(() -> slow.save(mine, put("late", "1")));
        var touch = CompletableFuture.supplyAsync(() -> slow.touch(List.of(new Touch(mine.key(), Duration.ZERO))));
        saveGate.awaitArrivals(1);
        touchGate.awaitArrivals(1);

        assertThat(two.remove(mine.key(), Removal.invalidation())).isInstanceOf(Removed.Done.class);
        saveGate.open();
        touchGate.open();

        assertThat(save.get(30, TimeUnit.SECONDS)).isEqualTo(new Saved.Removed(null));
        assertThat(touch.get(30, TimeUnit.SECONDS)).containsExactly(mine.key());
        assertThat(look(two, mine.key())).isEqualTo(new Loaded.Removed());
    }

    @Test
    void aDelayedCreationThatWasOvertakenWritesNothing() throws Exception {
        FaultyStore slow = FaultyStore.around(one);
        SessionKey key = newKey();
        Gate gate = slow.hold(Operation.SAVE);
        var delayed = CompletableFuture.supplyAsync(() -> slow.save(initial(key, HOUR), put("mine", "1")));
        gate.awaitArrivals(1);
        done(two.save(initial(key, HOUR), put("theirs", "1")));
        gate.open();

        assertThat(delayed.get(30, TimeUnit.SECONDS)).isEqualTo(new Saved.Exists());
        assertThat(texts(one, key)).isEqualTo(Map.of("theirs", "1"));
    }
}
