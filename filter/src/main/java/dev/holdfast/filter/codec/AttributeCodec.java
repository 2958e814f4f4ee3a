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

    /** The look of a value at one moment. Holds no reference to it. */
    interface Baseline {

        /**
         * Whether {@code value} looks different now. Wrongly "yes" costs a save, wrongly "no" loses a change: when in doubt, yes.
         * Never throws.
         */
        boolean differs(Object value);
    }
}
