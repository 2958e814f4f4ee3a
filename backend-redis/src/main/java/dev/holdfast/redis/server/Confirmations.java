package dev.holdfast.redis.server;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many replicas of a master confirm its writes, and how long they are waited for: the whole time, unless they were too
 * few a moment ago. Then hardly, but for one trip in a second: a trip that waits has a connection, and those who only want to
 * read would wait for it. Thread-safe, never blocks.
 */
final class Confirmations {

    /** Enough for replicas that are there. */
    private static final long HARDLY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long TRIAL_EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final int needed;
    private final AtomicLong nextTrialNanos = new AtomicLong();
    private volatile boolean lacking;

    /** @param needed 0: nobody is waited for */
    Confirmations(int needed) {
        this.needed = needed;
    }

    int needed() {
        return needed;
    }

    /** @param mostNanos the whole time */
    long waitNanos(long mostNanos) {
        if (!lacking) {
            return mostNanos;
        }
        long now = System.nanoTime();
        long next = nextTrialNanos.get();
        boolean trial = now - next >= 0 && nextTrialNanos.compareAndSet(next, now + TRIAL_EVERY_NANOS);
        return trial ? mostNanos : Math.min(mostNanos, HARDLY_NANOS);
    }

    /**
     * @param by how many have confirmed
     * @param waitedNanos for how long they were waited for at most; one trip that had hardly any time says nothing about them
     * @return whether these are enough
     */
    boolean arrived(long by, long waitedNanos) {
        boolean enough = by >= needed;
        if (enough) {
            lacking = false;
        } else if (!lacking && waitedNanos >= HARDLY_NANOS) {
            nextTrialNanos.set(System.nanoTime() + TRIAL_EVERY_NANOS);
            lacking = true;
        }
        return enough;
    }
}
