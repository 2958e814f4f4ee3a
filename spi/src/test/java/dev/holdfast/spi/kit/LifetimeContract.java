package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** How long things live, with short lives. Part of {@link SessionStoreContract}. */
public abstract class LifetimeContract extends BackendContract<StoreFixture> {

    /** Interval 100 ms, claimable after 2.2 s. */
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static final ExpiryPolicy SHORT = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));

    /** How coarse a store's clock may be. */
    private static final Duration COARSE = Duration.ofMillis(50);

    private static final Duration CLAIMABLE = SHORT.claimableAfter(SECOND);

    @Override
    ExpiryPolicy policy() {
        return SHORT;
    }

    @Test
    void aSessionIsAliveUntilItsClaimableTimeAndDeadFromThenOn() throws Exception {
        long from = moment();
        SessionSnapshot mine = create(SECOND);

        // Absent only if this test was so slow that the store may have forgotten it.
        assertThat(endOf(mine.key(), from, moment(), CLAIMABLE)).isIn(new Loaded.Removed(), new Loaded.Absent());
        assertThat(two.touch(List.of(new Touch(mine.key(), Duration.ZERO)))).containsExactly(mine.key());
        assertThat(one.save(mine, put("b", "2"))).isIn(new Saved.Removed(null), new Saved.Lost());
        assertThat(one.load(mine.key(), 0, Access.NOW)).isIn(new Loaded.Removed(), new Loaded.Absent());
    }

    @Test
    void anExpiredSessionThatNobodyClaimedIsForgotten() throws Exception {
        long from = moment();
        SessionSnapshot mine = create(SECOND);

        comes(
                "being forgotten",
                from,
                SHORT.storeTtl(SECOND),
                () -> look(two, mine.key()) instanceof Loaded.Absent ? true : null);
    }

    @Test
    void loadsAndTouchesAndSavesEachKeepASessionAlive() {
        List<Kept> sessions = List.of(
                new Kept("loads", key -> one.load(key, 0, Access.NOW)),
                new Kept("touches", key -> two.touch(List.of(new Touch(key, Duration.ZERO)))),
                new Kept("saves", key -> {
                    if (look(two, key) instanceof Loaded.Found found) {
                        two.save(found.snapshot(), put("a", "again"));
                    }
                }));
        do {
            backend.pass(Duration.ofMillis(200));
            sessions.forEach(Kept::access);
            // Half as long again as a session lives without.
        } while (sessions.stream()
                .anyMatch(each ->
                        since(each.begun).compareTo(CLAIMABLE.multipliedBy(3).dividedBy(2)) < 0));
    }

    private final class Kept {
        final String by;
        final Consumer<SessionKey> access;
        SessionKey key = newKey();
        long begun = moment();
        long accessed = begun;

        Kept(String by, Consumer<SessionKey> access) {
            this.by = by;
            this.access = access;
            create(key, SECOND);
        }

        void access() {
            long now = moment();
            access.accept(key);
            boolean alive = isAlive(one, key);
            if (!alive && since(accessed).compareTo(CLAIMABLE) >= 0) {
                // This machine stood still for that long: rightly dead. Once more.
                key = newKey();
                now = moment();
                begun = now;
                create(key, SECOND);
            } else {
                assertThat(alive).as("kept by %s, after %s", by, since(begun)).isTrue();
            }
            accessed = now;
        }
    }

    @Test
    void aShorterMaxInactiveIsInForceAtOnce() throws Exception {
        List<SessionSnapshot> sessions =
                List.of(create(Duration.ofHours(8)), create(Duration.ZERO), create(Duration.ofSeconds(-1)));
        long from = moment();
        for (SessionSnapshot each : sessions) {
            done(two.save(each, live(SECOND)));
        }

        long answered = moment();
        for (SessionSnapshot each : sessions) {
            endOf(each.key(), from, answered, CLAIMABLE);
        }
    }

    @Test
    void aLongerMaxInactiveIsInForceAtOnce() {
        List<SessionKey> sessions = new ArrayList<>();
        for (Duration longer : List.of(Duration.ofHours(8), Duration.ZERO, Duration.ofDays(40))) {
            sessions.add(prolonged(longer, CLAIMABLE));
        }

        backend.pass(SHORT.storeTtl(SECOND).plusMillis(300));

        assertThat(sessions).allMatch(key -> isAlive(one, key));
    }

    @Test
    void aTombstoneLivesItsTime() throws Exception {
        SessionSnapshot mine = create(HOUR);
        long from = moment();
        one.remove(mine.key(), Removal.invalidation());

        comes("the end of the tombstone", from, SHORT.tombstoneLife(), () -> {
            Loaded loaded = look(two, mine.key());
            assertThat(loaded).isIn(new Loaded.Removed(), new Loaded.Absent());
            return loaded instanceof Loaded.Absent ? true : null;
        });
    }

    /**
     * Waits for the end.
     *
     * @param from before that which the limit counts from
     * @param answered after it
     */
    private Loaded endOf(SessionKey key, long from, long answered, Duration limit) throws Exception {
        return comes("the end of the session", from, limit, () -> {
            Duration asked = since(answered);
            Loaded loaded = look(two, key);
            if (loaded instanceof Loaded.Found) {
                assertThat(asked).as("asked after the limit, and found").isLessThan(limit.plus(COARSE));
                return null;
            }
            if (loaded instanceof Loaded.Absent) {
                assertThat(since(from).plus(COARSE)).as("forgotten").isGreaterThanOrEqualTo(SHORT.storeTtl(SECOND));
            }
            return loaded;
        });
    }
}
