package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DueSearchTest {

    private static final long ROUND = DueSearch.ROUND.toNanos();

    private final DueSearch search = new DueSearch();

    @Test
    void everyBucketIsLookedIntoOnceARound() {
        for (int callsPerRound : List.of(1, 3, 10, 1000)) {
            DueSearch fresh = new DueSearch();
            fresh.next(0);
            List<Integer> seen = new ArrayList<>();
            for (int call = 1; call <= callsPerRound; call++) {
                seen.addAll(fresh.next(ROUND * call / callsPerRound));
            }
            assertThat(seen).as(callsPerRound + " calls").doesNotHaveDuplicates();
            assertThat(seen.size()).isBetween(Keys.BUCKETS - 1, Keys.BUCKETS);
        }
    }

    @Test
    void aLongPauseIsOneRoundAndNotMany() {
        search.next(0);

        assertThat(search.next(100 * ROUND)).hasSize(Keys.BUCKETS).doesNotHaveDuplicates();
        assertThat(search.next(100 * ROUND)).isEmpty();
    }

    @Test
    void whatWasNotFinishedComesFirstNextTime() {
        search.next(0);
        List<Integer> buckets = search.next(ROUND / 2);
        Integer unfinished = buckets.get(buckets.size() / 2);

        search.comeBackTo(unfinished);

        assertThat(search.next(ROUND / 2)).startsWith(unfinished).hasSize(buckets.size() - buckets.size() / 2);
    }

    @Test
    void nodesBeginAtDifferentBuckets() {
        Set<Integer> first = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            first.add(new DueSearch().next(0).get(0));
        }
        assertThat(first.size()).isGreaterThan(25);
    }
}
