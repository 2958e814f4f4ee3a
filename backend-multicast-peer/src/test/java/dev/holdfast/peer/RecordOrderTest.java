package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordOrderTest {

    private static final SessionKey KEY = new SessionKey("shop", "k");
    private static final Instant T = Instant.ofEpochMilli(RandomMessages.NOW);

    private static SessionRecord.Alive alive(long counter, int stamp, long mark, Instant accessed) {
        return new SessionRecord.Alive(snapshot(counter, stamp, mark, accessed), 0);
    }

    private static SessionSnapshot snapshot(long counter, int stamp, long mark, Instant accessed) {
        return new SessionSnapshot(
                KEY,
                Version.of(counter, stamp),
                T,
                accessed,
                Duration.ofMinutes(30),
                Map.of("a", new StoredAttribute(new byte[0], mark)),
                Map.of(),
                null);
    }

    private static void assertWins(SessionRecord winner, SessionRecord loser) {
        assertThat(RecordOrder.later(winner, loser)).isSameAs(winner);
        assertThat(RecordOrder.later(loser, winner)).isSameAs(winner);
        assertThat(RecordOrder.isWanted(loser, RecordOrder.outline(winner, RandomMessages.NOW)))
                .isTrue();
    }

    @Test
    void aRemovalWinsOverWhateverTheOtherSideWrote() {
        assertWins(new SessionRecord.Tombstone(1, null, T, false, null), alive(99, 1, 99, T.plusSeconds(9)));
        assertWins(
                new SessionRecord.Tombstone(1, null, T, false, null),
                new SessionRecord.Claimed(snapshot(99, 1, 9, T), 5, T));
    }

    @Test
    void theHigherCounterWinsWhole() {
        assertWins(alive(7, 1, 1, T), alive(6, 5, 100, T.plusSeconds(9)));
    }

    @Test
    void ofEqualCountersTheLaterMarkWinsAndThenAnyFixedOne() {
        assertWins(alive(7, 1, 2, T), alive(7, 5, 1, T));
        assertWins(alive(7, 5, 1, T), alive(7, 4, 1, T));
    }

    @Test
    void ofEqualVersionsTheLaterAccessCounts() {
        SessionRecord.Alive early = alive(7, 1, 1, T);
        SessionRecord.Alive late = alive(7, 1, 1, T.plusSeconds(5));
        assertThat(RecordOrder.later(early, late)).isEqualTo(late);
        assertThat(RecordOrder.later(late, early)).isSameAs(late);
    }

    @Test
    void aClaimWinsUnlessTheSessionWasAccessedAfterIt() {
        SessionRecord claimed = new SessionRecord.Claimed(snapshot(7, 1, 1, T), 5, T.plusSeconds(60));
        assertWins(claimed, alive(7, 1, 1, T));
        assertWins(alive(7, 1, 1, T.plusSeconds(5)), claimed);
        assertWins(alive(8, 1, 1, T), claimed);
    }

    @Test
    void whatIsNotThereIsWanted() {
        assertThat(RecordOrder.isWanted(null, RecordOrder.outline(alive(1, 1, 1, T), RandomMessages.NOW)))
                .isTrue();
    }
}
