package dev.holdfast.peer;

import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sessions, records and deltas as parts of a message. The store's times are sent as ages by the sender's clock and become
 * times of the receiver's: clocks of two machines are never compared. {@code createdAt} is the application's and travels as
 * it is.
 */
final class RecordCodec {

    private static final int ALIVE = 1;
    private static final int CLAIMED = 2;
    private static final int TOMBSTONE = 3;

    /** Later or earlier than a member can live to see; keeps sums of hostile ages within {@link Instant}. */
    private static final Duration AGES_AWAY = WireReader.LONGEST_AGE;

    private final String application;

    /** @param application of every key in every message */
    RecordCodec(String application) {
        this.application = application;
    }

    SessionKey key(WireReader in) throws WireException {
        return in.key(application);
    }

    void write(WireWriter out, SessionRecord record, long nowMillis) {
        if (record instanceof SessionRecord.Alive alive) {
            out.oneByte(ALIVE);
            out.fixedLong(alive.previous());
            write(out, alive.snapshot(), nowMillis);
        } else if (record instanceof SessionRecord.Claimed claimed) {
            out.oneByte(CLAIMED);
            out.fixedLong(claimed.op());
            writeTime(out, claimed.leaseEnd(), nowMillis);
            write(out, claimed.snapshot(), nowMillis);
        } else {
            SessionRecord.Tombstone tombstone = (SessionRecord.Tombstone) record;
            out.oneByte(TOMBSTONE);
            out.fixedLong(tombstone.op());
            writeOptionalKey(out, tombstone.successor());
            writeTime(out, tombstone.until(), nowMillis);
            out.bool(tombstone.wasAbsent());
        }
    }

    SessionRecord record(WireReader in, SessionKey key, long nowMillis) throws WireException {
        int kind = in.oneByte();
        return switch (kind) {
            case ALIVE -> {
                long previous = version(in);
                yield new SessionRecord.Alive(snapshot(in, key, nowMillis), previous);
            }
            case CLAIMED -> {
                long op = in.fixedLong();
                Instant leaseEnd = time(in, nowMillis);
                yield new SessionRecord.Claimed(snapshot(in, key, nowMillis), op, leaseEnd);
            }
            case TOMBSTONE -> {
                long op = in.fixedLong();
                SessionKey successor = optionalKey(in);
                yield new SessionRecord.Tombstone(op, successor, time(in, nowMillis), in.bool());
            }
            default -> throw new WireException("unknown kind of record " + kind);
        };
    }

    /** Without its key, which stands elsewhere in the message, and without a token. */
    void write(WireWriter out, SessionSnapshot snapshot, long nowMillis) {
        out.fixedLong(snapshot.version());
        writeInstant(out, snapshot.createdAt());
        writeTime(out, snapshot.lastAccessedAt(), nowMillis);
        out.duration(snapshot.maxInactive());
        out.unsigned(snapshot.attributes().size());
        snapshot.attributes().forEach((name, attribute) -> {
            out.text(name);
            out.fixedLong(attribute.mark());
            out.block(attribute.bytes());
        });
        out.unsigned(snapshot.removed().size());
        snapshot.removed().forEach((name, mark) -> {
            out.text(name);
            out.fixedLong(mark);
        });
    }

    SessionSnapshot snapshot(WireReader in, SessionKey key, long nowMillis) throws WireException {
        long version = version(in);
        Instant createdAt = instant(in);
        Instant lastAccessedAt = time(in, nowMillis);
        Duration maxInactive = in.duration();
        int count = in.count(10);
        Map<String, StoredAttribute> attributes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.text();
            long mark = in.fixedLong();
            attributes.put(name, new StoredAttribute(in.block(), mark));
        }
        int removedCount = in.count(9);
        if (removedCount > SessionSnapshot.MAX_REMOVED) {
            throw new WireException(removedCount + " removed names");
        }
        Map<String, Long> removed = new HashMap<>();
        for (int i = 0; i < removedCount; i++) {
            String name = in.text();
            removed.put(name, in.fixedLong());
        }
        return new SessionSnapshot(key, version, createdAt, lastAccessedAt, maxInactive, attributes, removed, null);
    }

    void write(WireWriter out, SessionDelta delta) {
        out.unsigned(delta.stamp());
        out.age(delta.age());
        out.bool(delta.maxInactive() != null);
        if (delta.maxInactive() != null) {
            out.duration(delta.maxInactive());
        }
        out.unsigned(delta.changed().size());
        delta.changed().forEach((name, bytes) -> {
            out.text(name);
            out.block(bytes);
        });
        out.unsigned(delta.removed().size());
        delta.removed().forEach(out::text);
    }

    SessionDelta delta(WireReader in) throws WireException {
        long stamp = in.unsigned();
        if (stamp < 1 || stamp > Version.MAX_STAMP) {
            throw new WireException("stamp out of range");
        }
        Duration age = in.age();
        Duration maxInactive = in.bool() ? in.duration() : null;
        int count = in.count(2);
        Map<String, byte[]> changed = new HashMap<>();
        for (int i = 0; i < count; i++) {
            String name = in.text();
            changed.put(name, in.block());
        }
        int removedCount = in.count(1);
        Set<String> removed = new HashSet<>();
        for (int i = 0; i < removedCount; i++) {
            String name = in.text();
            if (changed.containsKey(name)) {
                throw new WireException("a name is both changed and removed");
            }
            removed.add(name);
        }
        return new SessionDelta((int) stamp, changed, removed, age, maxInactive);
    }

    long version(WireReader in) throws WireException {
        long version = in.fixedLong();
        if (!Version.isValid(version)) {
            throw new WireException("not a version");
        }
        return version;
    }

    void writeInstant(WireWriter out, Instant instant) {
        out.signed(instant.getEpochSecond());
        out.unsigned(instant.getNano());
    }

    Instant instant(WireReader in) throws WireException {
        long seconds = in.signed();
        long nanos = in.unsigned();
        if (nanos < 0 || nanos > 999_999_999) {
            throw new WireException("not a time");
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new WireException("not a time");
        }
    }

    private static void writeTime(WireWriter out, Instant time, long nowMillis) {
        out.duration(bounded(Duration.between(Instant.ofEpochMilli(nowMillis), time)));
    }

    private static Instant time(WireReader in, long nowMillis) throws WireException {
        return Instant.ofEpochMilli(nowMillis).plus(bounded(in.duration()));
    }

    private static Duration bounded(Duration fromNow) {
        if (fromNow.compareTo(AGES_AWAY) > 0) {
            return AGES_AWAY;
        }
        Duration before = AGES_AWAY.negated();
        return fromNow.compareTo(before) < 0 ? before : fromNow;
    }

    void writeOptionalKey(WireWriter out, @Nullable SessionKey key) {
        out.bool(key != null);
        if (key != null) {
            out.key(key);
        }
    }

    @Nullable
    SessionKey optionalKey(WireReader in) throws WireException {
        return in.bool() ? key(in) : null;
    }
}
