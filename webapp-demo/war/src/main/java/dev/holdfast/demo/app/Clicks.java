package dev.holdfast.demo.app;

import java.io.Serializable;
import java.util.BitSet;
import java.util.StringJoiner;

/**
 * The numbers of the clicks that arrived. Immutable: a click makes a new value, which the servlet sets in the session.
 *
 * <p>A set of numbers rather than a total: a click that was sent twice counts once, and one that was lost leaves a gap
 * that can be seen.
 */
public final class Clicks implements Serializable {
    private static final long serialVersionUID = 1;

    /** Greatest number that a click may carry, so that no request can make a session large. */
    public static final int MAX = 10_000;

    public static final Clicks NONE = new Clicks(new BitSet());

    private final BitSet numbers;

    private Clicks(BitSet numbers) {
        this.numbers = numbers;
    }

    /** @throws IllegalArgumentException if the number is not in 1..{@link #MAX} */
    public Clicks with(int number) {
        if (number < 1 || number > MAX) {
            throw new IllegalArgumentException("a click's number is 1 to " + MAX + ", not " + number);
        }
        BitSet more = (BitSet) numbers.clone();
        more.set(number);
        return new Clicks(more);
    }

    public int count() {
        return numbers.cardinality();
    }

    /** The number that the next click should carry. */
    public int next() {
        // length() is the greatest number plus one, and 0 when there is none
        return Math.max(1, Math.min(numbers.length(), MAX));
    }

    /** Such as {@code 1-17 19 21-30}; empty without clicks. */
    public String ranges() {
        StringJoiner ranges = new StringJoiner(" ");
        for (int from = numbers.nextSetBit(0); from >= 0; ) {
            int end = numbers.nextClearBit(from);
            ranges.add(end - from == 1 ? Integer.toString(from) : from + "-" + (end - 1));
            from = numbers.nextSetBit(end);
        }
        return ranges.toString();
    }

    @Override
    public String toString() {
        return ranges();
    }
}
