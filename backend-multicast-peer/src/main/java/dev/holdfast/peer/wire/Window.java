package dev.holdfast.peer.wire;

/**
 * Which numbers have come. Packets overtake each other by a little; one that is behind by more than {@link #SIZE}, or that has
 * come before, is refused. Not thread-safe.
 */
final class Window {

    static final int SIZE = 4_096;

    private final long[] seen = new long[SIZE / 64];
    private long highest;

    /** Whether this number comes for the first time; it has come from now on. Numbers begin with 1. */
    boolean accept(long number) {
        if (number < 1 || number <= highest - SIZE) {
            return false;
        }
        if (number > highest) {
            // What leaves the window on one side comes in, empty, on the other.
            if (number - highest >= SIZE) {
                java.util.Arrays.fill(seen, 0);
            } else {
                for (long between = highest + 1; between < number; between++) {
                    seen[word(between)] &= ~bit(between);
                }
                seen[word(number)] &= ~bit(number);
            }
            highest = number;
        }
        if ((seen[word(number)] & bit(number)) != 0) {
            return false;
        }
        seen[word(number)] |= bit(number);
        return true;
    }

    private static int word(long number) {
        return (int) (number & SIZE - 1) >>> 6;
    }

    private static long bit(long number) {
        return 1L << (number & 63);
    }
}
