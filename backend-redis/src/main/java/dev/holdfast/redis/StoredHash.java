package dev.holdfast.redis;

import dev.holdfast.spi.Mark;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the hash of a session; the scripts write it. Fields:
 *
 * <ul>
 *   <li>{@code h}, the head: format and kind (a byte each); of a session its version and the one before (7 bytes each),
 *       createdAt, last access, maxInactive (milliseconds, 6 each), then for a claimed one the claim's op (8) and the end of
 *       its lease (6); of a removed one the op (8), until when it is remembered (6), whether it was absent (1), the
 *       successor. At the end 8 hexadecimal digits of the SHA-1 of all that and the key: damaged heads are found, and those
 *       that stand under another key
 *   <li>{@code p}, the small attributes: the sizes of name and value (2 bytes each), name, value; again and again
 *   <li>{@code a<name>}, any other attribute
 *   <li>{@code r}, if nodes serve the session in turn: which attributes the last saves set, for the scripts alone
 * </ul>
 *
 * Numbers are big-endian. Believes nothing: whatever the bytes, it ends with a session or with CORRUPT.
 */
final class StoredHash {

    /** Its first byte: the format. Another one is not read. */
    private static final int FORMAT = 1;

    private static final int ALIVE = 1;
    private static final int ENDED = 3;
    private static final int CHECK_SIZE = 8;
    private static final int ALIVE_SIZE = 34;
    private static final int CLAIMED_SIZE = 48;

    private final boolean alive;
    private final @Nullable SessionSnapshot snapshot;

    private StoredHash(boolean alive, @Nullable SessionSnapshot snapshot) {
        this.alive = alive;
        this.snapshot = snapshot;
    }

    /**
     * @param redisKey the key that the hash is under
     * @param fields as HGETALL answers, one field at least: name, value, name, value. Some attributes may be missing, and then are missing
     *     in the snapshot
     */
    static StoredHash read(SessionKey key, byte[] redisKey, List<?> fields) throws StoreException {
        byte[] head = null;
        byte[] pack = null;
        Map<String, StoredAttribute> attributes = new HashMap<>();
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            if (!(fields.get(i) instanceof byte[] field)
                    || !(fields.get(i + 1) instanceof byte[] value)
                    || field.length == 0) {
                throw corrupt();
            }
            if (field[0] == 'a') {
                attributes.put(
                        new String(field, 1, field.length - 1, StandardCharsets.UTF_8),
                        new StoredAttribute(value, Mark.NONE));
            } else if (field.length == 1 && field[0] == 'h') {
                head = value;
            } else if (field.length == 1 && field[0] == 'p') {
                pack = value;
            } else if (field.length != 1 || field[0] != 'r') {
                throw corrupt();
            }
        }
        if (head == null) {
            throw corrupt();
        }
        return read(key, checked(redisKey, head), pack, attributes);
    }

    private static StoredHash read(
            SessionKey key, ByteBuffer head, byte @Nullable [] pack, Map<String, StoredAttribute> attributes) {
        int kind = head.get(1);
        if (kind == ENDED) {
            return new StoredHash(false, null);
        }
        if (head.limit() != (kind == ALIVE ? ALIVE_SIZE : CLAIMED_SIZE)) {
            throw corrupt();
        }
        if (pack != null) {
            unpack(ByteBuffer.wrap(pack), attributes);
        }
        head.position(2);
        long version = number(head, 7);
        long previous = number(head, 7);
        if (!Version.isValid(version) || version == Version.NONE || !Version.isValid(previous)) {
            throw corrupt();
        }
        SessionSnapshot snapshot = new SessionSnapshot(
                key,
                version,
                Instant.ofEpochMilli(signed(number(head, 6))),
                Instant.ofEpochMilli(number(head, 6)),
                Duration.ofMillis(signed(number(head, 6))),
                attributes,
                Map.of(),
                null);
        return new StoredHash(kind == ALIVE, snapshot);
    }

    private static ByteBuffer checked(byte[] redisKey, byte[] head) {
        int size = head.length - CHECK_SIZE;
        if (size < 2 || head[0] != FORMAT || head[1] < ALIVE || head[1] > ENDED) {
            throw corrupt();
        }
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            sha1.update(head, 0, size);
            sha1.update(redisKey);
            byte[] check =
                    HexFormat.of().formatHex(sha1.digest(), 0, CHECK_SIZE / 2).getBytes(StandardCharsets.US_ASCII);
            if (!Arrays.equals(check, 0, CHECK_SIZE, head, size, head.length)) {
                throw corrupt();
            }
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
        return ByteBuffer.wrap(head).limit(size);
    }

    private static void unpack(ByteBuffer pack, Map<String, StoredAttribute> attributes) {
        try {
            while (pack.hasRemaining()) {
                int nameSize = pack.getShort() & 0xFFFF;
                int valueSize = pack.getShort() & 0xFFFF;
                if (nameSize + valueSize > pack.remaining()) {
                    throw corrupt();
                }
                byte[] name = new byte[nameSize];
                byte[] value = new byte[valueSize];
                pack.get(name).get(value);
                attributes.put(new String(name, StandardCharsets.UTF_8), new StoredAttribute(value, Mark.NONE));
            }
        } catch (BufferUnderflowException e) {
            throw corrupt();
        }
    }

    private static long number(ByteBuffer bytes, int size) {
        long number = 0;
        for (int i = 0; i < size; i++) {
            number = number << 8 | bytes.get() & 0xFF;
        }
        return number;
    }

    /** A number of six bytes with its sign. */
    private static long signed(long number) {
        return number << 16 >> 16;
    }

    private static StoreException corrupt() {
        return Status.unexpected("a load", Status.CORRUPT);
    }

    /** Whether it is a session that nobody has removed or claimed. */
    boolean isAlive() {
        return alive;
    }

    /** The session, be it alive or claimed; null if it was removed. */
    @Nullable
    SessionSnapshot snapshot() {
        return snapshot;
    }
}
