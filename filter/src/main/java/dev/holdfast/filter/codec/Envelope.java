package dev.holdfast.filter.codec;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The frame of one encoded value in the stored format:
 *
 * <pre>
 *   byte   format    1
 *   byte   flags     0: no version of format 1 sets any; a bit that the reader does not know is an error.
 *                    Kept for what is done to the payload after encoding: 1 compressed, 2 encrypted
 *   byte   kind      0: written by a serializer; else the number of a {@link SimpleValues.Kind}
 *   [ byte length, ASCII   the serializer's name, if kind is 0 ]
 *   ...    payload
 *   int    CRC32C of all bytes before it
 * </pre>
 *
 * A short string has 7 bytes of frame. The checksum finds damage; it proves nothing about who wrote the bytes.
 *
 * @param kind number of a simple kind, or {@link #BY_SERIALIZER}
 * @param serializer its name, if and only if kind is {@link #BY_SERIALIZER}
 * @param payload from position to limit
 */
record Envelope(int kind, @Nullable String serializer, ByteBuffer payload) {

    static final int BY_SERIALIZER = 0;

    private static final int FORMAT = 1;
    private static final int NO_FLAGS = 0;
    private static final int CHECKSUM_BYTES = 4;

    /** To append the payload of a simple value to. */
    static ByteSink open(int kind) {
        ByteSink out = new ByteSink(48);
        out.put(FORMAT);
        out.put(NO_FLAGS);
        out.put(kind);
        return out;
    }

    /** To append the payload of a serializer to. */
    static ByteSink open(String serializer) {
        ByteSink out = new ByteSink(512);
        out.put(FORMAT);
        out.put(NO_FLAGS);
        out.put(BY_SERIALIZER);
        byte[] name = serializer.getBytes(StandardCharsets.US_ASCII);
        out.put(name.length);
        out.put(name);
        return out;
    }

    /** @param out from {@link #open}, with the whole payload */
    static byte[] seal(ByteSink out) {
        out.putInt(out.checksum());
        return out.toByteArray();
    }

    /** @throws UndecodableException if the bytes are damaged or of a later version */
    static Envelope read(byte[] bytes) throws UndecodableException {
        if (bytes.length < 3 + CHECKSUM_BYTES) {
            throw new UndecodableException("too few bytes for a value: " + bytes.length, null);
        }
        if (bytes[0] != FORMAT) {
            throw new UndecodableException("format " + (bytes[0] & 0xFF) + ", known is " + FORMAT, null);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int end = bytes.length - CHECKSUM_BYTES;
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, end);
        if (in.getInt(end) != (int) crc.getValue()) {
            throw new UndecodableException("damaged: the checksum of " + bytes.length + " bytes is wrong", null);
        }
        if (bytes[1] != NO_FLAGS) {
            throw new UndecodableException("flags " + (bytes[1] & 0xFF) + ", of which none is known", null);
        }
        in.position(2).limit(end);
        int kind = in.get() & 0xFF;
        return new Envelope(kind, kind == BY_SERIALIZER ? name(in) : null, in);
    }

    private static String name(ByteBuffer in) throws UndecodableException {
        try {
            byte[] name = new byte[in.get() & 0xFF];
            in.get(name);
            return new String(name, StandardCharsets.US_ASCII);
        } catch (BufferUnderflowException e) {
            throw new UndecodableException("no name of a serializer", e);
        }
    }
}
