package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Creating, changing, merging. Part of {@link SessionStoreContract}. */
public abstract class SaveContract extends BackendContract<StoreFixture> {

    @Test
    void theFirstSaveCreates() {
        SessionSnapshot base = initial(newKey(), HOUR);
        SessionDelta delta = put("a", "1");

        Saved.Done created = done(one.save(base, delta));

        assertThat(created.merged()).isFalse();
        assertThat(Version.isValid(created.version())).isTrue();
        assertThat(Version.isNewer(created.version(), Version.NONE)).isTrue();
        assertThat(Version.stamp(created.version())).isEqualTo(delta.stamp());
    }

    @Test
    void whatIsThereIsNotCreatedAgain() {
        SessionSnapshot mine = create(HOUR);

        assertThat(two.save(initial(mine.key(), HOUR), put("b", "2"))).isEqualTo(new Saved.Exists());
        assertThat(texts(one, mine.key())).isEqualTo(Map.of("a", "1"));
        assertThat(one.load(mine.key(), mine.version(), Access.NONE)).isInstanceOf(Loaded.Unchanged.class);
    }

    @Test
    void theCreatorsDateIsKeptWhateverItsClock() {
        for (Duration ahead : List.of(Duration.ofHours(-5), Duration.ofHours(5))) {
            Instant created = Instant.ofEpochMilli(now()).plus(ahead);
            SessionSnapshot base = SessionSnapshot.initial(newKey(), created, HOUR);
            long before = moment();
            done(one.save(base, put("a", "1")));
            backend.pass(Duration.ofMillis(200));

            Loaded.Found found = found(two, base.key());

            assertThat(found.snapshot().createdAt()).isEqualTo(created);
            // A clock that is ahead must not make the access one of the future: the session would live too long.
            assertThat(found.idle())
                    .isBetween(Duration.ofMillis(195), since(before).plusMillis(5));
        }
    }

    @Test
    void aNewSessionsMaxInactiveIsTheDeltasOrElseTheBases() {
        SessionSnapshot base = initial(newKey(), HOUR);
        done(one.save(base, live(Duration.ofHours(8))));

        assertThat(found(two, base.key()).snapshot().maxInactive()).isEqualTo(Duration.ofHours(8));
    }

    @Test
    void aSaveOnTheCurrentVersionIsNotMerged() {
        SessionSnapshot mine = create(HOUR);
        SessionDelta delta = put("b", "2");

        Saved.Done saved = done(two.save(found(two, mine.key()).snapshot(), delta));

        assertThat(saved.merged()).isFalse();
        assertThat(Version.isNewer(saved.version(), mine.version())).isTrue();
        assertThat(Version.stamp(saved.version())).isEqualTo(delta.stamp());
        assertThat(texts(one, mine.key())).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(found(one, mine.key()).snapshot().version()).isEqualTo(saved.version());
    }

    @Test
    void aBaseThatIsBroughtForwardWithEachAnswerStaysCurrent() {
        SessionSnapshot mine = create(HOUR);
        for (int i = 0; i < 20; i++) {
            SessionDelta delta = i % 5 == 4 ? drop("n" + (i - 1)) : put("n" + i, "v" + i);
            Saved.Done saved = done(member(0).save(mine, delta));
            assertThat(saved.merged()).as("save " + i).isFalse();
            mine = mine.apply(delta, saved.version(), now()).withToken(saved.token());
        }
        assertThat(texts(two, mine.key())).isEqualTo(texts(mine));
    }

    @Test
    void aSaveOnAnOldVersionIsMergedAndLosesNothing() {
        SessionSnapshot old = create(HOUR);
        SessionDelta theirs = delta(Map.of("theirs", bytes("2"), "both", bytes("theirs")), Set.of("a"), null);
        Saved.Done theirSave = done(two.save(found(two, old.key()).snapshot(), theirs));

        SessionDelta mine = delta(Map.of("mine", bytes("3"), "both", bytes("mine")), Set.of(), null);
        Saved.Done mySave = done(one.save(old, mine));

        assertThat(mySave.merged()).isTrue();
        assertThat(Version.isNewer(mySave.version(), theirSave.version())).isTrue();
        assertThat(texts(two, old.key())).isEqualTo(Map.of("theirs", "2", "mine", "3", "both", "mine"));
    }

    @Test
    void aRemovedAttributeCanBeSetAgain() {
        SessionSnapshot mine = create(HOUR);
        done(one.save(found(one, mine.key()).snapshot(), drop("a")));
        assertThat(texts(two, mine.key())).isEmpty();

        done(two.save(found(two, mine.key()).snapshot(), put("a", "again")));

        assertThat(texts(one, mine.key())).isEqualTo(Map.of("a", "again"));
    }

    @Test
    void removingAnAttributeThatIsNotThereIsNoTrouble() {
        SessionSnapshot mine = create(HOUR);

        done(one.save(mine, drop("never was")));

        assertThat(texts(two, mine.key())).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aNodeThatKnowsAnOldMaxInactiveDoesNotBringItBack() {
        SessionSnapshot old = create(HOUR);
        done(two.save(found(two, old.key()).snapshot(), live(Duration.ofHours(8))));

        done(one.save(old, put("b", "2")));

        assertThat(found(one, old.key()).snapshot().maxInactive()).isEqualTo(Duration.ofHours(8));
    }

    @Test
    void aSaveToASessionThatNobodyKnowsIsLost() {
        SessionSnapshot known = create(HOUR);
        SessionKey nobodys = newKey();
        SessionSnapshot base = new SessionSnapshot(
                nobodys,
                known.version(),
                known.createdAt(),
                known.lastAccessedAt(),
                HOUR,
                known.attributes(),
                Map.of(),
                null);

        assertThat(one.save(base, put("b", "2"))).isEqualTo(new Saved.Lost());
        assertThat(look(two, nobodys)).isEqualTo(new Loaded.Absent());
    }

    @Test
    void aRepeatedSaveIsDoneOnce() {
        SessionSnapshot mine = create(HOUR);
        SessionDelta delta = put("b", "2");
        Saved.Done first = done(one.save(mine, delta));

        for (SessionStore store : List.of(one, two)) {
            Saved.Done repeat = done(store.save(mine, delta));
            assertThat(repeat.version()).isEqualTo(first.version());
            assertThat(repeat.merged()).isFalse();
        }
        assertThat(found(two, mine.key()).snapshot().version()).isEqualTo(first.version());
    }

    @Test
    void aRepeatOfASaveThatMergedSaysSo() {
        SessionSnapshot old = create(HOUR);
        done(two.save(found(two, old.key()).snapshot(), put("theirs", "2")));
        SessionDelta delta = put("mine", "3");
        Saved.Done first = done(one.save(old, delta));

        Saved.Done repeat = done(one.save(old, delta));

        assertThat(repeat.version()).isEqualTo(first.version());
        assertThat(repeat.merged()).isTrue();
    }

    @Test
    void aRepeatedCreationIsDoneOnce() {
        SessionSnapshot base = initial(newKey(), HOUR);
        SessionDelta delta = put("a", "1");
        Saved.Done first = done(one.save(base, delta));

        Saved.Done repeat = done(two.save(base, delta));

        assertThat(repeat.version()).isEqualTo(first.version());
        assertThat(repeat.merged()).isFalse();
    }

    @Test
    void aSaveNeverMovesTheLastAccessBack() {
        SessionSnapshot mine = create(HOUR);
        long after = moment();
        SessionDelta late = new SessionDelta(
                SessionDelta.newStamp(), Map.of("b", bytes("2")), Set.of(), Duration.ofMinutes(10), null);

        done(two.save(found(two, mine.key()).snapshot(), late));

        assertThat(found(one, mine.key()).idle())
                .isLessThanOrEqualTo(since(after).plusSeconds(60));
    }

    @Test
    void aSaveNotesItsAccess() {
        SessionSnapshot mine = create(HOUR);
        backend.pass(Duration.ofMillis(300));
        long before = moment();

        done(one.save(mine, put("b", "2")));

        assertThat(found(two, mine.key()).idle())
                .isLessThanOrEqualTo(since(before).plusMillis(5));
    }

    /** Servlet 6.0, {@code setMaxInactiveInterval}: any int of seconds, zero or less: never expires. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "PT0S",
                "PT-1S",
                "PT-596523H-14M-8S",
                "PT1.5S",
                "PT1H",
                "P29D",
                "P30D",
                "P31D",
                "P366D",
                "PT596523H14M7S"
            })
    void everyMaxInactiveIsKeptAsTheApplicationSetIt(String text) {
        Duration maxInactive = Duration.parse(text);
        SessionSnapshot mine = create(maxInactive);
        assertThat(found(two, mine.key()).snapshot().maxInactive()).isEqualTo(maxInactive);

        SessionSnapshot other = create(HOUR);
        done(one.save(other, live(maxInactive)));
        assertThat(found(two, other.key()).snapshot().maxInactive()).isEqualTo(maxInactive);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT2562047788015215H30M7.999999999S", "PT-2562047788015215H-30M-8S", "PT8760000H"})
    void aMaxInactiveBeyondAllMeasureOnlyMeansNever(String text) {
        SessionSnapshot mine = create(Duration.parse(text));

        assertThat(isAlive(two, mine.key())).isTrue();
    }

    @Test
    void agesBeyondAllMeasureAreOnlyOld() {
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
        SessionSnapshot mine = create(HOUR);

        done(one.save(mine, new SessionDelta(SessionDelta.newStamp(), Map.of(), Set.of(), forever, null)));
        one.load(mine.key(), 0, Access.ago(forever));

        assertThat(isAlive(two, mine.key())).isTrue();
    }
}
