package dev.holdfast.filter.codec;

import org.jspecify.annotations.Nullable;

/** Values to bytes and back, and whether a value has changed in place since it was last looked at. Thread-safe. */
public interface AttributeCodec {

    /** Whether a value of this class can leave this node. */
    boolean canTravel(Object value);

    /**
     * Encodes a value with its envelope. The same content encoded twice by this codec gives the same bytes, as far as the
     * value's own iteration order allows.
     *
     * @param name of the attribute, for the message only
     * @throws EncodingException naming attribute and class; also when another thread keeps changing the value meanwhile
     */
    byte[] encode(String name, Object value);

    /**
     * @throws UndecodableException if the bytes are damaged, break a limit, or need a class that this node lacks; never any
     *     other exception or error, whatever the bytes
     */
    Object decode(byte[] bytes) throws UndecodableException;

    /** Whether values of this class never change in place, so that no baseline is needed: strings, numbers, instants, … */
    boolean isImmutable(Object value);

    /**
     * What the value looks like now, to compare with later. Null if it can't be told (it cannot be encoded at this moment):
     * treat it as changed then.
     */
    @Nullable
    Baseline baseline(Object value);

    /**
     * Encodes, and tells what the value looked like: for a baseline after a save, without looking at the value twice. A
     * change that another thread makes meanwhile is either in the bytes, or {@link Baseline#differs} from the baseline.
     *
     * @throws EncodingException as {@link #encode}
     */
    default Encoded encodeAndLook(String name, Object value) {
        // before the encoding: a change between the two must look like one
        Baseline before = baseline(value);
        return new Encoded(encode(name, value), before);
    }

    /**
     * What {@link #encodeAndLook} gives if the value differs from what it was, null if it does not. For a value that can
     * only be compared by encoding it (its class writes itself, for example, perhaps with side effects), comparison and
     * save are the same one encoding.
     *
     * @throws EncodingException as {@link #encode}
     */
    default @Nullable Encoded encodeIfDifferent(String name, Object value, Baseline since) {
        return since.differs(value) ? encodeAndLook(name, value) : null;
    }

    /**
     * One encoding of a value.
     *
     * @param bytes with their envelope; nobody writes to them
     * @param baseline of what the bytes hold; null if it can't be told
     */
    record Encoded(byte[] bytes, @Nullable Baseline baseline) {}

    /** The look of a value at one moment. Holds no reference to it. */
    interface Baseline {

        /**
         * Whether {@code value} looks different now. Wrongly "yes" costs a save, wrongly "no" loses a change: when in doubt, yes.
         * Never throws.
         */
        boolean differs(Object value);
    }
}
