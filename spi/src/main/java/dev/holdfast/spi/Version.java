package dev.holdfast.spi;

/**
 * The version of a session's content: a 32-bit counter of changes and a 21-bit random stamp drawn by the save that made
 * it, in one {@code long} of 53 bits (exact in a Lua number or a double).
 *
 * <p>The counter alone does not name a content: after a failover, a restart or a merge the same counter comes back with
 * other content, and a near cache that compares counters would serve the wrong one for ever. So:
 *
 * <ul>
 *   <li><em>unchanged</em>, <em>my base is current</em> and <em>my repeat was applied already</em> need the whole value
 *       to be equal ({@code ==});
 *   <li><em>newer</em> compares the counters ({@link #isNewer});
 *   <li>equal counters with other stamps are a conflict, never "the same".
 * </ul>
 */
public final class Version {

    /** The version of a session that no store has seen. */
    public static final long NONE = 0;

    /** Stamps are drawn from 1 to this, inclusive. */
    public static final int MAX_STAMP = (1 << 21) - 1;

    private static final long MAX_COUNTER = (1L << 32) - 1;

    private Version() {}

    /** @throws IllegalArgumentException if the counter needs more than 32 bits or the stamp is not 1 to {@link #MAX_STAMP} */
    public static long of(long counter, int stamp) {
        if (counter < 0 || counter > MAX_COUNTER || stamp < 1 || stamp > MAX_STAMP) {
            throw new IllegalArgumentException("version out of range: " + counter + "/" + stamp);
        }
        return counter << 21 | stamp;
    }

    /** The version that a save with {@code stamp} gives to a session that was at {@code base}. The counter wraps to 1. */
    public static long next(long base, int stamp) {
        long counter = counter(base);
        return of(counter == MAX_COUNTER ? 1 : counter + 1, stamp);
    }

    public static long counter(long version) {
        return version >>> 21;
    }

    public static int stamp(long version) {
        return (int) (version & MAX_STAMP);
    }

    /** Whether {@code version} has a higher counter than {@code other}. */
    public static boolean isNewer(long version, long other) {
        return counter(version) > counter(other);
    }

    /** Whether {@code version} could have been made by {@link #of}, or is {@link #NONE}. For bytes from outside. */
    public static boolean isValid(long version) {
        return version == NONE || version > 0 && version <= (MAX_COUNTER << 21 | MAX_STAMP) && stamp(version) != 0;
    }

    /** For messages: {@code counter.stamp}. */
    public static String toString(long version) {
        return counter(version) + "." + Integer.toHexString(stamp(version));
    }
}
