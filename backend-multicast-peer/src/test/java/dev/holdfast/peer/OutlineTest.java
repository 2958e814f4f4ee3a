package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionMerge;
import dev.holdfast.spi.SessionRecord;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OutlineTest {

    private static final SessionKey KEY = new SessionKey("shop", "k");

    private static boolean isNews(SessionRecord theirs, SessionRecord mine) {
        return Outline.of(theirs, RandomMessages.NOW).isNewsTo(mine);
    }

    @Test
    void whatCouldChangeARecordIsNews() {
        RandomMessages messages = new RandomMessages(4);
        int news = 0;
        for (int i = 0; i < 10_000; i++) {
            SessionRecord mine = messages.record(KEY);
            SessionRecord theirs = messages.record(KEY);
            long version = Outline.of(mine, 0).version();
            if (version == Outline.of(theirs, 0).version() && !(mine instanceof SessionRecord.Tombstone)) {
                // No two sessions of one version have different content, but these may.
                continue;
            }
            if (!isNews(theirs, mine)) {
                // Then there is nothing to lose by not asking for it, but for the successor of one of two removals.
                SessionRecord merged = SessionMerge.merge(mine, theirs);
                assertThat(merged)
                        .satisfiesAnyOf(
                                record -> assertThat(record).isEqualTo(mine),
                                record -> assertThat(record).isInstanceOf(SessionRecord.Tombstone.class));
            } else {
                news++;
            }
        }
        assertThat(news).isBetween(3_000, 9_500);
    }

    @Test
    void anEndIsNewsToWhoeverHasTheSessionAndNothingIsToWhoKnowsOfTheEnd() {
        SessionRecord ended =
                new SessionRecord.Tombstone(1, null, Instant.ofEpochMilli(RandomMessages.NOW), false, null);
        SessionRecord expired = new SessionRecord.Tombstone(
                2, null, Instant.ofEpochMilli(RandomMessages.NOW), false, Instant.ofEpochMilli(RandomMessages.NOW));
        SessionRecord alive = new SessionRecord.Alive(new RandomMessages(5).snapshot(KEY), 0);
        assertThat(isNews(ended, alive)).isTrue();
        assertThat(isNews(ended, expired)).isTrue();
        assertThat(isNews(alive, ended)).isFalse();
        assertThat(isNews(expired, ended)).isFalse();
        // It may have been used after it expired elsewhere.
        assertThat(isNews(alive, expired)).isTrue();
    }

    @Test
    void whatIsNotThereIsNewsAndTheSameIsNone() {
        SessionRecord alive = new SessionRecord.Alive(new RandomMessages(5).snapshot(KEY), 0);
        assertThat(isNews(alive, null)).isTrue();
        assertThat(isNews(alive.onClockAheadBy(Duration.ofSeconds(3)), alive)).isFalse();
    }
}
