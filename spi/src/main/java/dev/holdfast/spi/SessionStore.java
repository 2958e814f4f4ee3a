package dev.holdfast.spi;

import java.util.Collection;
import java.util.Set;

/**
 * The shared home of session state, for one application. Thread-safe. Every method blocks, at most for the operation timeout
 * ({@link ExpiryPolicy#timeout}), and throws only {@link StoreException}; after {@link #close} it throws UNAVAILABLE. An
 * interrupt ends the wait with UNAVAILABLE and stays set.
 *
 * <p>Each operation is atomic for its session, with the session's deadlines included: there is no moment at which state
 * exists without an expiry. Whether an operation whose answer was lost took effect is found out by its identity (a save's
 * stamp, a removal's op), see there.
 *
 * <p>A store that can find expired sessions also implements {@link ExpiryClaims}, one that can lock them {@link SessionLocks}.
 * What every store must do is written as
 * tests in the contract kit ({@code SessionStoreContract} in this module's test-jar).
 */
public interface SessionStore extends AutoCloseable {

    /**
     * Reads a session, unless the caller has it already.
     *
     * @param knownVersion the version that the caller holds, {@link Version#NONE} if none. The caller has all attributes of it,
     *     so that a store may answer with what has {@link Loaded.Changed} since
     * @param access noted in the same trip if it counts and the stored access is older than {@link ExpiryPolicy#interval}.
     *     Never brings back a session that is past its claimable time
     * @throws StoreException UNAVAILABLE, TIMEOUT: nothing is known about the session; CORRUPT
     */
    Loaded load(SessionKey key, long knownVersion, Access access) throws StoreException;

    /**
     * Writes a delta. Per attribute the last writer wins; attributes that the delta does not name are never touched, whatever
     * others wrote since the base. The delta's access is noted; {@code lastAccessedAt} only grows. A deadline that moves
     * earlier is in force when this returns.
     *
     * <p>With a base at {@link Version#NONE} this creates the session, with the base's {@code createdAt} and the delta's or
     * else the base's {@code maxInactive}, and only if there is none and no tombstone.
     *
     * <p>A repeat (same base, same delta) after a lost answer gives {@link Saved.Done} again while the version that it made
     * is the current one. It is not for the store to repeat a save of its own accord once others may have written.
     *
     * @param base the state that the delta was made from: a loaded snapshot, brought forward by {@link
     *     SessionSnapshot#apply} with each version that a save returned. Its attributes may be missing: the store has them
     * @throws StoreException UNAVAILABLE, TIMEOUT: may or may not have been applied; TOO_LARGE, CORRUPT: was not
     */
    Saved save(SessionSnapshot base, SessionDelta delta) throws StoreException;

    /**
     * Notes accesses. Never creates a session, never brings back an ended one, never moves an access backwards; the versions
     * stay.
     *
     * @return the keys that are not alive: removed, claimed, past their claimable time, or absent
     * @throws StoreException UNAVAILABLE, TIMEOUT: some may have been noted; a repeat is harmless
     */
    Set<SessionKey> touch(Collection<Touch> touches) throws StoreException;

    /**
     * Ends a session and leaves a tombstone for {@link ExpiryPolicy#tombstoneLife}: until then nobody can save to it or
     * create it again.
     *
     * @throws StoreException UNAVAILABLE, TIMEOUT: may or may not have been applied; repeat with the same {@link Removal}
     */
    Removed remove(SessionKey key, Removal how) throws StoreException;

    /**
     * Returns if the store can serve now.
     *
     * @throws StoreException with the reason why it cannot
     */
    void ping() throws StoreException;

    /** Lets go of threads and connections; hands over what others need first. Idempotent. Sessions are not ended. */
    @Override
    void close();
}
