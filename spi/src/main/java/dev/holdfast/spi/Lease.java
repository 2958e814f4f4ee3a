package dev.holdfast.spi;

import java.time.Duration;

/**
 * A lock that somebody has taken, see {@link SessionLocks}. Any thread may use it, several at once too; each method blocks at
 * most for the operation timeout ({@link ExpiryPolicy#timeout}).
 */
public interface Lease {

    /** The identity under which the store knows this holder: another one each time that a lock is taken. Not zero. */
    long owner();

    /**
     * Prolongs the lease: it then ends {@code lease} after a moment during this call, by the store's clock, be that later or
     * earlier than before.
     *
     * @param lease bounds as in {@link SessionLocks#tryLock}
     * @return false if it was released or had ended: nothing was changed, and others may have held the lock since or hold it
     *     now
     * @throws IllegalArgumentException if the lease is out of bounds
     * @throws StoreException UNAVAILABLE or TIMEOUT: it may or may not have been prolonged; a repeat is harmless
     */
    boolean renew(Duration lease) throws StoreException;

    /**
     * Frees the lock if this holder still has it; does nothing else, and nothing the second time.
     *
     * @throws StoreException UNAVAILABLE or TIMEOUT: it may or may not have been freed, and is at the end of the lease at the
     *     latest; a repeat is harmless
     */
    void release() throws StoreException;
}
