package dev.holdfast.spi.kit;

import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that passes only when a test says so. Thread-safe. */
public final class ManualTime implements TimeSource {

    private final AtomicLong wallMillis = new AtomicLong(1_800_000_000_000L);
    private final AtomicLong nanos = new AtomicLong(5_000_000_000L);

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
        return nanos.get();
    }
}
