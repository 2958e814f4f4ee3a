package dev.holdfast.peer;

import java.util.concurrent.atomic.AtomicLong;

/** One line in ten minutes, however often there is something to say. Thread-safe. */
final class Rarely {

    private static final long EVERY_NANOS = 600_000_000_000L;

    private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
    private final AtomicLong count = new AtomicLong();

    /** Counts, and says whether it is time for a line. */
    boolean isDue() {
        count.incrementAndGet();
        long due = nextNanos.get();
        long now = System.nanoTime();
        return now - due >= 0 && nextNanos.compareAndSet(due, now + EVERY_NANOS);
    }

    long count() {
        return count.get();
    }
}
