package dev.holdfast.serializers;

import java.io.ByteArrayOutputStream;

/** Growing bytes, with the few number forms that our part of the bytes uses. For one thread. */
final class ByteSink extends ByteArrayOutputStream {

    void put(int octet) {
        write(octet);
    }

    void put(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    void putInt(int value) {
        for (int shift = 24; shift >= 0; shift -= 8) {
            write(value >>> shift);
        }
    }

    void putLong(long value) {
        putInt((int) (value >>> 32));
        putInt((int) value);
    }

    /** 7 bits a byte, low ones first. */
    void putUnsigned(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        write((int) rest);
    }

    void putSigned(long value) {
        putUnsigned((value << 1) ^ (value >> 63));
    }

    /** Every char by itself, so that half a surrogate pair comes back as it was; ASCII takes a byte each. */
    void putChars(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                write(c);
            } else if (c < 0x800) {
                write(0xC0 | c >> 6);
                write(0x80 | c & 0x3F);
            } else {
                write(0xE0 | c >> 12);
                write(0x80 | c >> 6 & 0x3F);
                write(0x80 | c & 0x3F);
            }
        }
    }

    /** With its length before it. */
    void putName(String name) {
        ByteSink chars = new ByteSink();
        chars.putChars(name);
        putUnsigned(chars.size());
        put(chars.toByteArray());
    }

    /** The bytes themselves, for whoever copies {@link #size} of them at once. */
    byte[] buffer() {
        return buf;
    }
}
