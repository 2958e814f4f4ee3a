package dev.holdfast.serializers;

import dev.holdfast.spi.DecodingTime;
import dev.holdfast.spi.SerializerLimits;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The limits, and what else must be watched while one value is read out of bytes that may be hostile. For one thread. */
final class Reading {

    /** A second's work, at the most. */
    private static final int MOST_LOOKS = 10_000_000;

    final ReadClasses classes;
    private final SerializerLimits limits;
    private final DecodingTime time;

    /** Each element of a real container takes a byte or more: so many can all of them together have. */
    private long placesLeft;

    private long objects;
    private int depth;
    private int asked;

    Reading(ReadClasses classes, SerializerLimits limits, int bytes) {
        this.classes = classes;
        this.limits = limits;
        this.time = new DecodingTime(limits.maxTime());
        this.placesLeft = bytes;
    }

    void object() {
        if (++objects > limits.maxReferences()) {
            throw new IllegalArgumentException("too many objects");
        }
        requireTime();
    }

    private void requireTime() {
        if (time.isOver()) {
            throw new UnsuitedException(Object.class, "takes longer to read than max-decode-time");
        }
    }

    /** @throws IllegalArgumentException see {@link Writing#again} */
    Object again(@Nullable Object object) {
        if (object == null || asked > 0 && !(object instanceof String)) {
            throw ByteSource.malformed();
        }
        return object;
    }

    void enter() {
        if (++depth > limits.maxDepth()) {
            throw new IllegalArgumentException("nested too deep");
        }
    }

    void leave() {
        depth--;
    }

    /** @return {@code count}, for which there is room */
    int places(long count) {
        if (count < 0 || count > limits.maxArrayLength() || count > placesLeft) {
            throw new IllegalArgumentException("longer than the bytes or the limits");
        }
        placesLeft -= count;
        return (int) count;
    }

    interface Slot {
        @Nullable
        Object read() throws Exception;
    }

    /** Fills a container that was begun. */
    void content(Kind.Container kind, Object begun, int size, Slot slot) throws Exception {
        for (int i = 0; i < size; i++) {
            int asks = kind.asksElements() ? 1 : 0;
            asked += asks;
            Object first = slot.read();
            asked -= asks;
            kind.put(begun, first, kind.isMap() ? slot.read() : null);
            requireTime(); // to put one among many of the same hash takes long, and nothing need be read for it
        }
        if (kind.isMadeLast() && kind.asksElements()) {
            requireSpread((List<?>) begun, kind.isMap() ? 2 : 1);
        }
    }

    /**
     * What is made last is made in one step, in which nobody can ask for the time: immutable sets and maps, whose tables
     * have twice as many places as elements, and look for a free one from the place that the hash says on.
     *
     * @param stride how many of the contents belong to one element
     * @throws UnsuitedException if that takes far more looks than it does with hashes that were not chosen for it
     */
    private static void requireSpread(List<?> contents, int stride) {
        int elements = contents.size() / stride;
        if (elements == 0) {
            return;
        }
        BitSet taken = new BitSet();
        long looks = 0;
        for (int i = 0; i < contents.size(); i += stride) {
            int place = Math.floorMod(Objects.requireNonNull(contents.get(i)).hashCode(), 2 * elements);
            for (; taken.get(place); place = (place + 1) % (2 * elements)) {
                if (++looks > MOST_LOOKS + 10L * elements) {
                    throw new UnsuitedException(Set.class, "too many elements whose hashes meet");
                }
            }
            taken.set(place);
        }
    }

    /** For bytes that belong to a scalar: it must use them all. */
    Object scalar(Kind.Scalar kind, ByteSource in) {
        Object value = kind.read(in);
        if (in.remaining() != 0) {
            throw ByteSource.malformed();
        }
        return value;
    }
}
