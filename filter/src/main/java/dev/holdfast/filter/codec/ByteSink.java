package dev.holdfast.filter.codec;

import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32C;

/** Growing bytes, with the few number forms that the stored format uses. Big-endian. For one thread. */
final class ByteSink extends ByteArrayOutputStream {

    ByteSink(int capacity) {
        super(capacity);
    }

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

    /** 7 bits a byte, low ones first; small numbers of either sign stay short. 1 to 10 bytes. */
    void putVarLong(long value) {
        long rest = (value << 1) ^ (value >> 63);
        while ((rest & ~0x7FL) != 0) {
            write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        write((int) rest);
    }

    /** The checksum of everything so far, as an int. */
    int checksum() {
        CRC32C crc = new CRC32C();
        crc.update(buf, 0, count);
        return (int) crc.getValue();
    }
}
