package dev.holdfast.peer.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a member says first to another.
 *
 * @param format of what members say to each other
 * @param library the version of JGroups, as it writes it
 * @param instance random, of this start of the process
 * @param nonce random, of this greeting
 * @param settings those that all members must have alike, as text
 */
record Greeting(int format, int library, byte[] instance, byte[] nonce, String cluster, String settings) {

    static final int RANDOM = 16;
    private static final int LONGEST = 200;

    byte[] bytes(int kind) {
        byte[] clusterBytes = cluster.getBytes(StandardCharsets.US_ASCII);
        byte[] settingsBytes = settings.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(6 + 2 * RANDOM + clusterBytes.length + settingsBytes.length)
                .put((byte) kind)
                .put((byte) format)
                .putShort((short) library)
                .put(instance)
                .put(nonce)
                .put((byte) clusterBytes.length)
                .put(clusterBytes)
                .put((byte) settingsBytes.length)
                .put(settingsBytes)
                .array();
    }

    /** Null if this is none. The first byte, the kind, has been looked at. */
    static @Nullable Greeting read(byte[] bytes, int length) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes, 1, length - 1);
            int format = in.get() & 0xff;
            int library = in.getShort() & 0xffff;
            byte[] instance = random(in);
            byte[] nonce = random(in);
            Greeting greeting = new Greeting(format, library, instance, nonce, text(in), text(in));
            return in.hasRemaining() ? null : greeting;
        } catch (BufferUnderflowException | IndexOutOfBoundsException tooShort) {
            return null;
        }
    }

    private static byte[] random(ByteBuffer in) {
        byte[] random = new byte[RANDOM];
        in.get(random);
        return random;
    }

    /** Of a stranger: whatever is no plain character is replaced, as it may end up in a log. */
    static String text(ByteBuffer in) {
        byte[] bytes = new byte[Math.min(LONGEST, in.get() & 0xff)];
        in.get(bytes);
        return new String(bytes, StandardCharsets.US_ASCII).replaceAll("[^\\x21-\\x7e ]", "?");
    }

    boolean isSameAs(Greeting other) {
        return Arrays.equals(instance, other.instance) && Arrays.equals(nonce, other.nonce);
    }
}
