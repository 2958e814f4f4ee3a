package dev.holdfast.filter.session;

import dev.holdfast.spi.Lease;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;

/** One request's hold on a session, prolonged until it is released. Thread-safe. */
public final class RequestLock {

    private final RequestLocks locks;
    private final Lease lease;

    /** Until when nobody else can hold it, as this node's clock tells. Guarded by this. */
    private long heldUntilNanos;

    private volatile boolean over;

    RequestLock(RequestLocks locks, Lease lease, long heldUntilNanos) {
        this.locks = locks;
        this.lease = lease;
        this.heldUntilNanos = heldUntilNanos;
    }

    /**
     * Returns if nobody else can have held the lock since it was taken. No store call unless this node was paused, or cut off
     * from the store, for as long as the lease.
     *
     * @throws StoreException if somebody else may have: what this request is about to save rests on what it has read before
     */
    public synchronized void requireHeld() {
        if (!over && isHeldNow() || !over && renew()) {
            return;
        }
        throw new StoreException(
                Kind.UNAVAILABLE,
                "the lock of the session was lost during the request: this node was paused, or without the store, for"
                        + " longer than lock-lease (" + locks.leaseText() + ")");
    }

    private boolean isHeldNow() {
        return heldUntilNanos - locks.time().nanos() > 0;
    }

    /** Prolongs it, if that is due; for the thread of {@link RequestLocks}, which is not kept by one that fails. */
    synchronized boolean renewIfDue() {
        if (over) {
            return false;
        }
        long left = heldUntilNanos - locks.time().nanos();
        return left * 3 > locks.leaseNanos() * 2 || renew();
    }

    private boolean renew() {
        long before = locks.time().nanos();
        if (lease.renew(locks.lease())) {
            heldUntilNanos = before + locks.leaseNanos();
            return true;
        }
        over = true;
        return false;
    }

    /** Lets the next request have the session. Never throws: what the store does not hear of ends with its lease. Idempotent. */
    public void release() {
        over = true;
        locks.forget(this);
        try {
            lease.release();
        } catch (StoreException e) {
            locks.notReleased(e);
        }
    }
}
