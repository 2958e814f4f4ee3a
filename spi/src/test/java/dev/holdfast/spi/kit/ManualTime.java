package dev.holdfast.spi.kit;

import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when a test says so: by itself, or with each look at the clock. Thread-safe. */
public final class ManualTime implements TimeSource {

    private final AtomicLong wallMillis = new AtomicLong(1_800_000_000_000L);
    private final AtomicLong nanos = new AtomicLong(5_000_000_000L);

    private final AtomicLong nanosPerLook = new AtomicLong();

    /** From now on each look at {@link #nanos} takes so long, as it would in life. */
    public void passWithEachLook(Duration duration) {
        nanosPerLook.set(duration.toNanos());
    }

    /** Lets time pass on both clocks. */
    public void advance(Duration duration) {
        wallMillis.addAndGet(duration.toMillis());
        nanos.addAndGet(duration.toNanos());
    }

    /** Sets the wall clock forward or back, as an operator or NTP would; no time passes. */
    public void jumpWall(Duration difference) {
        wallMillis.addAndGet(difference.toMillis());
    }

    @Override
    public long wallMillis() {
        return wallMillis.get();
    }

    @Override
    public long nanos() {
        return nanos.addAndGet(nanosPerLook.get());
    }
}
