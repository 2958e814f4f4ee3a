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
     * @param limit the most claims to return, positive; suspects come first. A store may return fewer although more are due,
     *     so that its answer stays small
     * @param lease positive
     * @return the claims, empty if nothing is due
     * @throws StoreException UNAVAILABLE or TIMEOUT; what was claimed by then is handed out again after its lease
     */
    List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) throws StoreException;

    /**
     * Which sessions cost less when they are suspects of the same call: those with the same number. Who has more suspects than
     * it wants to hand over at once sorts them by it. Asks nobody.
     *
     * @return any number, 0 for all sessions unless a store says otherwise
     */
    default int togetherWith(SessionKey session) {
        return 0;
    }

    /**
     * The listeners of these sessions have run: they need not be handed out again. Each leaves a tombstone, as if it had been
     * removed. A claim that meanwhile was handed out to somebody else is left alone: it is known by its op, not by the key.
     * Whatever else the store holds is ended all the same, as its listeners have run: a session that it has forgotten, one
     * that is alive in it because it went back in time, one whose bytes are damaged.
     *
     * <p>Atomic for each session, not for all together. This is the only way to confirm: {@link SessionStore#remove} is for
     * those who end a session by themselves, and need not know claims.
     *
     * @param claims as {@link #claimExpired} returned them, in any order; may be empty. Only keys and ops are looked at
     * @throws StoreException UNAVAILABLE or TIMEOUT: some may have been confirmed; a repeat is harmless
     */
    void confirm(Collection<Claim> claims) throws StoreException;
}
