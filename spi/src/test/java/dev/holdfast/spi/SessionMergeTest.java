package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SessionMergeTest {

    private static final SessionKey KEY = new SessionKey("shop", "id");
    private static final Instant T = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

    private final SessionLifecycle lifecycle = new SessionLifecycle(POLICY);
    private int nextStamp = 1;

    private SessionDelta delta(Map<String, String> changed, String... removed) {
        Map<String, byte[]> bytes = new HashMap<>();
        changed.forEach((name, value) -> bytes.put(name, value.getBytes()));
        return new SessionDelta(nextStamp++, bytes, Set.of(removed), Duration.ZERO, null);
    }

    private SessionRecord created(String... names) {
        Map<String, String> values = new HashMap<>();
        for (String name : names) {
            values.put(name, "0");
        }
        return lifecycle
                .save(null, SessionSnapshot.initial(KEY, T, HOUR), delta(values), T.toEpochMilli())
                .after();
    }

    private SessionRecord saved(SessionRecord record, int seconds, SessionDelta delta) {
        return lifecycle
                .save(record, snapshot(record), delta, T.plusSeconds(seconds).toEpochMilli())
                .after();
    }

    private static SessionSnapshot snapshot(SessionRecord record) {
        return record instanceof SessionRecord.Alive alive
                ? alive.snapshot()
                : ((SessionRecord.Claimed) record).snapshot();
    }

    private static Map<String, String> texts(SessionRecord record) {
        Map<String, String> texts = new TreeMap<>();
        snapshot(record).attributes().forEach((name, value) -> texts.put(name, new String(value.bytes())));
        return texts;
    }

    private static SessionRecord merge(SessionRecord one, SessionRecord other) {
        SessionRecord merged = SessionMerge.merge(one, other);
        assertThat(SessionMerge.merge(other, one)).isEqualTo(merged);
        assertThat(SessionMerge.merge(merged, one)).isEqualTo(merged);
        assertThat(SessionMerge.merge(other, merged)).isEqualTo(merged);
        return merged;
    }

    @Test
    void aCopyThatIsOnlyOlderAddsNothing() {
        SessionRecord old = created("a", "b");
        SessionRecord now = saved(old, 1, delta(Map.of("a", "1"), "b"));

        assertThat(merge(old, now)).isEqualTo(now);
    }

    @Test
    void whatEitherSideWroteIsThere() {
        SessionRecord base = created("x", "y");
        SessionRecord one = saved(saved(base, 1, delta(Map.of("x", "1"))), 5, delta(Map.of("left", "1")));
        SessionRecord other = saved(base, 3, delta(Map.of("x", "2", "right", "2")));

        SessionRecord merged = merge(one, other);

        assertThat(texts(merged)).isEqualTo(Map.of("x", "2", "y", "0", "left", "1", "right", "2"));
        assertThat(Version.isNewer(snapshot(merged).version(), snapshot(one).version()))
                .isTrue();
        assertThat(Version.isNewer(snapshot(merged).version(), snapshot(other).version()))
                .isTrue();
        assertThat(snapshot(merged).lastAccessedAt()).isEqualTo(T.plusSeconds(5));
    }

    @Test
    void aRemovedAttributeStaysRemovedUnlessItWasSetLater() {
        SessionRecord base = created("early", "late");
        SessionRecord one = saved(base, 5, delta(Map.of(), "early", "late"));
        SessionRecord other = saved(saved(base, 3, delta(Map.of("early", "1"))), 7, delta(Map.of("late", "1")));

        assertThat(texts(merge(one, other))).isEqualTo(Map.of("late", "1"));
    }

    @Test
    void equalCountersOfTwoHistoriesAreMergedToo() {
        SessionRecord base = created("a");
        SessionRecord one = saved(base, 1, delta(Map.of("login", "1")));
        SessionRecord other = saved(base, 2, delta(Map.of("cart", "2")));

        assertThat(texts(merge(one, other))).isEqualTo(Map.of("a", "0", "login", "1", "cart", "2"));
    }

    @Test
    void whoLoggedOutStaysLoggedOutWhateverTheOtherSideDid() {
        SessionRecord base = created("a");
        SessionRecord ended = lifecycle
                .remove(base, Removal.invalidation(), T.plusSeconds(1).toEpochMilli())
                .after();
        SessionRecord used = saved(saved(base, 100, delta(Map.of("a", "1"))), 200, delta(Map.of("a", "2")));

        assertThat(merge(ended, used)).isEqualTo(ended);
        assertThat(merge(ended, claimed(used, 3900))).isEqualTo(ended);
    }

    private SessionRecord claimed(SessionRecord record, int seconds) {
        return lifecycle
                .claim(
                        record,
                        true,
                        7,
                        Duration.ofMinutes(1),
                        T.plusSeconds(seconds).toEpochMilli())
                .after();
    }

    @Test
    void anExpiryLosesToALaterAccessAndToNothingElse() {
        SessionRecord base = created("a");
        SessionRecord claimed = claimed(base, 3600);
        Claim claim = new Claim(snapshot(claimed), 7);
        SessionRecord confirmed = lifecycle
                .remove(claimed, Removal.confirming(claim), T.plusSeconds(3601).toEpochMilli())
                .after();
        SessionRecord used = saved(base, 3000, delta(Map.of("a", "1")));
        SessionRecord usedLater = saved(base, 3601, delta(Map.of("a", "2")));

        assertThat(claimed).isInstanceOf(SessionRecord.Claimed.class);
        assertThat(confirmed).isInstanceOf(SessionRecord.Tombstone.class);
        assertThat(merge(confirmed, used)).isEqualTo(confirmed);
        assertThat(merge(confirmed, usedLater)).isEqualTo(usedLater);
        assertThat(merge(claimed, used)).isInstanceOf(SessionRecord.Claimed.class);
        assertThat(texts(merge(claimed, used))).isEqualTo(Map.of("a", "1"));
        assertThat(merge(claimed, usedLater)).isInstanceOf(SessionRecord.Alive.class);
    }

    @Test
    void anExplicitEndSaysMoreThanAnExpiry() {
        SessionRecord base = created("a");
        SessionRecord claimed = claimed(base, 3600);
        SessionRecord expired = lifecycle
                .remove(
                        claimed,
                        Removal.confirming(new Claim(snapshot(claimed), 7)),
                        T.plusSeconds(3601).toEpochMilli())
                .after();
        SessionKey successor = new SessionKey("shop", "next");
        SessionRecord renamed = lifecycle
                .remove(base, Removal.renaming(snapshot(base).version(), successor), T.toEpochMilli())
                .after();

        assertThat(merge(expired, renamed)).isEqualTo(renamed);
    }

    /** Copies that were made by random histories from one beginning, merged in random order and number. */
    @Test
    void whateverTheHistoriesAndTheOrderTheResultIsTheSameAndHasTheLatestOfEachAttribute() {
        long seed = new Random().nextLong();
        System.out.println("SessionMergeTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 3000; round++) {
            SessionRecord base = created("n0", "n1");
            List<SessionRecord> copies = new ArrayList<>();
            Map<String, Long> lastWrite = new HashMap<>();
            Map<String, String> expected = new TreeMap<>(texts(base));
            for (int side = 0; side < 3; side++) {
                SessionRecord copy = base;
                int seconds = side;
                for (int save = random.nextInt(4); save > 0; save--) {
                    // No two sides write in the same second: the marks' order is the order of the seconds.
                    seconds += 3 * (1 + random.nextInt(5));
                    String name = "n" + random.nextInt(5);
                    boolean removes = random.nextInt(3) == 0;
                    String value = side + "." + save;
                    copy = saved(copy, seconds, removes ? delta(Map.of(), name) : delta(Map.of(name, value)));
                    if (lastWrite.getOrDefault(name, 0L) < seconds) {
                        lastWrite.put(name, (long) seconds);
                        if (removes) {
                            expected.remove(name);
                        } else {
                            expected.put(name, value);
                        }
                    }
                }
                copies.add(copy);
            }
            Set<Map<String, String>> contents = new HashSet<>();
            for (int[] order : new int[][] {{0, 1, 2}, {0, 2, 1}, {1, 2, 0}, {2, 1, 0}}) {
                SessionRecord merged = SessionMerge.merge(
                        SessionMerge.merge(copies.get(order[0]), copies.get(order[1])), copies.get(order[2]));
                merge(copies.get(order[0]), copies.get(order[1]));
                contents.add(texts(merged));
            }
            assertThat(contents).containsExactly(expected);
        }
    }
}
