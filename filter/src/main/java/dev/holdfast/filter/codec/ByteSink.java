package dev.holdfast.filter.codec;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;
import java.util.zip.CRC32C;

/** Growing bytes up to a bound, with the few number forms that the stored format uses. Big-endian. For one thread. */
final class ByteSink extends OutputStream {

    private final int most;
    private byte[] bytes;
    private int count;

    /** @param most bytes that it takes before it throws {@link FullException} */
    ByteSink(int capacity, int most) {
        this.bytes = new byte[Math.min(capacity, most)];
        this.most = most;
    }

    /** There are more bytes than allowed; the message is how many are. */
    static final class FullException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private FullException(int most) {
            super(Integer.toString(most), null, false, false);
        }
    }

    @Override
    public void write(int octet) {
        makeRoom(1);
        bytes[count++] = (byte) octet;
    }

    @Override
    public void write(byte[] from, int start, int length) {
        Objects.checkFromIndexSize(start, length, from.length);
        makeRoom(length);
        System.arraycopy(from, start, bytes, count, length);
        count += length;
    }

    private void makeRoom(int more) {
        if (more > most - count) {
            throw new FullException(most);
        }
        if (more > bytes.length - count) {
            long doubled = Math.max(2L * bytes.length, (long) count + more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(most, doubled));
        }
    }

    void put(int octet) {
        write(octet);
    }

    void put(byte[] all) {
        write(all, 0, all.length);
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
        crc.update(bytes, 0, count);
        return (int) crc.getValue();
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, count);
    }
}
