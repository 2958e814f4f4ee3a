package dev.holdfast.spi;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;

/**
 * How long one value is being decoded: few bytes can keep a processor busy for ever, such as sets within sets whose hashes
 * are made of each other's. For one thread, for one value.
 *
 * <p>What counts is the thread's own processor time, where Java tells it: that this machine is busy or stood still is no fault of
 * the value's. It is asked for only when a good deal of time has passed by the clock.
 */
public final class DecodingTime {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final long halfNanos;
    private final long start = System.nanoTime();

    /** What the thread had used when half of the time had passed; negative before that. */
    private long usedAtHalf = -1;

    /** @param most see {@link SerializerLimits#maxTime} */
    public DecodingTime(Duration most) {
        this.halfNanos = most.toNanos() / 2;
    }

    /** To be asked between one object and the next: nothing ends a step that never does. A few nanoseconds, mostly. */
    public boolean isOver() {
        long passed = System.nanoTime() - start;
        if (passed < halfNanos) {
            return false;
        }
        long used = used();
        if (used < 0) {
            return passed >= 2 * halfNanos;
        }
        if (usedAtHalf < 0) {
            usedAtHalf = used;
        }
        return used - usedAtHalf >= halfNanos;
    }

    /** Negative if it is not known. */
    private static long used() {
        try {
            return THREADS.getCurrentThreadCpuTime();
        } catch (UnsupportedOperationException e) { // such as in a virtual thread
            return -1;
        }
    }
}
