package dev.holdfast.redis;

import java.nio.ByteBuffer;
import java.time.Duration;

/** How numbers are written for the scripts: big-endian, in as many bytes as each needs. */
final class Numbers {

    /** In milliseconds, some 2,000 years: what does not fit into the six bytes of a number is cut to this. */
    private static final long LONGEST = 1L << 46;

    private Numbers() {}

    static long millis(Duration duration) {
        long millis;
        try {
            millis = duration.toMillis();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? -LONGEST : LONGEST;
        }
        // Shorter than a millisecond is not never.
        return clamp(millis == 0 && duration.toNanos() > 0 ? 1 : millis);
    }

    static long clamp(long millis) {
        return Math.max(-LONGEST, Math.min(LONGEST, millis));
    }

    /** The low bytes of a number, the highest first. */
    static void put(ByteBuffer out, long number, int size) {
        for (int i = size - 1; i >= 0; i--) {
            out.put((byte) (number >> 8 * i));
        }
    }
}
