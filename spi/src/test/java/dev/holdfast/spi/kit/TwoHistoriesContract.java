package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * For backends that can go back in time. A counter comes back then with other content, and nobody may take the one for the
 * other: the near cache of a node would serve what no longer exists.
 */
public abstract class TwoHistoriesContract extends BackendContract<StoreFixture.Rewinding> {

    private SessionSnapshot base;
    private SessionDelta lost;
    private SessionSnapshot mine;
    private Saved.Done theirs;

    /** Mine was saved and answered, then the backend fell back behind it, and theirs took its counter. */
    private void fork() throws Exception {
        base = create(HOUR);
        Object before = backend.copy(base.key());
        lost = put("login", "mine");
        Saved.Done saved = done(one.save(base, lost));
        mine = base.apply(lost, saved.version(), now());
        backend.restore(base.key(), before);
        theirs = done(two.save(found(two, base.key()).snapshot(), put("cart", "theirs")));
    }

    @Test
    void twoHistoriesThatReachOneCounterAreToldApart() throws Exception {
        fork();
        assertThat(Version.counter(theirs.version())).isEqualTo(Version.counter(mine.version()));
        assertThat(theirs.version()).isNotEqualTo(mine.version());

        Loaded loaded = one.load(base.key(), mine.version(), Access.NOW);

        assertThat(loaded)
                .isInstanceOfSatisfying(
                        Loaded.Found.class,
                        found -> assertThat(texts(found.snapshot())).isEqualTo(Map.of("a", "1", "cart", "theirs")));
    }

    @Test
    void aSaveOnTheLostHistoryIsMergedAndSaysSo() throws Exception {
        fork();

        Saved.Done saved = done(one.save(mine, put("b", "2")));

        assertThat(saved.merged()).isTrue();
        assertThat(texts(two, base.key())).isEqualTo(Map.of("a", "1", "cart", "theirs", "b", "2"));
    }

    @Test
    void aRepeatOfALostSaveIsAppliedAgain() throws Exception {
        fork();

        Saved.Done repeat = done(one.save(base, lost));

        assertThat(repeat.merged()).isTrue();
        assertThat(texts(two, base.key())).isEqualTo(Map.of("a", "1", "cart", "theirs", "login", "mine"));
    }

    @Test
    void aConditionalRemovalIsNotFooledByTheCounter() throws Exception {
        fork();

        assertThat(one.remove(base.key(), Removal.renaming(mine.version(), newKey())))
                .isInstanceOf(Removed.Changed.class);
    }

    @Test
    void aConfirmationEndsASessionWhoseClaimWasLost() throws Exception {
        if (one instanceof ExpiryClaims claims) {
            SessionSnapshot due = create(Duration.ofMillis(500));
            Object before = backend.copy(due.key());
            backend.pass(Duration.ofMillis(600));
            List<Claim> claimed = claims.claimExpired(List.of(due.key()), 1, Duration.ofMinutes(1));
            assertThat(claimed).hasSize(1);
            backend.restore(due.key(), before);

            claims.confirm(claimed);

            assertThat(look(two, due.key())).isEqualTo(new Loaded.Removed());
            assertThat(((ExpiryClaims) two).claimExpired(List.of(due.key()), 10, Duration.ofMinutes(1)))
                    .extracting(claim -> claim.snapshot().key())
                    .doesNotContain(due.key());
        }
    }
}
