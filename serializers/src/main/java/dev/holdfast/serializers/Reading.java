package dev.holdfast.serializers;

import dev.holdfast.spi.DecodingTime;
import dev.holdfast.spi.ImmutableTables;
import dev.holdfast.spi.SerializerLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The limits, and what else must be watched while one value is read out of bytes that may be hostile. For one thread. */
final class Reading {

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
        if (kind.isMadeLast()
                && kind.asksElements()
                && ImmutableTables.isSlowToMake(((List<?>) begun).toArray(), kind.isMap() ? 2 : 1)) {
            throw new UnsuitedException(kind.type(), "too many elements whose hashes meet");
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
