package dev.holdfast.filter.store;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** A {@link GuardedStore} around a store that can claim. */
final class ClaimingGuardedStore extends GuardedStore implements ExpiryClaims {

    private final ExpiryClaims claims;
    private final StoreBreaker breaker;

    ClaimingGuardedStore(SessionStore store, ExpiryClaims claims, StoreBreaker breaker) {
        super(store, breaker);
        this.claims = claims;
        this.breaker = breaker;
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        return breaker.call(() -> claims.claimExpired(suspects, limit, lease));
    }

    @Override
    public int togetherWith(SessionKey session) {
        return claims.togetherWith(session);
    }

    @Override
    public void confirm(Collection<Claim> done) {
        boolean ignored = breaker.call(() -> {
            claims.confirm(done);
            return true;
        });
    }
}
