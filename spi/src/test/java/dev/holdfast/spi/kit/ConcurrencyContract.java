package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Two members, many threads, one session. Part of {@link SessionStoreContract}. */
public abstract class ConcurrencyContract extends BackendContract<StoreFixture> {

    private static final int THREADS = 32;

    @Test
    void differentAttributesSetAtOnceAllSurvive() throws Exception {
        for (int round = 0; round < 5; round++) {
            SessionSnapshot base = create(HOUR);

            List<Saved> answers = atOnce(THREADS, number -> member(number).save(base, put("n" + number, "v" + number)));

            Map<String, String> expected = new HashMap<>(Map.of("a", "1"));
            for (int number = 0; number < THREADS; number++) {
                expected.put("n" + number, "v" + number);
            }
            assertThat(texts(one, base.key())).isEqualTo(expected);
            assertThat(texts(two, base.key())).isEqualTo(expected);
            assertThat(answers.stream().map(answer -> done(answer).version())).doesNotHaveDuplicates();
            assertThat(answers.stream().filter(answer -> !done(answer).merged()))
                    .as("only the first one found its base current")
                    .hasSize(1);
        }
    }

    @Test
    void ofOneAttributeSetAtOnceTheLastVersionsValueStays() throws Exception {
        SessionSnapshot base = create(HOUR);

        List<Saved> answers = atOnce(THREADS, number -> member(number).save(base, put("x", "v" + number)));

        long last = answers.stream()
                .map(answer -> done(answer).version())
                .max(Comparator.naturalOrder())
                .orElseThrow();
        int winner =
                answers.stream().map(answer -> done(answer).version()).toList().indexOf(last);
        assertThat(texts(two, base.key())).containsEntry("x", "v" + winner);
        assertThat(found(one, base.key()).snapshot().version()).isEqualTo(last);
    }

    @Test
    void addingAndDroppingAttributesAtOnceMixesNothingUp() throws Exception {
        SessionKey key = newKey();
        SessionSnapshot base = initial(key, HOUR);
        Map<String, byte[]> values = new HashMap<>();
        for (int number = 0; number < THREADS; number += 2) {
            values.put("n" + number, bytes("old"));
        }
        done(one.save(base, delta(values, java.util.Set.of(), null)));
        SessionSnapshot loaded = found(one, key).snapshot();

        atOnce(
                THREADS,
                number -> done(member(number / 2)
                        .save(loaded, number % 2 == 0 ? drop("n" + number) : put("n" + number, "new"))));

        Map<String, String> expected = new HashMap<>();
        for (int number = 1; number < THREADS; number += 2) {
            expected.put("n" + number, "new");
        }
        assertThat(texts(two, key)).isEqualTo(expected);
    }

    @Test
    void ofRacingCreationsExactlyOneIsDone() throws Exception {
        SessionKey key = newKey();

        List<Saved> answers =
                atOnce(THREADS, number -> member(number).save(initial(key, HOUR), put("n" + number, "1")));

        assertThat(answers.stream().filter(answer -> answer instanceof Saved.Done))
                .hasSize(1);
        assertThat(answers.stream().filter(answer -> answer instanceof Saved.Exists))
                .hasSize(THREADS - 1);
        assertThat(texts(one, key)).hasSize(1);
    }

    @Test
    void ofRacingRemovalsExactlyOneIsDone() throws Exception {
        for (int round = 0; round < 5; round++) {
            SessionSnapshot mine = create(HOUR);

            List<Removed> answers =
                    atOnce(THREADS, number -> member(number).remove(mine.key(), Removal.invalidation()));

            assertThat(answers.stream().filter(answer -> answer instanceof Removed.Done))
                    .hasSize(1);
            assertThat(answers.stream().filter(answer -> answer instanceof Removed.Already))
                    .hasSize(THREADS - 1);
        }
    }

    @Test
    void aRemovalAmidSavesAndTouchesIsTheEnd() throws Exception {
        for (int round = 0; round < 5; round++) {
            SessionSnapshot mine = create(HOUR);

            atOnce(THREADS, number -> switch (number % 4) {
                case 0 -> member(number / 4).save(mine, put("n" + number, "1"));
                case 1 -> member(number / 4).touch(List.of(new Touch(mine.key(), Duration.ZERO)));
                case 2 -> look(member(number / 4), mine.key());
                default -> number == 3 ? one.remove(mine.key(), Removal.invalidation()) : look(two, mine.key());
            });

            assertThat(look(one, mine.key())).isEqualTo(new Loaded.Removed());
            assertThat(look(two, mine.key())).isEqualTo(new Loaded.Removed());
            assertThat(two.save(mine, put("late", "1"))).isEqualTo(new Saved.Removed(null));
        }
    }

    /** The id changes at login while another request writes: the write is in the copy's difference, or led to the successor. */
    @Test
    void anIdChangeAndASaveAtOnceNeverLoseTheSave() throws Exception {
        for (int round = 0; round < 30; round++) {
            SessionSnapshot mine = create(HOUR);
            SessionKey successor = newKey();

            List<Object> answers = atOnce(
                    2,
                    number -> number == 0
                            ? one.remove(mine.key(), Removal.renaming(mine.version(), successor))
                            : two.save(mine, put("b", "2")));

            if (answers.get(1) instanceof Saved.Done) {
                assertThat(answers.get(0)).isInstanceOf(Removed.Changed.class);
                assertThat(texts(one, mine.key())).containsEntry("b", "2");
            } else {
                assertThat(answers.get(1)).isEqualTo(new Saved.Removed(successor));
                assertThat(answers.get(0)).isInstanceOf(Removed.Done.class);
            }
        }
    }

    @Test
    void aChangeIsSeenByTheOtherMemberAsSoonAsItIsAnswered() {
        SessionSnapshot mine = create(HOUR);
        for (int i = 0; i < 200; i++) {
            Saved.Done saved = done(member(i).save(found(member(i), mine.key()).snapshot(), put("i", "" + i)));
            SessionSnapshot seen = found(member(i + 1), mine.key()).snapshot();
            assertThat(seen.version()).isEqualTo(saved.version());
            assertThat(texts(seen)).containsEntry("i", "" + i);
        }
    }
}
