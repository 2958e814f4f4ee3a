package dev.holdfast.spi;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** For stores that can say which sessions have expired, and hand each to one node. Thread-safe. */
public interface ExpiryClaims {

    /**
     * Claims expired sessions of this store's application. A claimed session reads as {@link Loaded.Removed} from then on,
     * for everybody, but stays stored until it is confirmed; if it is not, it is handed out again after {@code lease}.
     *
     * <p>Two kinds are claimed, each decided by the store's own clock and the last access that it knows:
     *
     * <ul>
     *   <li>of {@code suspects}, those past their <em>idle limit</em>. A suspect is a session whose last access this node
     *       saw itself;
     *   <li>of all others, those past their <em>claimable</em> time, as far as the store can find them.
     * </ul>
     *
     * Atomic for each session: of any number of nodes one gets it. A session that a later access or save has reached in the
     * meantime is left alone.
     *
     * @param suspects sessions that this node believes to be past their idle limit; may be empty
     * @param limit the most claims to return, positive; suspects come first
     * @param lease positive
     * @return the claims, empty if nothing is due
     * @throws StoreException UNAVAILABLE or TIMEOUT; what was claimed by then is handed out again after its lease
     */
    List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) throws StoreException;
}
