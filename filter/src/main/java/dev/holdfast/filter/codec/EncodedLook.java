package dev.holdfast.filter.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What encoded bytes look like: their length and 128 bits of hash, two independent halves.
 *
 * @param length in bytes
 */
record EncodedLook(int length, long first, long second) {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static EncodedLook of(byte[] bytes) {
        long first = 0x243F6A8885A308D3L ^ bytes.length;
        long second = 0x13198A2E03707344L ^ bytes.length;
        int i = 0;
        for (; i + 8 <= bytes.length; i += 8) {
            long eight = (long) LONGS.get(bytes, i);
            first = Mixing.mix(first ^ eight, Mixing.A);
            second = Mixing.mix(second ^ eight, Mixing.B);
        }
        long rest = 0;
        for (; i < bytes.length; i++) {
            rest = rest << 8 | bytes[i] & 0xFF;
        }
        return new EncodedLook(bytes.length, Mixing.mix(first ^ rest, Mixing.A), Mixing.mix(second ^ rest, Mixing.B));
    }
}
