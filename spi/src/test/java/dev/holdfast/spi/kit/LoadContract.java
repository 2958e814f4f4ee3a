package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a load finds, and that what is found is what was saved. Part of {@link SessionStoreContract}. */
public abstract class LoadContract extends BackendContract<StoreFixture> {

    @Test
    void anUnknownSessionIsAbsent() {
        assertThat(look(one, newKey())).isEqualTo(new Loaded.Absent());
        assertThat(two.load(newKey(), Version.of(3, 3), Access.NOW)).isEqualTo(new Loaded.Absent());
    }

    @Test
    void whatOneMemberSavedEveryMemberFinds() {
        SessionSnapshot mine = create(HOUR);
        for (SessionStore store : List.of(one, two)) {
            SessionSnapshot found = found(store, mine.key()).snapshot();
            assertThat(found.key()).isEqualTo(mine.key());
            assertThat(found.version()).isEqualTo(mine.version());
            assertThat(found.createdAt()).isEqualTo(mine.createdAt());
            assertThat(found.maxInactive()).isEqualTo(HOUR);
            assertThat(texts(found)).isEqualTo(Map.of("a", "1"));
        }
    }

    @Test
    void theKnownVersionIsUnchangedForEveryMember() {
        SessionSnapshot mine = create(HOUR);
        for (SessionStore store : List.of(one, two)) {
            assertThat(store.load(mine.key(), mine.version(), Access.NONE)).isInstanceOf(Loaded.Unchanged.class);
        }
    }

    @Test
    void anotherStampOrAnotherCounterIsNotUnchanged() {
        SessionSnapshot mine = create(HOUR);
        int otherStamp = Version.stamp(mine.version()) == 1 ? 2 : 1;
        long counter = Version.counter(mine.version());
        for (long known : List.of(
                Version.NONE,
                Version.of(counter, otherStamp),
                Version.of(counter + 1, Version.stamp(mine.version())))) {
            assertThat(two.load(mine.key(), known, Access.NONE)).isInstanceOf(Loaded.Found.class);
        }
    }

    @Test
    void everyNameAndEveryByteComesBackAsItWas() {
        byte[] allBytes = new byte[256];
        for (int i = 0; i < 256; i++) {
            allBytes[i] = (byte) i;
        }
        Map<String, byte[]> values = new HashMap<>();
        for (String name : List.of(
                "",
                " ",
                "a b",
                "line\nbreak",
                "zero\u0000",
                "Größe",
                "購物車",
                "😀",
                "x".repeat(1000),
                "a:b{c}",
                "v",
                "0")) {
            values.put(name, allBytes);
        }
        values.put("empty", new byte[0]);
        values.put("large", new byte[200_000]);
        SessionSnapshot base = initial(newKey(), HOUR);
        done(one.save(base, delta(values, Set.of(), null)));

        SessionSnapshot found = found(two, base.key()).snapshot();

        assertThat(found.attributes()).containsOnlyKeys(values.keySet());
        values.forEach((name, value) ->
                assertThat(found.attributes().get(name).bytes()).as(name).isEqualTo(value));
    }

    @Test
    void aSessionNeedsNoAttributes() {
        SessionSnapshot base = initial(newKey(), HOUR);
        done(one.save(base, delta(Map.of(), Set.of(), null)));

        assertThat(found(two, base.key()).snapshot().attributes()).isEmpty();
    }

    @Test
    void idleIsTheTimeSinceTheLastAccess() {
        long before = moment();
        SessionSnapshot mine = create(HOUR);
        long after = moment();
        backend.pass(Duration.ofMillis(300));
        Duration atLeast = since(after).minusMillis(5);

        Duration idle = found(two, mine.key()).idle();

        assertThat(idle).isBetween(atLeast, since(before).plusMillis(5));
        var unchanged = (Loaded.Unchanged) one.load(mine.key(), mine.version(), Access.NONE);
        assertThat(unchanged.idle()).isGreaterThanOrEqualTo(atLeast);
    }

    @Test
    void anAccessThatIsNotDueIsNotNoted() {
        SessionSnapshot mine = create(HOUR);
        backend.pass(Duration.ofMillis(50));

        var first = (Loaded.Found) one.load(mine.key(), 0, Access.NOW);

        assertThat(first.accessNoted()).isFalse();
        assertThat(found(two, mine.key()).idle()).isGreaterThanOrEqualTo(Duration.ofMillis(45));
    }

    @Test
    void aLookIsNeverNoted() {
        SessionSnapshot mine = create(Duration.ofSeconds(10));
        // due after a tenth of ten seconds
        backend.pass(Duration.ofMillis(1100));

        assertThat(found(one, mine.key()).accessNoted()).isFalse();
        assertThat(found(two, mine.key()).idle()).isGreaterThanOrEqualTo(Duration.ofMillis(1095));
    }

    @Test
    void anAccessThatIsDueIsNotedInTheSameTripWhetherChangedOrNot() {
        for (boolean known : List.of(true, false)) {
            SessionSnapshot mine = create(Duration.ofSeconds(10));
            backend.pass(Duration.ofMillis(1100));
            long before = moment();

            Loaded loaded = one.load(mine.key(), known ? mine.version() : Version.NONE, Access.NOW);

            Duration idle;
            boolean noted;
            if (loaded instanceof Loaded.Unchanged unchanged) {
                idle = unchanged.idle();
                noted = unchanged.accessNoted();
            } else {
                idle = ((Loaded.Found) loaded).idle();
                noted = ((Loaded.Found) loaded).accessNoted();
            }
            assertThat(loaded).isInstanceOf(known ? Loaded.Unchanged.class : Loaded.Found.class);
            assertThat(noted).isTrue();
            assertThat(idle).as("as it was before this access").isGreaterThanOrEqualTo(Duration.ofMillis(1095));
            assertThat(found(two, mine.key()).idle())
                    .isLessThanOrEqualTo(since(before).plusMillis(5));
            assertThat(two.load(mine.key(), mine.version(), Access.NONE)).isInstanceOf(Loaded.Unchanged.class);
        }
    }

    @Test
    void anAccessOfTheRecentPastIsNotedAsOne() {
        SessionSnapshot mine = create(Duration.ofSeconds(10));
        backend.pass(Duration.ofMillis(1500));
        var loaded = (Loaded.Found) one.load(mine.key(), 0, Access.ago(Duration.ofMillis(400)));

        assertThat(loaded.accessNoted()).isTrue();
        assertThat(found(two, mine.key()).idle()).isGreaterThanOrEqualTo(Duration.ofMillis(395));
    }

    @Test
    void twoApplicationsNeverMeet() throws Exception {
        String otherApplication = "other" + application();
        SessionStore other = open(otherApplication);
        SessionSnapshot mine = create(HOUR);
        SessionKey theirs = new SessionKey(otherApplication, mine.key().opaque());

        assertThat(look(other, theirs)).isEqualTo(new Loaded.Absent());
        done(other.save(initial(theirs, HOUR), put("a", "theirs")));
        other.remove(theirs, Removal.invalidation());
        assertThat(texts(one, mine.key())).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void aClosedMemberIsUnavailableAndTheOthersGoOn() throws Exception {
        SessionStore closing = open(application());
        SessionSnapshot mine = create(HOUR);
        SessionDelta delta = put("b", "2");
        done(closing.save(mine, delta));

        closing.close();
        closing.close();

        for (Runnable call : List.<Runnable>of(
                closing::ping,
                () -> closing.load(mine.key(), 0, Access.NOW),
                () -> closing.save(mine, delta),
                () -> closing.touch(List.of(new Touch(mine.key(), Duration.ZERO))),
                () -> closing.remove(mine.key(), Removal.invalidation()))) {
            assertThatThrownBy(call::run)
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
        }
        assertThat(texts(one, mine.key())).isEqualTo(Map.of("a", "1", "b", "2"));
        assertThat(texts(two, mine.key())).isEqualTo(Map.of("a", "1", "b", "2"));
    }

    @Test
    void aStoreThatServesAnswersAPing() {
        one.ping();
        two.ping();
    }

    @Test
    void anInterruptIsNoAnswerAndStaysSet() {
        SessionSnapshot mine = create(HOUR);
        Thread.currentThread().interrupt();
        try {
            assertThat(one.load(mine.key(), 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
        } catch (StoreException e) {
            assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(found(one, mine.key()).snapshot().version()).isEqualTo(mine.version());
    }
}
