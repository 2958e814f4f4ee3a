package dev.holdfast.spi;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The locks of all members of a {@link LocalStore}. Its monitor guards everything, and is notified when a lock becomes free. */
final class LocalLocks {

    /** How long a waiting thread believes that nothing has changed: leases end, and members close, without a word. */
    private static final long LONGEST_NAP_NANOS = 10_000_000;

    private record Held(long owner, long untilNanos) {}

    private final TimeSource time;
    private final Map<SessionKey, Held> held = new HashMap<>();

    /** @param time by which leases end */
    LocalLocks(TimeSource time) {
        this.time = time;
    }

    synchronized boolean take(SessionKey key, long owner, Duration lease) {
        if (current(key) != 0) {
            return false;
        }
        held.put(key, new Held(owner, time.nanos() + lease.toNanos()));
        return true;
    }

    synchronized boolean renew(SessionKey key, long owner, Duration lease) {
        if (current(key) != owner) {
            return false;
        }
        held.put(key, new Held(owner, time.nanos() + lease.toNanos()));
        return true;
    }

    synchronized void release(SessionKey key, long owner) {
        if (current(key) == owner) {
            held.remove(key);
            notifyAll();
        }
    }

    /** Returns after {@code mostNanos}, or earlier: when a lock may have become free, and now and then. */
    synchronized void awaitChange(long mostNanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.timedWait(this, Math.min(mostNanos, LONGEST_NAP_NANOS));
    }

    /** Forgets the locks whose lease has ended. */
    synchronized void sweep() {
        held.values().removeIf(each -> each.untilNanos() - time.nanos() <= 0);
    }

    /** Who holds it, 0 if nobody does. */
    private long current(SessionKey key) {
        Held now = held.get(key);
        return now == null || now.untilNanos() - time.nanos() <= 0 ? 0 : now.owner();
    }
}
