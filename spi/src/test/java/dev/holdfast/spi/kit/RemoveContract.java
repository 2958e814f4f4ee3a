package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Ending a session, and that it stays ended. Part of {@link SessionStoreContract}. */
public abstract class RemoveContract extends BackendContract<StoreFixture> {

    @Test
    void aRemovedSessionIsHandedBackAndIsDeadForEveryMember() {
        SessionSnapshot mine = create(HOUR);

        Removed removed = one.remove(mine.key(), Removal.invalidation());

        assertThat(removed).isInstanceOfSatisfying(Removed.Done.class, done -> {
            assertThat(texts(done.snapshot())).isEqualTo(Map.of("a", "1"));
            assertThat(done.snapshot().version()).isEqualTo(mine.version());
        });
        assertThat(look(one, mine.key())).isEqualTo(new Loaded.Removed());
        assertThat(two.load(mine.key(), mine.version(), Access.NOW)).isEqualTo(new Loaded.Removed());
    }

    @Test
    void lateDeltaDoesNotBringARemovedSessionBack() {
        SessionSnapshot mine = create(HOUR);
        one.remove(mine.key(), Removal.invalidation());

        assertThat(two.save(mine, put("b", "2"))).isEqualTo(new Saved.Removed(null));
        assertThat(two.save(mine, live(Duration.ZERO))).isEqualTo(new Saved.Removed(null));
        assertThat(look(one, mine.key())).isEqualTo(new Loaded.Removed());
    }

    @Test
    void lateTouchDoesNotBringARemovedSessionBack() {
        SessionSnapshot mine = create(HOUR);
        one.remove(mine.key(), Removal.invalidation());

        assertThat(two.touch(List.of(new Touch(mine.key(), Duration.ZERO)))).containsExactly(mine.key());
        assertThat(look(one, mine.key())).isEqualTo(new Loaded.Removed());
    }

    @Test
    void aRemovedSessionIsNotCreatedAgain() {
        SessionSnapshot mine = create(HOUR);
        one.remove(mine.key(), Removal.invalidation());

        assertThat(two.save(initial(mine.key(), HOUR), put("b", "2"))).isEqualTo(new Saved.Removed(null));
        assertThat(look(one, mine.key())).isEqualTo(new Loaded.Removed());
    }

    @Test
    void theSameRemovalIsDoneAgainAnotherIsToldThatItWasDoneAlready() {
        SessionSnapshot mine = create(HOUR);
        Removal how = Removal.invalidation();
        one.remove(mine.key(), how);

        assertThat(one.remove(mine.key(), how)).isInstanceOf(Removed.Done.class);
        assertThat(two.remove(mine.key(), how)).isInstanceOf(Removed.Done.class);
        assertThat(two.remove(mine.key(), Removal.invalidation())).isEqualTo(new Removed.Already(null));
    }

    @Test
    void removingWhatIsNotThereLeavesATombstoneAllTheSame() {
        SessionKey key = newKey();
        Removal how = Removal.invalidation();

        assertThat(one.remove(key, how)).isEqualTo(new Removed.Absent());
        assertThat(one.remove(key, how)).isEqualTo(new Removed.Absent());
        assertThat(two.remove(key, Removal.invalidation())).isEqualTo(new Removed.Already(null));
        assertThat(look(two, key)).isEqualTo(new Loaded.Removed());
        assertThat(two.save(initial(key, HOUR), put("a", "1"))).isEqualTo(new Saved.Removed(null));
    }

    @Test
    void aSessionThatHasMovedOnIsNotRemovedButHandedOut() {
        SessionSnapshot copied = create(HOUR);
        done(two.save(found(two, copied.key()).snapshot(), put("b", "2")));
        SessionKey successor = newKey();

        Removed refused = one.remove(copied.key(), Removal.renaming(copied.version(), successor));

        assertThat(refused)
                .isInstanceOfSatisfying(
                        Removed.Changed.class,
                        changed -> assertThat(texts(changed.snapshot())).isEqualTo(Map.of("a", "1", "b", "2")));
        assertThat(texts(two, copied.key())).isEqualTo(Map.of("a", "1", "b", "2"));
        long current = ((Removed.Changed) refused).snapshot().version();
        assertThat(one.remove(copied.key(), Removal.renaming(current, successor)))
                .isInstanceOf(Removed.Done.class);
    }

    @Test
    void whoHadLoadedARenamedSessionIsLedToItsSuccessorButAClientIsNot() {
        SessionSnapshot old = create(HOUR);
        SessionKey successor = newKey();
        Removal how = Removal.renaming(old.version(), successor);
        assertThat(one.remove(old.key(), how)).isInstanceOf(Removed.Done.class);

        assertThat(two.save(old, put("b", "2"))).isEqualTo(new Saved.Removed(successor));
        assertThat(two.remove(old.key(), Removal.renaming(old.version(), newKey())))
                .isEqualTo(new Removed.Already(successor));
        assertThat(two.remove(old.key(), Removal.invalidation())).isEqualTo(new Removed.Already(successor));
        assertThat(one.remove(old.key(), how)).isInstanceOf(Removed.Done.class);
        assertThat(look(two, old.key())).isEqualTo(new Loaded.Removed());
    }

    @Test
    void removingOneSessionLeavesTheOthersAlone() {
        SessionSnapshot mine = create(HOUR);
        SessionSnapshot other = create(HOUR);

        one.remove(mine.key(), Removal.invalidation());

        assertThat(texts(two, other.key())).isEqualTo(Map.of("a", "1"));
    }
}
