package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * For stores that also find expired sessions by themselves, so that those of a node that died are ended. Comes on top of {@link
 * ExpiryClaimsContract}.
 */
public abstract class ExpirySearchContract extends BackendContract<StoreFixture> {

    private static final Duration SECOND = ExpiryClaimsContract.SECOND;
    private static final Duration LEASE = ExpiryClaimsContract.LEASE;

    private final List<Claim> seen = new ArrayList<>();

    @Override
    ExpiryPolicy policy() {
        return new ExpiryPolicy(
                Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));
    }

    private Duration claimable() {
        return policy().claimableAfter(SECOND);
    }

    /** Claims whatever is due until this one is among it. */
    private Claim search(SessionStore store, SessionKey key, long from, Duration notBefore) throws Exception {
        return comes("the claim", from, notBefore, () -> {
            seen.addAll(ExpiryClaimsContract.claim(store, List.of(), 100, LEASE));
            return seen.stream()
                    .filter(claim -> claim.snapshot().key().equals(key))
                    .findFirst()
                    .orElse(null);
        });
    }

    @Test
    void aSessionThatNobodySuspectsIsFoundWhenItIsClaimable() throws Exception {
        long from = moment();
        SessionSnapshot mine = create(SECOND);

        Claim claim = search(two, mine.key(), from, claimable());

        assertThat(texts(claim.snapshot())).isEqualTo(texts(mine));
    }

    @Test
    void aLifeThatWasShortenedIsFoundInTime() throws Exception {
        List<SessionSnapshot> sessions = List.of(create(Duration.ofHours(8)), create(Duration.ZERO));
        long from = moment();
        for (SessionSnapshot each : sessions) {
            done(two.save(each, live(SECOND)));
        }

        for (SessionSnapshot each : sessions) {
            search(one, each.key(), from, claimable());
        }
    }

    @Test
    void aLifeThatWasProlongedIsNotFound() {
        List<SessionKey> sessions = new ArrayList<>();
        for (Duration longer : List.of(Duration.ofHours(8), Duration.ZERO)) {
            sessions.add(prolonged(longer, claimable()));
        }
        backend.pass(claimable().plusMillis(300));

        seen.addAll(ExpiryClaimsContract.claim(one, List.of(), 100, LEASE));

        assertThat(sessions).allMatch(key -> isAlive(two, key));
    }

    @Test
    void allOfThemAreFoundEachOnceByWhicheverMember() throws Exception {
        Set<SessionKey> keys = new HashSet<>();
        long from = moment();
        for (int i = 0; i < 50; i++) {
            keys.add(create(SECOND).key());
        }
        List<SessionKey> claimed = new ArrayList<>();
        comes("the claims", from, claimable(), () -> {
            for (SessionStore store : List.of(one, two)) {
                for (Claim claim : ExpiryClaimsContract.claim(store, List.of(), 7, LEASE)) {
                    seen.add(claim);
                    claimed.add(claim.snapshot().key());
                }
            }
            return claimed.containsAll(keys) ? true : null;
        });

        assertThat(claimed).doesNotHaveDuplicates();
    }

    @Test
    void suspectsGoBeforeTheOthers() throws Exception {
        for (int i = 0; i < 10; i++) {
            create(SECOND);
        }
        backend.pass(claimable().plusMillis(300));
        SessionKey suspect = create(SECOND).key();
        backend.pass(SECOND.plusMillis(50));

        List<Claim> claims = ExpiryClaimsContract.claim(one, List.of(suspect), 1, LEASE);

        assertThat(claims).hasSize(1);
        assertThat(claims.get(0).snapshot().key()).isEqualTo(suspect);
    }

    @Test
    void anotherApplicationsSessionsAreNotFound() throws Exception {
        SessionStore other = open("other" + application());
        SessionSnapshot mine = create(SECOND);
        long from = moment();
        backend.pass(claimable().plusMillis(300));

        assertThat(ExpiryClaimsContract.claim(other, List.of(), 100, LEASE)).isEmpty();
        search(one, mine.key(), from, Duration.ZERO);
    }
}
