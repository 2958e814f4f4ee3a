package dev.holdfast.peer;

import dev.holdfast.spi.TimeSource;
import java.time.Duration;

/**
 * This member's time: starts at the wall clock and then runs with the monotonic one, so that setting the machine's clock
 * expires nobody. Thread-safe.
 */
final class Clock {

    private final TimeSource time;
    private final long startMillis;
    private final long startNanos;

    Clock(TimeSource time) {
        this.time = time;
        startMillis = time.wallMillis();
        startNanos = time.nanos();
    }

    long millis() {
        return startMillis + Duration.ofNanos(time.nanos() - startNanos).toMillis();
    }
}
