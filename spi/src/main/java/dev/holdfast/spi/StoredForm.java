package dev.holdfast.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The binary form of what a store keeps and of what stores tell each other. docs/stored-format.md describes it byte by byte.
 * Equal values have equal bytes. Pure, thread-safe.
 *
 * <p>The key is not in the bytes, but the checksum covers it: bytes that are found under another key than they were written
 * for are corrupt. The checksum finds accidents; against forgers it does nothing (that is the filter's encryption).
 *
 * <p>Reading believes nothing: whatever the bytes, it ends with a value or with a {@link StoreException} of kind CORRUPT, in
 * time and memory proportional to their number.
 */
public final class StoredForm {

    /** The format version that is written, and the newest that is read. */
    public static final int VERSION = 1;

    private static final int OLDEST_READ = 1;

    private static final int MAGIC = 0x48;
    private static final int HEAD_SIZE = 3;
    private static final int CHECKSUM_SIZE = 4;

    private static final int ALIVE = 1;
    private static final int CLAIMED = 2;
    private static final int TOMBSTONE = 3;
    private static final int SNAPSHOT = 4;
    private static final int DELTA = 5;

    private static final int WAS_ABSENT = 1;
    private static final int HAS_SUCCESSOR = 2;
    private static final int EXPIRED = 4;

    private StoredForm() {}

    /** A record, for the store that keeps it under {@code key}. A token is not written. */
    public static byte[] encode(SessionKey key, SessionRecord record) {
        if (record instanceof SessionRecord.Alive alive) {
            FormWriter out = open(ALIVE, sizeOf(alive.snapshot()));
            out.varint(alive.previous());
            write(out, alive.snapshot());
            return seal(out, key);
        }
        if (record instanceof SessionRecord.Claimed claimed) {
            FormWriter out = open(CLAIMED, sizeOf(claimed.snapshot()));
            out.fixedLong(claimed.op());
            out.instant(claimed.leaseEnd());
            write(out, claimed.snapshot());
            return seal(out, key);
        }
        SessionRecord.Tombstone tombstone = (SessionRecord.Tombstone) record;
        SessionKey successor = tombstone.successor();
        FormWriter out = open(TOMBSTONE, 0);
        Instant idleLimit = tombstone.idleLimit();
        out.octet((tombstone.wasAbsent() ? WAS_ABSENT : 0)
                | (successor != null ? HAS_SUCCESSOR : 0)
                | (idleLimit != null ? EXPIRED : 0));
        out.fixedLong(tombstone.op());
        out.instant(tombstone.until());
        if (successor != null) {
            out.text(successor.application());
            out.text(successor.opaque());
        }
        if (idleLimit != null) {
            out.instant(idleLimit);
        }
        return seal(out, key);
    }

    /** @throws StoreException CORRUPT if these are not the bytes of a record of {@code key} */
    public static SessionRecord decodeRecord(SessionKey key, byte[] bytes) throws StoreException {
        FormReader in = unseal(key, bytes);
        int kind = in.octet();
        SessionRecord record = switch (kind) {
            case ALIVE -> {
                long previous = version(in);
                yield new SessionRecord.Alive(snapshot(in, key), previous);
            }
            case CLAIMED -> {
                long op = in.fixedLong();
                Instant leaseEnd = in.instant();
                yield new SessionRecord.Claimed(snapshot(in, key), op, leaseEnd);
            }
            case TOMBSTONE -> tombstone(in);
            default -> throw in.corrupt("something that is no record");
        };
        in.requireEnd();
        return record;
    }

    /** A snapshot, without its token. */
    public static byte[] encode(SessionSnapshot snapshot) {
        FormWriter out = open(SNAPSHOT, sizeOf(snapshot));
        write(out, snapshot);
        return seal(out, snapshot.key());
    }

    /** @throws StoreException CORRUPT if these are not the bytes of a snapshot of {@code key} */
    public static SessionSnapshot decodeSnapshot(SessionKey key, byte[] bytes) throws StoreException {
        FormReader in = unseal(key, bytes);
        if (in.octet() != SNAPSHOT) {
            throw in.corrupt("something that is no snapshot");
        }
        SessionSnapshot snapshot = snapshot(in, key);
        in.requireEnd();
        return snapshot;
    }

    /** A delta to the session under {@code key}, for messages between stores. */
    public static byte[] encode(SessionKey key, SessionDelta delta) {
        int size = 0;
        for (byte[] value : delta.changed().values()) {
            size = plus(size, value.length);
        }
        FormWriter out = open(DELTA, size);
        out.varint(delta.stamp());
        out.duration(delta.age());
        Duration maxInactive = delta.maxInactive();
        out.octet(maxInactive != null ? 1 : 0);
        if (maxInactive != null) {
            out.duration(maxInactive);
        }
        out.varint(delta.changed().size());
        for (String name : sorted(delta.changed().keySet())) {
            out.text(name);
            out.blob(of(delta.changed(), name));
        }
        out.varint(delta.removed().size());
        for (String name : sorted(delta.removed())) {
            out.text(name);
        }
        return seal(out, key);
    }

    /** @throws StoreException CORRUPT if these are not the bytes of a delta to {@code key} */
    public static SessionDelta decodeDelta(SessionKey key, byte[] bytes) throws StoreException {
        FormReader in = unseal(key, bytes);
        if (in.octet() != DELTA) {
            throw in.corrupt("something that is no delta");
        }
        int stamp = in.number(Version.MAX_STAMP);
        Duration age = in.duration();
        Duration maxInactive = in.number(1) == 1 ? in.duration() : null;
        Map<String, byte[]> changed = new HashMap<>();
        String last = null;
        for (int left = in.count(2); left > 0; left--) {
            last = nextName(in, last);
            changed.put(last, in.blob());
        }
        Set<String> removed = new HashSet<>();
        last = null;
        for (int left = in.count(1); left > 0; left--) {
            last = nextName(in, last);
            removed.add(last);
        }
        in.requireEnd();
        if (stamp == 0 || age.isNegative() || !Collections.disjoint(changed.keySet(), removed)) {
            throw in.corrupt("a delta that no save can have");
        }
        return new SessionDelta(stamp, changed, removed, age, maxInactive);
    }

    private static void write(FormWriter out, SessionSnapshot snapshot) {
        out.varint(snapshot.version());
        out.instant(snapshot.createdAt());
        out.instant(snapshot.lastAccessedAt());
        out.duration(snapshot.maxInactive());
        // A mark is written as the difference to the one before it: what one save wrote has one mark.
        long mark = Mark.NONE;
        out.varint(snapshot.attributes().size());
        for (String name : sorted(snapshot.attributes().keySet())) {
            StoredAttribute attribute = of(snapshot.attributes(), name);
            out.text(name);
            out.signed(attribute.mark() - mark);
            out.blob(attribute.bytes());
            mark = attribute.mark();
        }
        out.varint(snapshot.removed().size());
        for (String name : sorted(snapshot.removed().keySet())) {
            long removed = of(snapshot.removed(), name);
            out.text(name);
            out.signed(removed - mark);
            mark = removed;
        }
    }

    private static SessionSnapshot snapshot(FormReader in, SessionKey key) {
        long version = version(in);
        Instant createdAt = in.instant();
        Instant lastAccessedAt = in.instant();
        Duration maxInactive = in.duration();
        long mark = Mark.NONE;
        Map<String, StoredAttribute> attributes = new HashMap<>();
        String last = null;
        for (int left = in.count(3); left > 0; left--) {
            last = nextName(in, last);
            mark += in.signed();
            attributes.put(last, new StoredAttribute(in.blob(), mark));
        }
        Map<String, Long> removed = new HashMap<>();
        last = null;
        for (int left = in.count(2); left > 0; left--) {
            last = nextName(in, last);
            mark += in.signed();
            removed.put(last, mark);
        }
        return new SessionSnapshot(key, version, createdAt, lastAccessedAt, maxInactive, attributes, removed, null);
    }

    private static SessionRecord.Tombstone tombstone(FormReader in) {
        int flags = in.number(WAS_ABSENT | HAS_SUCCESSOR | EXPIRED);
        long op = in.fixedLong();
        Instant until = in.instant();
        SessionKey successor = null;
        if ((flags & HAS_SUCCESSOR) != 0) {
            try {
                successor = new SessionKey(in.text(), in.text());
            } catch (IllegalArgumentException e) {
                throw in.corrupt("a successor that is no key");
            }
        }
        Instant idleLimit = (flags & EXPIRED) != 0 ? in.instant() : null;
        return new SessionRecord.Tombstone(op, successor, until, (flags & WAS_ABSENT) != 0, idleLimit);
    }

    private static long version(FormReader in) {
        long version = in.varint();
        if (!Version.isValid(version)) {
            throw in.corrupt("a version that no save can make");
        }
        return version;
    }

    /** Names come in ascending order, which makes them unique too. */
    private static String nextName(FormReader in, @Nullable String last) {
        String name = in.text();
        if (last != null && name.compareTo(last) <= 0) {
            throw in.corrupt("names out of order");
        }
        return name;
    }

    private static FormWriter open(int kind, int contentSize) {
        FormWriter out = new FormWriter(plus(contentSize, 64));
        out.octet(MAGIC);
        out.octet(VERSION);
        out.octet(kind);
        return out;
    }

    private static byte[] seal(FormWriter out, SessionKey key) {
        CRC32C crc = begin(key);
        out.addTo(crc);
        out.fixedInt((int) crc.getValue());
        return out.written();
    }

    /** Checks what is around the content; the reader returned stands before the kind. */
    private static FormReader unseal(SessionKey key, byte[] bytes) {
        int end = bytes.length - CHECKSUM_SIZE;
        if (end < HEAD_SIZE || bytes[0] != MAGIC) {
            throw new StoreException(
                    StoreException.Kind.CORRUPT, bytes.length + " stored bytes do not begin like a session");
        }
        int version = bytes[1] & 0xFF;
        if (version < OLDEST_READ || version > VERSION) {
            // Before the checksum, whose place and kind another version may have changed.
            throw new StoreException(
                    StoreException.Kind.CORRUPT,
                    "stored bytes are of format version " + version + ", this release reads " + OLDEST_READ + " to "
                            + VERSION);
        }
        CRC32C crc = begin(key);
        crc.update(bytes, 0, end);
        if (new FormReader(bytes, end, bytes.length).fixedInt() != (int) crc.getValue()) {
            throw new StoreException(
                    StoreException.Kind.CORRUPT,
                    bytes.length + " stored bytes have a wrong checksum: damaged, or written for another key");
        }
        return new FormReader(bytes, 2, end);
    }

    /** A checksum that has the key in it. */
    private static CRC32C begin(SessionKey key) {
        CRC32C crc = new CRC32C();
        update(crc, key.application());
        update(crc, key.opaque());
        return crc;
    }

    /** Keys are ASCII; the zero keeps apart where one part ends and the next begins. */
    private static void update(CRC32C crc, String part) {
        for (int i = 0; i < part.length(); i++) {
            crc.update(part.charAt(i));
        }
        crc.update(0);
    }

    private static List<String> sorted(Set<String> names) {
        List<String> sorted = new ArrayList<>(names);
        Collections.sort(sorted);
        return sorted;
    }

    private static <V> V of(Map<String, V> map, String name) {
        V value = map.get(name);
        if (value == null) {
            throw new IllegalStateException("an attribute without a value");
        }
        return value;
    }

    private static int sizeOf(SessionSnapshot snapshot) {
        int size = 0;
        for (StoredAttribute attribute : snapshot.attributes().values()) {
            size = plus(size, attribute.bytes().length + 24);
        }
        return size;
    }

    /** Only an estimate, so one that is too low does no harm. */
    private static int plus(int size, int more) {
        return Math.max(size, size + more);
    }
}
