package dev.holdfast.spi;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;

/**
 * Sums of times that end at the ends of time instead of throwing: an application may set a maxInactive of centuries, and bytes
 * from outside may claim any age.
 */
final class Times {

    /** The longest duration there is. */
    static final Duration FOREVER = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);

    private Times() {}

    static Instant plus(Instant instant, Duration duration) {
        try {
            return instant.plus(duration);
        } catch (DateTimeException | ArithmeticException beyondTheEnds) {
            return duration.isNegative() ? Instant.MIN : Instant.MAX;
        }
    }

    static Instant minus(Instant instant, Duration duration) {
        try {
            return instant.minus(duration);
        } catch (DateTimeException | ArithmeticException beyondTheEnds) {
            return duration.isNegative() ? Instant.MAX : Instant.MIN;
        }
    }

    /** The sum of two durations, neither negative. */
    static Duration plus(Duration one, Duration other) {
        try {
            return one.plus(other);
        } catch (ArithmeticException beyondTheEnd) {
            return FOREVER;
        }
    }

    /** How long after {@code from} {@code to} is; zero if it is before. */
    static Duration since(Instant from, Instant to) {
        return to.isAfter(from) ? Duration.between(from, to) : Duration.ZERO;
    }
}
