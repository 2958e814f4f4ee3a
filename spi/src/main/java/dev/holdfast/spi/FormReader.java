package dev.holdfast.spi;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;

/**
 * Reads what {@link FormWriter} wrote, believing nothing: a length is compared with what remains before anything is allocated
 * for it, and every value has one form only. Whatever is wrong is a {@link StoreException} of kind CORRUPT, whose message
 * says where but never what. For one thread.
 */
final class FormReader {

    private static final int NANOS_PER_SECOND = 1_000_000_000;

    private final byte[] bytes;
    private final int end;
    private int position;

    FormReader(byte[] bytes, int start, int end) {
        this.bytes = bytes;
        this.position = start;
        this.end = end;
    }

    int octet() {
        need(1);
        return bytes[position++] & 0xFF;
    }

    int fixedInt() {
        need(4);
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | octet();
        }
        return value;
    }

    long fixedLong() {
        need(8);
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | octet();
        }
        return value;
    }

    long varint() {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            int octet = octet();
            if ((shift == 63 && octet > 1) || (shift > 0 && octet == 0)) {
                throw corrupt("a number that is too long");
            }
            value |= (long) (octet & 0x7F) << shift;
            if (octet < 0x80) {
                return value;
            }
        }
    }

    long signed() {
        long value = varint();
        return (value >>> 1) ^ -(value & 1);
    }

    /** A varint from 0 to {@code max}. */
    int number(int max) {
        long value = varint();
        if (value < 0 || value > max) {
            throw corrupt("a number out of range");
        }
        return (int) value;
    }

    /** A number of things that take at least {@code least} bytes each. */
    int count(int least) {
        return number((end - position) / least);
    }

    byte[] blob() {
        int length = count(1);
        position += length;
        return Arrays.copyOfRange(bytes, position - length, position);
    }

    String text() {
        char[] chars = new char[count(1)];
        for (int i = 0; i < chars.length; i++) {
            chars[i] = (char) number(Character.MAX_VALUE);
        }
        return new String(chars);
    }

    Instant instant() {
        long seconds = signed();
        try {
            return Instant.ofEpochSecond(seconds, number(NANOS_PER_SECOND - 1));
        } catch (DateTimeException e) {
            throw corrupt("a time beyond the end of time");
        }
    }

    Duration duration() {
        long seconds = signed();
        return Duration.ofSeconds(seconds, number(NANOS_PER_SECOND - 1));
    }

    void requireEnd() {
        if (position != end) {
            throw corrupt("more bytes than belong to it");
        }
    }

    private void need(int count) {
        if (end - position < count) {
            throw corrupt("an early end");
        }
    }

    StoreException corrupt(String what) {
        return new StoreException(
                StoreException.Kind.CORRUPT, "stored bytes have " + what + " at " + position + " of " + bytes.length);
    }
}
