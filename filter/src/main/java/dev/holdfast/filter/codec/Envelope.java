package dev.holdfast.filter.codec;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The frame of one encoded value in the stored format:
 *
 * <pre>
 *   byte   format    1
 *   byte   flags     1: the payload is compressed; 2: it is compressed with the dictionary; others are errors
 *   byte   kind      0: written by a serializer; else the number of a {@link SimpleValues.Kind}
 *   [ byte length, ASCII   the serializer's name, if kind is 0 ]
 *   ...    payload; if compressed: int how long it is, and a block of {@link Lz4} with it
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
    private static final int COMPRESSED = 1;
    private static final int COMPRESSED_BY_DICTIONARY = 2;
    private static final int HEAD_BYTES = 3;
    private static final int CHECKSUM_BYTES = 4;

    private static final Lz4 PLAIN = new Lz4(new byte[0]);
    private static final Lz4 BY_DICTIONARY = new Lz4(dictionary());

    private static final byte[] JDK = JdkSerializer.NAME.getBytes(StandardCharsets.US_ASCII);

    /** A block that saves less than this part is not worth reading it. */
    private static final int WORTH = 8;

    /** To append the payload of a simple value to, up to {@code most} bytes in all. */
    static ByteSink open(int kind, int most) {
        ByteSink out = new ByteSink(48, most);
        out.put(FORMAT);
        out.put(NO_FLAGS);
        out.put(kind);
        return out;
    }

    /** To append the payload of a serializer to, up to {@code most} bytes in all. */
    static ByteSink open(String serializer, int most) {
        ByteSink out = new ByteSink(512, most);
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

    /**
     * The same value with its payload compressed.
     *
     * @param sealed from {@link #seal}
     * @param above payloads up to so many bytes stay as they are
     * @return {@code sealed} itself if that is not worth it
     */
    static byte[] compress(byte[] sealed, int above) {
        int head = HEAD_BYTES + (sealed[2] == BY_SERIALIZER ? 1 + (sealed[HEAD_BYTES] & 0xFF) : 0);
        int length = sealed.length - CHECKSUM_BYTES - head;
        if (length <= above) {
            return sealed;
        }
        boolean jdk =
                head == HEAD_BYTES + 1 + JDK.length && Arrays.equals(sealed, HEAD_BYTES + 1, head, JDK, 0, JDK.length);
        byte[] block =
                (jdk ? BY_DICTIONARY : PLAIN).compress(sealed, head, length, length - length / WORTH - Integer.BYTES);
        if (block == null) {
            return sealed;
        }
        ByteSink out = new ByteSink(sealed.length, sealed.length);
        out.put(FORMAT);
        out.put(jdk ? COMPRESSED_BY_DICTIONARY : COMPRESSED);
        out.write(sealed, 2, head - 2);
        out.putInt(length);
        out.put(block);
        return seal(out);
    }

    /**
     * @param most the longest payload to decompress
     * @throws UndecodableException if the bytes are damaged or of a later version, or the payload is longer than that
     */
    static Envelope read(byte[] bytes, int most) throws UndecodableException {
        if (bytes.length < HEAD_BYTES + CHECKSUM_BYTES) {
            throw new UndecodableException("too few bytes for a value: " + bytes.length, null);
        }
        if (bytes[0] == Undecrypted.FORMAT) {
            throw new UndecodableException("not encrypted with a secret of this node, or damaged, or forged", null);
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
        int flags = bytes[1] & 0xFF;
        if (flags > COMPRESSED_BY_DICTIONARY) {
            throw new UndecodableException("flags " + flags + ", which are not known", null);
        }
        in.position(2).limit(end);
        int kind = in.get() & 0xFF;
        String serializer = kind == BY_SERIALIZER ? name(in) : null;
        return new Envelope(
                kind,
                serializer,
                switch (flags) {
                    case COMPRESSED -> decompressed(in, PLAIN, most);
                    case COMPRESSED_BY_DICTIONARY -> decompressed(in, BY_DICTIONARY, most);
                    default -> in;
                });
    }

    private static ByteBuffer decompressed(ByteBuffer in, Lz4 lz4, int most) throws UndecodableException {
        if (in.remaining() < Integer.BYTES) {
            throw new UndecodableException("no length of what is compressed", null);
        }
        int length = in.getInt();
        if (length < 0 || length > most) {
            throw new UndecodableException(
                    "would be " + Integer.toUnsignedString(length) + " bytes decompressed, allowed are " + most, null);
        }
        try {
            return ByteBuffer.wrap(lz4.decompress(in.array(), in.position(), in.limit(), length));
        } catch (OutOfMemoryError e) {
            throw new UndecodableException("no memory for " + length + " decompressed bytes", e);
        }
    }

    /** What Java serialization writes of the JDK's own classes. Part of the stored format. */
    private static byte[] dictionary() {
        try (InputStream in = Envelope.class.getResourceAsStream("jdk-1.dictionary")) {
            if (in == null) {
                throw new IllegalStateException("the filter's jar lacks the dictionary for compressed attributes");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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
