package dev.holdfast.spi;

import java.util.BitSet;

/**
 * What it takes to make the JDK's immutable sets and maps ({@code Set.of}, {@code Map.of}): one step, which no
 * {@link DecodingTime} can end. Their tables have twice as many places as elements, and a free one is looked for from the place on
 * that the hash says: with hashes that were chosen for it as many looks as half of the square of the elements.
 */
public final class ImmutableTables {

    /** About a tenth of a second's work. */
    private static final long MOST_LOOKS = 10_000_000;

    private ImmutableTables() {}

    /**
     * Whether far more looks are needed than with hashes that nobody chose. Calls {@code hashCode} of each element once, and nothing
     * else.
     *
     * @param contents the elements of a set; or the keys and values of a map in turn
     * @param stride 1 for a set, 2 for a map
     * @throws NullPointerException if an element or a key is null, as the set or map itself would
     */
    public static boolean isSlowToMake(Object[] contents, int stride) {
        int places = 2 * (contents.length / stride);
        BitSet taken = new BitSet();
        long looks = 0;
        for (int i = 0; i + stride <= contents.length; i += stride) {
            int place = Math.floorMod(contents[i].hashCode(), places);
            for (; taken.get(place); place = (place + 1) % places) {
                if (++looks > MOST_LOOKS + 5L * places) {
                    return true;
                }
            }
            taken.set(place);
        }
        return false;
    }
}
