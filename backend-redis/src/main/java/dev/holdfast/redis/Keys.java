package dev.holdfast.redis;

import dev.holdfast.redis.server.Slots;
import dev.holdfast.spi.SessionKey;
import java.nio.charset.StandardCharsets;

/**
 * The keys of one application. Part of the format: every node of every release must compute the same ones.
 *
 * <p>Sessions are spread over {@value #BUCKETS} buckets, each with one hash tag, so that a session and the deadlines it is
 * listed in share a hash slot and one script can change both:
 *
 * <ul>
 *   <li>{@code hf:{app.7f}:s:<id>} a hash: the session, or what is left of it
 *   <li>{@code hf:{app.7f}:due} a sorted set: ids by the time to look at them, in milliseconds
 *   <li>{@code hf:{app.7f}:l:<id>} a string: the token of who holds the session's lock
 * </ul>
 *
 * Immutable, thread-safe.
 */
final class Keys {

    static final int BUCKETS = 256;

    private static final String SESSION = "s:";
    private static final String LOCK = "l:";

    private final String application;
    private final String[] prefixes = new String[BUCKETS];
    private final byte[][] deadlines = new byte[BUCKETS][];
    private final int[] slots = new int[BUCKETS];

    Keys(String application) {
        this.application = application;
        for (int bucket = 0; bucket < BUCKETS; bucket++) {
            String tag = application + "." + Character.forDigit(bucket >> 4, 16) + Character.forDigit(bucket & 15, 16);
            prefixes[bucket] = "hf:{" + tag + "}:";
            deadlines[bucket] = ascii(prefixes[bucket] + "due");
            slots[bucket] = Slots.of(ascii(tag));
        }
    }

    /** By {@link String#hashCode}, whose value Java prescribes, folded because its low bits alone depend on few characters. */
    static int bucketOf(SessionKey key) {
        int hash = key.opaque().hashCode();
        hash ^= hash >>> 16;
        return (hash ^ hash >>> 8) & (BUCKETS - 1);
    }

    int slotOf(int bucket) {
        return slots[bucket];
    }

    byte[] session(SessionKey key) {
        return ascii(prefixes[bucketOf(key)] + SESSION + key.opaque());
    }

    byte[] lock(SessionKey key) {
        return ascii(prefixes[bucketOf(key)] + LOCK + key.opaque());
    }

    byte[] deadlines(int bucket) {
        return deadlines[bucket];
    }

    /** The session that a member of a sorted set of deadlines names; null if it cannot be one of this bucket. */
    @org.jspecify.annotations.Nullable
    SessionKey member(int bucket, byte[] member) {
        String opaque = new String(member, StandardCharsets.ISO_8859_1);
        if (!SessionKey.isOpaque(opaque)) {
            return null;
        }
        SessionKey key = new SessionKey(application, opaque);
        return bucketOf(key) == bucket ? key : null;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
