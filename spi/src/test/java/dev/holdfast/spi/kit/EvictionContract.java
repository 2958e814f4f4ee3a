package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** For backends that may forget sessions by themselves. Forgotten is not removed: the filter may rebuild such a session. */
public abstract class EvictionContract extends BackendContract<StoreFixture.Evicting> {

    private SessionSnapshot evicted() throws Exception {
        SessionSnapshot mine = create(HOUR);
        backend.evict(mine.key());
        return mine;
    }

    @Test
    void aForgottenSessionIsAbsentAndNotRemoved() throws Exception {
        SessionSnapshot mine = evicted();

        assertThat(look(one, mine.key())).isEqualTo(new Loaded.Absent());
        assertThat(two.load(mine.key(), mine.version(), dev.holdfast.spi.Access.NOW))
                .isEqualTo(new Loaded.Absent());
        assertThat(one.touch(List.of(new Touch(mine.key(), Duration.ZERO)))).containsExactly(mine.key());
        assertThat(look(one, mine.key())).isEqualTo(new Loaded.Absent());
    }

    @Test
    void aSaveToAForgottenSessionIsLostAndWritesNothing() throws Exception {
        SessionSnapshot mine = evicted();

        assertThat(one.save(mine, put("b", "2"))).isEqualTo(new Saved.Lost());
        assertThat(look(two, mine.key())).isEqualTo(new Loaded.Absent());
    }

    @Test
    void aForgottenSessionIsRebuiltByOneOfThoseWhoTry() throws Exception {
        SessionSnapshot mine = evicted();
        SessionSnapshot base = SessionSnapshot.initial(mine.key(), mine.createdAt(), HOUR);

        List<Saved> answers = atOnce(
                8,
                number -> member(number)
                        .save(base, delta(Map.of("a", bytes("1"), "n" + number, bytes("1")), Set.of(), null)));

        assertThat(answers.stream().filter(answer -> answer instanceof Saved.Done))
                .hasSize(1);
        assertThat(answers.stream().filter(answer -> answer instanceof Saved.Exists))
                .hasSize(7);
        assertThat(texts(two, mine.key())).hasSize(2).containsEntry("a", "1");
        assertThat(found(one, mine.key()).snapshot().createdAt()).isEqualTo(mine.createdAt());
    }

    @Test
    void aForgottenSessionCanBeRemovedAndStaysRemoved() throws Exception {
        SessionSnapshot mine = evicted();
        Removal how = Removal.invalidation();

        assertThat(one.remove(mine.key(), how)).isEqualTo(new Removed.Absent());
        assertThat(two.save(initial(mine.key(), HOUR), put("a", "1"))).isEqualTo(new Saved.Removed(null));
    }

    @Test
    void aConditionalRemovalOfAForgottenSessionIsAbsentToo() throws Exception {
        SessionSnapshot mine = evicted();

        assertThat(one.remove(mine.key(), Removal.renaming(mine.version(), newKey())))
                .isEqualTo(new Removed.Absent());
    }
}
