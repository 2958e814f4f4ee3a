package dev.holdfast.spi.kit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Where calls wait until a test lets them go on, so that tests decide the order of things. Nobody waits for more than half a
 * minute: then the test is wrong, and the waiting thread fails. Thread-safe.
 */
public final class Gate {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Guarded by {@code lock}. */
    private int arrived;
    /** How many may pass, guarded by {@code lock}. */
    private int passes;
    /** Guarded by {@code lock}. */
    private boolean open;

    /** Lets everybody through, now and later. */
    public void open() {
        change(() -> open = true);
    }

    /** Lets one through. Who waits the longest need not be the one. */
    public void letOneThrough() {
        change(() -> passes++);
    }

    /** Returns when that many calls have come here since the gate was made, those that went on included. */
    public void awaitArrivals(int count) {
        await(() -> arrived >= count, count + " arrivals");
    }

    /** How many calls have come here. */
    public int arrivals() {
        lock.lock();
        try {
            return arrived;
        } finally {
            lock.unlock();
        }
    }

    /** For the calling side: waits here. */
    void pass() {
        change(() -> arrived++);
        await(
                () -> {
                    if (open) {
                        return true;
                    }
                    return passes > 0 && passes-- > 0;
                },
                "the gate to open");
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void await(BooleanSupplier condition, String what) {
        lock.lock();
        try {
            long nanos = PATIENCE.toNanos();
            while (!condition.getAsBoolean()) {
                if (nanos <= 0) {
                    throw new AssertionError(
                            "waited " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE.toNanos()) + " s for " + what);
                }
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + what, e);
        } finally {
            lock.unlock();
        }
    }
}
