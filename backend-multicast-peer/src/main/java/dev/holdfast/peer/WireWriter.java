package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Writes the small binary values that messages are made of. Not thread-safe. */
final class WireWriter {

    private byte[] bytes;
    private int size;

    WireWriter(int expectedSize) {
        bytes = new byte[Math.max(16, expectedSize)];
    }

    int size() {
        return size;
    }

    byte[] toByteArray() {
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private void need(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
        }
    }

    void oneByte(int value) {
        need(1);
        bytes[size++] = (byte) value;
    }

    void bool(boolean value) {
        oneByte(value ? 1 : 0);
    }

    /** Eight bytes. For values whose bits are all used. */
    void fixedLong(long value) {
        need(8);
        for (int shift = 56; shift >= 0; shift -= 8) {
            bytes[size++] = (byte) (value >>> shift);
        }
    }

    /** One to ten bytes, few for small values; negative ones take ten. */
    void unsigned(long value) {
        need(10);
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            bytes[size++] = (byte) ((rest & 0x7f) | 0x80);
            rest >>>= 7;
        }
        bytes[size++] = (byte) rest;
    }

    /** Few bytes for values near zero on either side. */
    void signed(long value) {
        unsigned(value << 1 ^ value >> 63);
    }

    void raw(byte[] value) {
        need(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** With its length before it. */
    void block(byte[] value) {
        unsigned(value.length);
        raw(value);
    }

    void text(String value) {
        block(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Only the opaque part: a cluster serves one application. */
    void key(SessionKey key) {
        block(key.opaque().getBytes(StandardCharsets.US_ASCII));
    }

    /** For {@link WireReader#age}. */
    void age(Duration value) {
        if (value.isNegative()) {
            duration(Duration.ZERO);
        } else {
            duration(value.compareTo(WireReader.LONGEST_AGE) > 0 ? WireReader.LONGEST_AGE : value);
        }
    }

    /** For {@link WireReader#time}: a time as its distance from now, before (positive) or after. */
    void time(Duration ago) {
        boolean before = !ago.isNegative();
        bool(before);
        age(before ? ago : ago.negated());
    }

    /** The two that sums would overflow with, which {@link WireReader#duration} refuses, lose a second: they only mean never. */
    void duration(Duration value) {
        signed(Math.max(Long.MIN_VALUE + 1, Math.min(Long.MAX_VALUE - 1, value.getSeconds())));
        unsigned(value.getNano());
    }
}
