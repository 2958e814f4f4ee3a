package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionLifecycleTest {

    static final long T = 1_800_000_000_000L;
    static final Duration IDLE = Duration.ofSeconds(100);
    // interval 10 s, so: idle limit 100 s, claimable 121 s, forgotten 721 s, tombstones 1800 s
    static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));
    static final Duration LEASE = Duration.ofSeconds(60);

    final SessionLifecycle lifecycle = new SessionLifecycle(POLICY);
    final SessionKey key = new SessionKey("shop", "abc");
    final SessionKey successor = new SessionKey("shop", "def");

    @Test
    void aSessionIsCreatedOnlyWhereThereIsNone() {
        var created = save(null, initial(), put(1, "a", "1"), T);

        assertThat(created.answer()).isEqualTo(new Saved.Done(Version.of(1, 1), false, null));
        assertThat(session(created.after()).attributes()).containsOnlyKeys("a");
        assertThat(save(created.after(), initial(), put(2, "a", "2"), T).answer())
                .isEqualTo(new Saved.Exists());
    }

    @Test
    void creationDatesTheAccessByTheStoresClock() {
        Instant clockAhead = Instant.ofEpochMilli(T + 3_600_000);
        var created = save(null, SessionSnapshot.initial(key, clockAhead, IDLE), put(1, "a", "1"), T);

        assertThat(session(created.after()).createdAt()).isEqualTo(clockAhead);
        assertThat(session(created.after()).lastAccessedAt()).isEqualTo(Instant.ofEpochMilli(T));
    }

    @Test
    void theDeltasMaxInactiveGoesBeforeTheBases() {
        var delta = new SessionDelta(1, Map.of(), Set.of(), Duration.ZERO, Duration.ofHours(8));

        assertThat(session(save(null, initial(), delta, T).after()).maxInactive())
                .isEqualTo(Duration.ofHours(8));
    }

    @Test
    void aSaveOnTheCurrentBaseIsNotMerged() {
        SessionRecord before = created();

        var saved = save(before, session(before), put(2, "b", "2"), T);

        assertThat(saved.answer()).isEqualTo(new Saved.Done(Version.of(2, 2), false, null));
        assertThat(session(saved.after()).attributes()).containsOnlyKeys("a", "b");
    }

    @Test
    void aSaveOnAnOldBaseIsMergedAndKeepsWhatOthersWrote() {
        SessionRecord first = created();
        SessionRecord theirs =
                save(first, session(first), put(2, "theirs", "2"), T).after();

        var mine = save(theirs, session(first), put(3, "mine", "3"), T);

        assertThat(mine.answer()).isEqualTo(new Saved.Done(Version.of(3, 3), true, null));
        assertThat(session(mine.after()).attributes()).containsOnlyKeys("a", "theirs", "mine");
    }

    @Test
    void aBaseWithTheSameCounterButAnotherStampIsMerged() {
        SessionRecord theirs = save(null, initial(), put(7, "theirs", "1"), T).after();
        SessionSnapshot myBase = session(created());
        assertThat(Version.counter(myBase.version()))
                .isEqualTo(Version.counter(session(theirs).version()));

        var mine = save(theirs, myBase, put(3, "mine", "3"), T);

        assertThat(mine.answer()).isEqualTo(new Saved.Done(Version.of(2, 3), true, null));
        var repeat = save(mine.after(), myBase, put(3, "mine", "3"), T);
        assertThat(repeat.answer()).isEqualTo(mine.answer());
    }

    @Test
    void aRepeatedSaveGetsTheSameAnswerAndChangesNothing() {
        SessionRecord first = created();
        SessionRecord theirs =
                save(first, session(first), put(2, "theirs", "2"), T).after();
        for (SessionRecord before : new SessionRecord[] {first, theirs}) {
            var once = save(before, session(first), put(3, "mine", "3"), T);

            var twice = save(once.after(), session(first), put(3, "mine", "3"), T + 5);

            assertThat(twice.answer()).isEqualTo(once.answer());
            assertThat(twice.after()).isSameAs(once.after());
        }
    }

    @Test
    void aRepeatedCreationGetsTheSameAnswer() {
        SessionRecord first = created();

        assertThat(save(first, initial(), put(1, "a", "1"), T).answer())
                .isEqualTo(new Saved.Done(Version.of(1, 1), false, null));
    }

    @Test
    void anotherSaveWithTheSameStampIsNotTakenForARepeat() {
        SessionRecord first = created();
        SessionRecord theirs =
                save(first, session(first), put(3, "x", "theirs"), T).after();

        var mine = save(theirs, session(first), put(3, "y", "mine"), T);

        assertThat(mine.answer()).isEqualTo(new Saved.Done(Version.of(3, 3), true, null));
        assertThat(session(mine.after()).attributes()).containsOnlyKeys("a", "x", "y");
    }

    @Test
    void aSaveWithTheStampOfItsOwnBaseIsNoRepeat() {
        SessionRecord first = created();

        assertThat(save(first, session(first), put(1, "a", "1"), T).answer())
                .isEqualTo(new Saved.Done(Version.of(2, 1), false, null));
    }

    @Test
    void aSaveToAnUnknownSessionIsLost() {
        assertThat(save(null, session(created()), put(2, "b", "2"), T).answer()).isEqualTo(new Saved.Lost());
    }

    @Test
    void aSaveToARemovedSessionLearnsOfItsSuccessor() {
        SessionRecord gone = remove(created(), Removal.renaming(Version.of(1, 1), successor), T)
                .after();

        assertThat(save(gone, session(created()), put(2, "b", "2"), T).answer())
                .isEqualTo(new Saved.Removed(successor));
        assertThat(save(gone, initial(), put(2, "b", "2"), T).answer()).isEqualTo(new Saved.Removed(successor));
        assertThat(load(gone, 0, T).answer()).isEqualTo(new Loaded.Removed());
    }

    @Test
    void aLoadNotesTheAccessOnlyWhenTheStoredOneIsOlderThanTheInterval() {
        SessionRecord record = created();
        assertThat(load(record, 0, T + 10_000).after()).isSameAs(record);

        var late = load(record, 0, T + 10_001);

        assertThat(late.answer()).isEqualTo(new Loaded.Found(session(record), Duration.ofMillis(10_001), true));
        assertThat(session(late.after()).lastAccessedAt()).isEqualTo(Instant.ofEpochMilli(T + 10_001));
        assertThat(lifecycle.load(record, 0, Access.NONE, T + 50_000).after()).isSameAs(record);
        assertThat(lifecycle
                        .load(record, 0, Access.ago(Duration.ofSeconds(60)), T + 50_000)
                        .after())
                .isSameAs(record);
    }

    @Test
    void aLoadOfTheKnownVersionIsUnchanged() {
        assertThat(load(created(), Version.of(1, 1), T + 3).answer())
                .isEqualTo(new Loaded.Unchanged(Duration.ofMillis(3), false, null));
        assertThat(load(created(), Version.of(1, 2), T).answer()).isInstanceOf(Loaded.Found.class);
    }

    @Test
    void aSessionIsAliveUntilItsClaimableTimeAndDeadFromThenOn() {
        SessionRecord record = created();
        assertThat(load(record, 0, T + 120_999).answer()).isInstanceOf(Loaded.Found.class);
        assertThat(lifecycle.touch(record, Duration.ZERO, T + 120_999).answer()).isTrue();

        long over = T + 121_000;
        assertThat(load(record, 0, over).answer()).isEqualTo(new Loaded.Removed());
        assertThat(load(record, 0, over).after()).isSameAs(record);
        assertThat(lifecycle.touch(record, Duration.ZERO, over).answer()).isFalse();
        assertThat(lifecycle.touch(record, Duration.ofSeconds(119), over).after())
                .isSameAs(record);
        assertThat(save(record, session(record), put(2, "b", "2"), over).answer())
                .isEqualTo(new Saved.Removed(null));
    }

    @Test
    void aTouchNeverMovesAnAccessBack() {
        SessionRecord record = created();

        assertThat(lifecycle.touch(record, Duration.ofSeconds(9), T + 5_000).after())
                .isSameAs(record);
        var touched = lifecycle.touch(record, Duration.ofSeconds(2), T + 5_000);
        assertThat(session(touched.after()).lastAccessedAt()).isEqualTo(Instant.ofEpochMilli(T + 3_000));
        assertThat(session(touched.after()).version()).isEqualTo(Version.of(1, 1));
        assertThat(lifecycle.touch(null, Duration.ZERO, T)).isEqualTo(new SessionLifecycle.Step<>(null, false));
    }

    @Test
    void aRemovalGetsTheSameAnswerWhenItIsRepeated() {
        Removal how = Removal.invalidation();
        var removed = remove(created(), how, T);

        assertThat(removed.answer()).isEqualTo(new Removed.Done(session(created())));
        assertThat(remove(removed.after(), how, T + 1).answer()).isEqualTo(new Removed.Done(null));
        assertThat(remove(removed.after(), Removal.invalidation(), T + 1).answer())
                .isEqualTo(new Removed.Already(null));
    }

    @Test
    void removingWhatIsNotThereLeavesATombstone() {
        Removal how = Removal.invalidation();
        var removed = remove(null, how, T);

        assertThat(removed.answer()).isEqualTo(new Removed.Absent());
        assertThat(remove(removed.after(), how, T).answer()).isEqualTo(new Removed.Absent());
        assertThat(save(removed.after(), initial(), put(1, "a", "1"), T).answer())
                .isEqualTo(new Saved.Removed(null));
    }

    @Test
    void aConditionalRemovalLeavesAChangedSessionAlone() {
        SessionRecord record = created();

        var refused = remove(record, Removal.renaming(Version.of(1, 9), successor), T);

        assertThat(refused.answer()).isEqualTo(new Removed.Changed(session(record)));
        assertThat(refused.after()).isSameAs(record);
        SessionRecord gone =
                remove(record, Removal.renaming(Version.of(1, 1), successor), T).after();
        assertThat(remove(gone, Removal.renaming(Version.of(1, 1), key), T).answer())
                .isEqualTo(new Removed.Already(successor));
    }

    @Test
    void aTombstoneIsForgottenAfterItsLife() {
        SessionRecord gone = remove(created(), Removal.invalidation(), T).after();

        assertThat(load(gone, 0, T + 1_799_999).answer()).isEqualTo(new Loaded.Removed());
        assertThat(load(gone, 0, T + 1_800_000).answer()).isEqualTo(new Loaded.Absent());
        assertThat(lifecycle.settle(gone, T + 1_800_000)).isNull();
    }

    @Test
    void suspectsAreDueAtTheIdleLimitOthersWhenClaimable() {
        SessionRecord record = created();

        assertThat(claim(record, true, T + 99_999).answer()).isEmpty();
        assertThat(claim(record, true, T + 100_000).answer()).contains(new Claim(session(record), 77));
        assertThat(claim(record, false, T + 120_999).answer()).isEmpty();
        assertThat(claim(record, false, T + 121_000).answer()).contains(new Claim(session(record), 77));
        assertThat(claim(null, true, T).answer()).isEmpty();
    }

    @Test
    void aClaimedSessionReadsAsRemovedForEverybody() {
        SessionRecord claimed = claim(created(), true, T + 100_000).after();
        long now = T + 100_001;

        assertThat(load(claimed, 0, now).answer()).isEqualTo(new Loaded.Removed());
        assertThat(lifecycle.touch(claimed, Duration.ZERO, now).answer()).isFalse();
        assertThat(save(claimed, session(created()), put(2, "b", "2"), now).answer())
                .isEqualTo(new Saved.Removed(null));
        assertThat(remove(claimed, Removal.invalidation(), now).answer()).isEqualTo(new Removed.Already(null));
        assertThat(claim(claimed, true, now).answer()).isEmpty();
    }

    @Test
    void aConfirmedClaimIsATombstone() {
        Claim claim = claim(created(), true, T + 100_000).answer().orElseThrow();
        SessionRecord claimed = claim(created(), true, T + 100_000).after();

        var confirmed = remove(claimed, Removal.confirming(claim), T + 100_010);

        assertThat(confirmed.answer()).isEqualTo(new Removed.Done(null));
        assertThat(confirmed.after()).isInstanceOf(SessionRecord.Tombstone.class);
        assertThat(remove(confirmed.after(), Removal.confirming(claim), T + 100_020)
                        .answer())
                .isEqualTo(new Removed.Done(null));
        assertThat(claim(confirmed.after(), true, T + 900_000).answer()).isEmpty();
    }

    @Test
    void anUnconfirmedClaimIsHandedOutAgainAfterItsLease() {
        SessionRecord claimed = claim(created(), true, T + 100_000).after();
        assertThat(claim(claimed, false, T + 159_999).answer()).isEmpty();

        var again = lifecycle.claim(claimed, false, 88, LEASE, T + 160_000);

        assertThat(again.answer()).contains(new Claim(session(created()), 88));
        assertThat(remove(again.after(), new Removal(77, 0, null), T + 160_001).answer())
                .isEqualTo(new Removed.Already(null));
    }

    @Test
    void aClaimThatNobodyEverConfirmsEndsAsATombstone() {
        SessionRecord claimed = claim(created(), true, T + 100_000).after();
        long givenUp = T + 100_000 + 60_000 + 600_000;

        assertThat(lifecycle.settle(claimed, givenUp - 1)).isSameAs(claimed);
        assertThat(lifecycle.settle(claimed, givenUp)).isInstanceOf(SessionRecord.Tombstone.class);
        assertThat(save(claimed, session(created()), put(2, "b", "2"), givenUp).answer())
                .isEqualTo(new Saved.Removed(null));
        assertThat(lifecycle.settle(claimed, givenUp + 1_800_000)).isNull();
    }

    @Test
    void anExpiredSessionThatNobodyClaimedIsForgottenAfterTheReapTime() {
        SessionRecord record = created();

        assertThat(claim(record, false, T + 720_999).answer()).isPresent();
        assertThat(claim(record, false, T + 721_000).answer()).isEmpty();
        assertThat(load(record, 0, T + 721_000)).isEqualTo(new SessionLifecycle.Step<>(null, new Loaded.Absent()));
    }

    @Test
    void anExpiredSessionThatNobodyClaimedCanStillBeRemoved() {
        assertThat(remove(created(), Removal.invalidation(), T + 500_000).answer())
                .isEqualTo(new Removed.Done(session(created())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT-2562047788015215H-30M-8S"})
    void aMaxInactiveOfZeroOrLessNeverExpires(String maxInactive) {
        SessionRecord record = withMaxInactive(Duration.parse(maxInactive));
        long muchLater = T + Duration.ofDays(36_500).toMillis();

        assertThat(load(record, 0, muchLater).answer()).isInstanceOf(Loaded.Found.class);
        assertThat(claim(record, true, muchLater).answer()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT2562047788015215H30M7.999999999S", "PT596523H14M7S", "P31D"})
    void longMaxInactivesDoNotOverflow(String maxInactive) {
        SessionRecord record = withMaxInactive(Duration.parse(maxInactive));
        long later = T + Duration.ofDays(30).toMillis();

        assertThat(load(record, 0, later).answer()).isInstanceOf(Loaded.Found.class);
        assertThat(claim(record, true, later).answer()).isEmpty();
        assertThat(lifecycle.touch(record, Times.FOREVER, later).answer()).isTrue();
        assertThat(lifecycle.load(record, 0, Access.ago(Times.FOREVER), later).after())
                .isSameAs(record);
        SessionDelta old = new SessionDelta(4, Map.of(), Set.of(), Times.FOREVER, null);
        assertThat(save(record, session(record), old, later).answer()).isInstanceOf(Saved.Done.class);
        assertThat(save(null, initial(), old, later).answer()).isInstanceOf(Saved.Done.class);
    }

    @Test
    void subSecondMaxInactivesAreExact() {
        SessionRecord record = withMaxInactive(Duration.ofMillis(10));

        assertThat(claim(record, true, T + 9).answer()).isEmpty();
        assertThat(claim(record, true, T + 10).answer()).isPresent();
    }

    @Test
    void aClockThatWasSetBackEndsNobody() {
        SessionRecord record = created();
        long back = T - 86_400_000;

        assertThat(load(record, 0, back).answer()).isEqualTo(new Loaded.Found(session(record), Duration.ZERO, false));
        assertThat(claim(record, true, back).answer()).isEmpty();
    }

    @Test
    void aRecordMovesToAnotherClockWithItsAgesKept() {
        Duration ahead = Duration.ofHours(5);
        long there = T + ahead.toMillis();
        SessionRecord alive = created();
        SessionRecord claimed = claim(alive, true, T + 100_000).after();
        SessionRecord gone = remove(alive, Removal.invalidation(), T).after();

        assertThat(load(alive.onClockAheadBy(ahead), Version.of(1, 1), there + 7)
                        .answer())
                .isEqualTo(load(alive, Version.of(1, 1), T + 7).answer());
        assertThat(claim(claimed.onClockAheadBy(ahead), true, there + 159_999).answer())
                .isEmpty();
        assertThat(claim(claimed.onClockAheadBy(ahead), true, there + 160_000).answer())
                .isPresent();
        assertThat(lifecycle.settle(gone.onClockAheadBy(ahead), there + 1_799_999))
                .isNotNull();
        assertThat(lifecycle.settle(gone.onClockAheadBy(ahead), there + 1_800_000))
                .isNull();
    }

    private SessionSnapshot initial() {
        return SessionSnapshot.initial(key, Instant.ofEpochMilli(T), IDLE);
    }

    private SessionRecord created() {
        return save(null, initial(), put(1, "a", "1"), T).after();
    }

    private SessionRecord withMaxInactive(Duration maxInactive) {
        SessionSnapshot base = SessionSnapshot.initial(key, Instant.ofEpochMilli(T), maxInactive);
        return save(null, base, put(1, "a", "1"), T).after();
    }

    private static SessionDelta put(int stamp, String name, String value) {
        return new SessionDelta(
                stamp, Map.of(name, value.getBytes(StandardCharsets.UTF_8)), Set.of(), Duration.ZERO, null);
    }

    private static SessionSnapshot session(SessionRecord record) {
        return ((SessionRecord.Alive) record).snapshot();
    }

    private SessionLifecycle.Step<Loaded> load(SessionRecord record, long known, long now) {
        return lifecycle.load(record, known, Access.NOW, now);
    }

    private SessionLifecycle.Step<Saved> save(
            SessionRecord record, SessionSnapshot base, SessionDelta delta, long now) {
        return lifecycle.save(record, base, delta, now);
    }

    private SessionLifecycle.Step<Removed> remove(SessionRecord record, Removal how, long now) {
        return lifecycle.remove(record, how, now);
    }

    private SessionLifecycle.Step<Optional<Claim>> claim(SessionRecord record, boolean suspect, long now) {
        return lifecycle.claim(record, suspect, 77, LEASE, now);
    }
}
