package dev.holdfast.filter.codec;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a store that should have been encrypted and authentic, and are not here: no codec decodes them, but they can be
 * written back as they were. A format of its own, which is never stored.
 */
public final class Undecrypted {

    static final int FORMAT = 3;

    private Undecrypted() {}

    public static byte[] wrap(byte[] stored) {
        byte[] wrapped = new byte[stored.length + 1];
        wrapped[0] = FORMAT;
        System.arraycopy(stored, 0, wrapped, 1, stored.length);
        return wrapped;
    }

    /** What was wrapped; null if nothing was. */
    public static byte @Nullable [] unwrap(byte[] bytes) {
        return bytes.length > 0 && bytes[0] == FORMAT ? Arrays.copyOfRange(bytes, 1, bytes.length) : null;
    }
}
