package dev.holdfast.serializers;

import java.nio.charset.StandardCharsets;

/**
 * Reads what {@link ByteSink} wrote, out of bytes that may be hostile: whatever is read was there, and nothing is allocated
 * before that is known. For one thread.
 */
final class ByteSource {

    private final byte[] bytes;
    private int position;
    private final int end;

    ByteSource(byte[] bytes, int from, int length) {
        if (from < 0 || length < 0 || length > bytes.length - from) {
            throw malformed();
        }
        this.bytes = bytes;
        this.position = from;
        this.end = from + length;
    }

    static IllegalArgumentException malformed() {
        return new IllegalArgumentException("malformed bytes");
    }

    int position() {
        return position;
    }

    int remaining() {
        return end - position;
    }

    int get() {
        if (position >= end) {
            throw malformed();
        }
        return bytes[position++];
    }

    byte[] rest() {
        return get(remaining());
    }

    byte[] get(int length) {
        if (length < 0 || length > remaining()) {
            throw malformed();
        }
        byte[] part = java.util.Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return part;
    }

    int getInt() {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = value << 8 | get() & 0xFF;
        }
        return value;
    }

    long getLong() {
        return (long) getInt() << 32 | getInt() & 0xFFFFFFFFL;
    }

    long unsigned() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int octet = get();
            value |= (long) (octet & 0x7F) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw malformed();
    }

    long signed() {
        long value = unsigned();
        return value >>> 1 ^ -(value & 1);
    }

    int within(long value, long least, long most) {
        if (value < least || value > most) {
            throw malformed();
        }
        return (int) value;
    }

    int signedInt() {
        return within(signed(), Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** A number of things of which each takes a byte or more. */
    int count() {
        return within(unsigned(), 0, remaining());
    }

    String name() {
        return chars(count());
    }

    String chars() {
        return chars(remaining());
    }

    private String chars(int length) {
        int to = position + length;
        int ascii = position;
        while (ascii < to && bytes[ascii] >= 0) {
            ascii++;
        }
        if (ascii == to) {
            String text = new String(bytes, position, length, StandardCharsets.ISO_8859_1);
            position = to;
            return text;
        }
        StringBuilder text = new StringBuilder(length);
        while (position < to) {
            int first = get();
            if (first >= 0) {
                text.append((char) first);
            } else if ((first & 0xE0) == 0xC0) {
                text.append((char) ((first & 0x1F) << 6 | next()));
            } else if ((first & 0xF0) == 0xE0) {
                int middle = next();
                text.append((char) ((first & 0x0F) << 12 | middle << 6 | next()));
            } else {
                throw malformed();
            }
        }
        if (position != to) {
            throw malformed();
        }
        return text.toString();
    }

    private int next() {
        int octet = get();
        if ((octet & 0xC0) != 0x80) {
            throw malformed();
        }
        return octet & 0x3F;
    }
}
