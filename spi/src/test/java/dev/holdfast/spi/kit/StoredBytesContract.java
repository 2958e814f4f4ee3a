package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** For backends that keep bytes: damaged ones are reported as such, never taken for a session and never for its absence. */
public abstract class StoredBytesContract extends BackendContract<StoreFixture.Corruptible> {

    private static final int ROUNDS = 60;

    private SessionSnapshot corrupt(int seed) throws Exception {
        SessionSnapshot mine = create(HOUR);
        backend.corrupt(mine.key(), new Random(seed));
        return mine;
    }

    @Test
    void damagedBytesAreCorruptForLoadsAndSaves() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            SessionSnapshot mine = corrupt(seed);
            for (Runnable call : List.<Runnable>of(
                    () -> one.load(mine.key(), 0, Access.NOW),
                    () -> two.load(mine.key(), mine.version(), Access.NONE),
                    () -> one.save(mine, put("b", "2")),
                    () -> two.save(initial(mine.key(), HOUR), put("b", "2")))) {
                assertThatThrownBy(call::run)
                        .as("seed " + seed)
                        .isInstanceOfSatisfying(
                                StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
                        .hasMessageNotContaining(mine.key().opaque());
            }
        }
    }

    @Test
    void aDamagedSessionSpoilsNobodyElsesTouch() throws Exception {
        SessionSnapshot sound = create(HOUR);
        backend.pass(Duration.ofMillis(300));
        SessionSnapshot mine = corrupt(1);
        long before = moment();

        assertThat(one.touch(List.of(new Touch(mine.key(), Duration.ZERO), new Touch(sound.key(), Duration.ZERO))))
                .doesNotContain(sound.key());
        assertThat(found(two, sound.key()).idle())
                .isLessThanOrEqualTo(since(before).plusMillis(5));
    }

    @Test
    void aDamagedSessionCanBeRemoved() throws Exception {
        for (int seed = 0; seed < ROUNDS; seed++) {
            SessionSnapshot mine = corrupt(seed);

            assertThat(one.remove(mine.key(), Removal.invalidation()))
                    .isIn(new Removed.Done(null), new Removed.Absent());
            assertThat(look(two, mine.key())).isEqualTo(new Loaded.Removed());
            assertThat(two.save(mine, put("b", "2"))).isEqualTo(new Saved.Removed(null));
        }
    }

    @Test
    void aDamagedSessionSpoilsNobodyElsesClaim() throws Exception {
        SessionSnapshot due = create(Duration.ofMillis(500));
        SessionSnapshot mine = corrupt(1);
        backend.pass(Duration.ofMillis(600));
        if (one instanceof ExpiryClaims claims) {
            assertThat(claims.claimExpired(List.of(mine.key(), due.key()), 10, Duration.ofMinutes(1)))
                    .extracting(claim -> claim.snapshot().key())
                    .containsExactly(due.key());
        }
        assertThat(isAlive(two, create(HOUR).key())).isTrue();
    }

    @Test
    void aDamagedSessionSpoilsNobodyElsesConfirmation() throws Exception {
        if (one instanceof ExpiryClaims claims) {
            Duration lease = Duration.ofMillis(500);
            SessionSnapshot due = create(Duration.ofMillis(500));
            SessionSnapshot damaged = create(Duration.ofMillis(500));
            List<SessionKey> keys = List.of(damaged.key(), due.key());
            backend.pass(Duration.ofMillis(600));
            List<Claim> claimed = claims.claimExpired(keys, 2, lease);
            assertThat(claimed).hasSize(2);
            backend.corrupt(damaged.key(), new Random(1));

            claims.confirm(claimed);
            backend.pass(lease.plusMillis(50));

            assertThat(((ExpiryClaims) two).claimExpired(keys, 10, lease))
                    .extracting(claim -> claim.snapshot().key())
                    .doesNotContainAnyElementsOf(keys);
            assertThat(look(two, damaged.key())).isEqualTo(new Loaded.Removed());
        }
    }
}
