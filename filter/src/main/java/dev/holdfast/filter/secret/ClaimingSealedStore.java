package dev.holdfast.filter.secret;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A {@link SealedStore} around a store that can tell which sessions have expired. */
final class ClaimingSealedStore extends SealedStore implements ExpiryClaims {

    private static final Logger log = LoggerFactory.getLogger(ClaimingSealedStore.class);

    private final ExpiryClaims claims;
    private final AtomicBoolean saidStrange = new AtomicBoolean();

    ClaimingSealedStore(SessionStore store, ExpiryClaims claims, ProvenIds ids) {
        super(store, ids);
        this.claims = claims;
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        List<SessionKey> hidden =
                suspects.stream().map(key -> sealed(key).stored()).toList();
        List<Claim> opened = new ArrayList<>();
        for (Claim claim : claims.claimExpired(hidden, limit, lease)) {
            SealedSession session = opened(claim.snapshot().key());
            if (session != null) {
                opened.add(new Claim(session.open(claim.snapshot()), claim.op()));
            } else if (saidStrange.compareAndSet(false, true)) {
                // unconfirmed: a node that has its secret gets it after the lease, else it ends with the reap time
                log.warn(
                        "expired sessions that were stored without a secret of this node's are not ended by it; are there"
                                + " nodes with another secret, or with none?");
            }
        }
        return opened;
    }

    @Override
    public int togetherWith(SessionKey session) {
        return claims.togetherWith(sealed(session).stored());
    }

    @Override
    public void confirm(Collection<Claim> done) {
        List<Claim> hidden = new ArrayList<>();
        for (Claim claim : done) {
            SealedSession session = sealed(claim.snapshot().key());
            hidden.add(new Claim(session.base(claim.snapshot()), claim.op()));
        }
        claims.confirm(hidden);
    }
}
