package dev.holdfast.demo.launcher.selftest;

import java.util.BitSet;

/**
 * Which numbers must, and which may, be in one set of a session. Not thread-safe.
 *
 * <p>Numbers rather than totals: an unacknowledged write that did take effect must not hide an acknowledged one that was
 * lost.
 */
final class ExpectedNumbers {
    private final BitSet present = new BitSet();
    /** Added without an acknowledgement: there, not there, or there later. */
    private final BitSet perhapsAdded = new BitSet();
    /** Were present, and taken out without an acknowledgement. */
    private final BitSet perhapsRemoved = new BitSet();

    private int acknowledgedAdds;
    private int doubtfulAdds;

    void added(int number) {
        present.set(number);
        perhapsAdded.clear(number);
        perhapsRemoved.clear(number);
        acknowledgedAdds++;
    }

    /** Acknowledged, but maybe in another session: its event may not be found in this one. */
    void addedHereOrElsewhere(int number) {
        added(number);
        acknowledgedAdds--;
        doubtfulAdds++;
    }

    void perhapsAdded(int number) {
        if (!present.get(number)) {
            perhapsAdded.set(number);
        }
        doubtfulAdds++;
    }

    void removed(int number) {
        present.clear(number);
        perhapsAdded.clear(number);
        perhapsRemoved.clear(number);
    }

    void perhapsRemoved(int number) {
        if (present.get(number)) {
            present.clear(number);
            perhapsRemoved.set(number);
        }
    }

    /**
     * Compares with what a page showed, and takes that as the truth from then on, so that each loss is found once.
     *
     * <p>A doubtful addition that has been seen must stay: whoever has read a state does not read an older one later. A
     * doubtful removal stays doubtful while the number is seen, as it may still take effect.
     */
    Difference compareWith(BitSet seen) {
        BitSet lost = (BitSet) present.clone();
        lost.andNot(seen);
        BitSet strange = (BitSet) seen.clone();
        strange.andNot(present);
        strange.andNot(perhapsAdded);
        strange.andNot(perhapsRemoved);

        present.andNot(lost);
        BitSet arrived = (BitSet) perhapsAdded.clone();
        arrived.and(seen);
        present.or(arrived);
        perhapsAdded.andNot(arrived);
        present.or(strange);
        return new Difference(lost, strange);
    }

    /** Takes what a page showed as the whole truth, without comparing. */
    void adopt(BitSet seen) {
        present.clear();
        perhapsAdded.clear();
        perhapsRemoved.clear();
        present.or(seen);
    }

    /** A copy of the numbers that must be there. */
    BitSet present() {
        return (BitSet) present.clone();
    }

    /** Whether nothing is in doubt now. */
    boolean isCertain() {
        return perhapsAdded.isEmpty() && perhapsRemoved.isEmpty();
    }

    int acknowledgedAdds() {
        return acknowledgedAdds;
    }

    int doubtfulAdds() {
        return doubtfulAdds;
    }

    /**
     * How a page differs.
     *
     * @param lost acknowledged numbers that are missing
     * @param strange numbers that nobody added, or that came back after an acknowledged removal
     */
    record Difference(BitSet lost, BitSet strange) {}
}
