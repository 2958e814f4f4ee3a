package dev.holdfast.spi;

/**
 * When an attribute was last written, so that two copies of a session that diverged can be merged attribute by attribute:
 * the greater mark wins. 44 bits of milliseconds since 1970 and 20 bits of the save's stamp; always greater than any mark
 * the session had before, so that a clock set back cannot make a later write lose within one history.
 *
 * <p>Compared unsigned is not needed: 44 bits of milliseconds reach the year 2527 with the sign bit clear.
 */
public final class Mark {

    /** The mark of an attribute in a store that keeps one authoritative copy and needs none. */
    public static final long NONE = 0;

    private static final int STAMP_BITS = 20;

    private Mark() {}

    /** The mark of a write at {@code wallMillis} by a save with {@code stamp} to a session whose greatest mark is {@code last}. */
    public static long next(long last, long wallMillis, int stamp) {
        long mark = wallMillis << STAMP_BITS | stamp & (1 << STAMP_BITS) - 1;
        return mark > last ? mark : last + 1;
    }

    /** The milliseconds part. */
    public static long millis(long mark) {
        return mark >>> STAMP_BITS;
    }
}
