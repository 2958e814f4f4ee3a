package dev.holdfast.spi;

import java.time.Duration;

/**
 * How long sessions, tombstones and claims live, for every node and store of one application alike. Three times end a
 * session, each with a reason of its own:
 *
 * <ol>
 *   <li><b>idle limit</b> = last access + maxInactive: the node that saw the last access ends it here, exactly;
 *   <li><b>claimable</b> = idle limit + {@link #grace}: any node may end it; later than the idle limit because accesses
 *       reach the store up to an {@link #interval} late;
 *   <li><b>store TTL</b> = claimable + {@link #reapTime}: the store may forget it; later than claimable so that the data is
 *       still there for {@code sessionDestroyed}.
 * </ol>
 *
 * <p>A {@code maxInactive} of zero or less means that the session never expires (Servlet 6.0, {@code
 * HttpSession.setMaxInactiveInterval}).
 *
 * @param touchInterval an access older than this is written to the store, positive
 * @param timeout the longest that one store operation takes, positive
 * @param reapTime how long an expired session that nobody claimed is kept, positive
 * @param tombstoneLife how long a removed session is remembered as removed, positive
 */
public record ExpiryPolicy(Duration touchInterval, Duration timeout, Duration reapTime, Duration tombstoneLife) {

    private static final Duration CENTURY = Duration.ofDays(36_500);

    public ExpiryPolicy {
        requirePositive(touchInterval, "touchInterval");
        requirePositive(timeout, "timeout");
        requirePositive(reapTime, "reapTime");
        requirePositive(tombstoneLife, "tombstoneLife");
    }

    private static void requirePositive(Duration duration, String name) {
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException(name + " must be positive: " + duration);
        }
    }

    /** Whether a session with this {@code maxInactive} ever expires. */
    public static boolean expires(Duration maxInactive) {
        return !maxInactive.isNegative() && !maxInactive.isZero();
    }

    /** The most that a stored access may lag behind the last one: {@code min(touchInterval, maxInactive / 10)}. */
    public Duration interval(Duration maxInactive) {
        if (!expires(maxInactive)) {
            return touchInterval;
        }
        // Durations divide and multiply by way of BigDecimal, and this is asked for with each request.
        Duration tenth = maxInactive.compareTo(CENTURY) < 0
                ? Duration.ofNanos(maxInactive.toNanos() / 10)
                : maxInactive.dividedBy(10);
        return tenth.compareTo(touchInterval) < 0 ? tenth : touchInterval;
    }

    /** From the idle limit until any node may claim the session: two intervals and a timeout. */
    public Duration grace(Duration maxInactive) {
        Duration interval = interval(maxInactive);
        return interval.plus(interval).plus(timeout);
    }

    /** From the last access until any node may claim the session. Only for sessions that {@link #expires expire}. */
    public Duration claimableAfter(Duration maxInactive) {
        return Times.plus(maxInactive, grace(maxInactive));
    }

    /** From the last access until the store may forget the session. Only for sessions that {@link #expires expire}. */
    public Duration storeTtl(Duration maxInactive) {
        return Times.plus(claimableAfter(maxInactive), reapTime);
    }
}
