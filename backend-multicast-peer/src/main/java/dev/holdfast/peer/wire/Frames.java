package dev.holdfast.peer.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what comes over a connection into packets: {@code length, packet}, one after another. Holds as much as has come, and not
 * more: a length is anybody's word. Not thread-safe.
 */
final class Frames {

    static final int HEAD = 4;
    private static final int FIRST = 16 << 10;

    private int most;
    private byte[] bytes = new byte[FIRST];
    private int filled;
    private int taken;

    /** @param most bytes of a packet */
    Frames(int most) {
        this.most = most;
    }

    /** From now on packets may have so many bytes. */
    void allow(int bytes) {
        most = bytes;
    }

    /** Where the next bytes go; at least one fits. */
    ByteBuffer room() {
        if (filled == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * bytes.length);
        }
        return ByteBuffer.wrap(bytes, filled, bytes.length - filled);
    }

    /** So many have been put there. */
    void came(int count) {
        filled += count;
    }

    /**
     * The next packet; null if it is not whole yet, and then there is room for more.
     *
     * @throws IOException nothing tells where the next one begins
     */
    byte @Nullable [] next() throws IOException {
        if (filled - taken >= HEAD) {
            int length = ByteBuffer.wrap(bytes, taken, HEAD).getInt();
            if (length < 0 || length > most) {
                throw new IOException("a packet of " + length + " bytes");
            }
            if (filled - taken - HEAD >= length) {
                byte[] packet = Arrays.copyOfRange(bytes, taken + HEAD, taken + HEAD + length);
                taken += HEAD + length;
                return packet;
            }
        }
        System.arraycopy(bytes, taken, bytes, 0, filled - taken);
        filled -= taken;
        taken = 0;
        if (filled < FIRST && bytes.length > FIRST) {
            bytes = Arrays.copyOf(bytes, FIRST);
        }
        return null;
    }

    /** These packets, ready to be sent. */
    static ByteBuffer of(List<byte[]> packets) {
        int size = 0;
        for (byte[] packet : packets) {
            size += HEAD + packet.length;
        }
        ByteBuffer frames = ByteBuffer.allocate(size);
        for (byte[] packet : packets) {
            frames.putInt(packet.length).put(packet);
        }
        return frames.flip();
    }
}
