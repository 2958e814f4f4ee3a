package dev.holdfast.spi;

import java.time.Duration;
import java.util.Optional;

/**
 * For stores that can let one request at a time, of all nodes, use a session. Thread-safe.
 *
 * <p>At most one {@link Lease} of a lock is in force at a time, among all members of the store, as long as its holder is not
 * paused or cut off for longer than its lease, and the store does not fail over to a copy of itself that has not heard of the
 * lock. So a lock keeps requests out of each other's way; no acknowledged write may depend on it alone, and none does, as
 * {@linkplain SessionStore#save saves are merged} whether their sessions were locked or not.
 *
 * <ul>
 *   <li>A holder that dies frees the lock by the end of its lease.
 *   <li>A lock is a name, and not the session's: one of a session that does not exist can be taken, and the end of a session,
 *       or its change of id, releases nothing.
 *   <li>Not re-entrant: who holds a lock and asks for it once more waits like everybody else.
 *   <li>Fairness is not promised: whoever has waited the longest may be passed over.
 *   <li>{@link SessionStore#close} releases nothing, but no lease can be renewed or released through that store afterwards.
 * </ul>
 */
public interface SessionLocks {

    /** The longest lease and the longest wait. */
    Duration LONGEST = Duration.ofDays(1);

    /**
     * Takes the lock of a session as soon as it is free. Blocks for at most {@code maxWait} and, for the store's answer, the
     * operation timeout ({@link ExpiryPolicy#timeout}).
     *
     * @param lease for how long, from a moment during this call on, by the store's clock: a holder counts from before the
     *     call. From a millisecond to {@link #LONGEST}; a store may round it up to whole milliseconds, never down
     * @param maxWait how long to try while somebody else holds it; from zero, which means once, to {@link #LONGEST}
     * @return empty if it was held by somebody else for all that time
     * @throws IllegalArgumentException if a duration is out of bounds
     * @throws StoreException UNAVAILABLE, also if the wait was ended by an interrupt (which stays set), or TIMEOUT: it may
     *     have been taken; nobody has it then until the lease has ended
     */
    Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) throws StoreException;

    /**
     * Checks a lease, for stores.
     *
     * @throws IllegalArgumentException if it is out of bounds
     */
    static void requireLease(Duration lease) {
        if (lease.compareTo(Duration.ofMillis(1)) < 0 || lease.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("lease " + lease + " is not from 1 ms to " + LONGEST);
        }
    }

    /**
     * Checks a wait, for stores.
     *
     * @throws IllegalArgumentException if it is out of bounds
     */
    static void requireWait(Duration maxWait) {
        if (maxWait.isNegative() || maxWait.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("wait " + maxWait + " is not from zero to " + LONGEST);
        }
    }
}
