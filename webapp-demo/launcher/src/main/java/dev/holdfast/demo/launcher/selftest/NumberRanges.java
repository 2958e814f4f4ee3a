package dev.holdfast.demo.launcher.selftest;

import java.util.BitSet;
import java.util.StringJoiner;

/** Sets of numbers as the demo's pages write them: {@code 1-17 19}. */
final class NumberRanges {
    private NumberRanges() {}

    /** @throws IllegalArgumentException if it is not written so */
    static BitSet parse(String text) {
        BitSet numbers = new BitSet();
        if (text.isBlank()) {
            return numbers;
        }
        for (String range : text.strip().split(" +")) {
            int dash = range.indexOf('-');
            int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
            int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
            numbers.set(first, last + 1);
        }
        return numbers;
    }

    static String print(BitSet numbers) {
        StringJoiner ranges = new StringJoiner(" ");
        for (int from = numbers.nextSetBit(0); from >= 0; ) {
            int end = numbers.nextClearBit(from);
            ranges.add(end - from == 1 ? Integer.toString(from) : from + "-" + (end - 1));
            from = numbers.nextSetBit(end);
        }
        return ranges.toString();
    }
}
