package dev.holdfast.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.zip.Checksum;

/** Writes the parts of {@link StoredForm}. For one thread. */
final class FormWriter {

    /** Some JVMs cannot make arrays up to the last index. */
    private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

    private byte[] bytes;
    private int size;

    FormWriter(int expectedSize) {
        bytes = new byte[Math.max(64, expectedSize)];
    }

    void octet(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    /** Four bytes, the highest first. */
    void fixedInt(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            octet(value >>> shift);
        }
    }

    /** Eight bytes, the highest first: for numbers that are random. */
    void fixedLong(long value) {
        for (int shift = 56; shift >= 0; shift -= 8) {
            octet((int) (value >>> shift));
        }
    }

    /** Seven bits per byte, the lowest first, the high bit set on all but the last; taken as unsigned. */
    void varint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            octet(((int) rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        octet((int) rest);
    }

    /** A varint in which numbers near zero are short, whatever their sign. */
    void signed(long value) {
        varint((value << 1) ^ (value >> 63));
    }

    void blob(byte[] value) {
        varint(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** Char by char, so that every string comes back as it was, unpaired surrogates included; ASCII takes a byte each. */
    void text(String value) {
        varint(value.length());
        for (int i = 0; i < value.length(); i++) {
            varint(value.charAt(i));
        }
    }

    void instant(Instant value) {
        signed(value.getEpochSecond());
        varint(value.getNano());
    }

    void duration(Duration value) {
        signed(value.getSeconds());
        varint(value.getNano());
    }

    /** Adds all that was written to a checksum. */
    void addTo(Checksum checksum) {
        checksum.update(bytes, 0, size);
    }

    byte[] written() {
        return Arrays.copyOf(bytes, size);
    }

    private void ensure(int more) {
        if (more > MAX_SIZE - size) {
            throw new StoreException(StoreException.Kind.TOO_LARGE, "a session takes more than 2 GB");
        }
        if (size + more > bytes.length) {
            long doubled = Math.max(size + (long) more, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, (int) Math.min(MAX_SIZE, doubled));
        }
    }
}
