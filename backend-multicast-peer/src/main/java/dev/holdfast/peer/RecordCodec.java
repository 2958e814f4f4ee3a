package dev.holdfast.peer;

import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredForm;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * Sessions, records and deltas as parts of a message, in the {@link StoredForm}. The store's times are sent as ages by the
 * sender's clock (as times since the epoch's beginning, minus the sender's now) and become times of the receiver's: clocks of
 * two machines are never compared. {@code createdAt} is the application's and travels as it is.
 */
final class RecordCodec {

    private static final Instant NOW = Instant.EPOCH;

    private RecordCodec() {}

    static void write(WireWriter out, SessionKey key, SessionRecord record, long nowMillis) {
        SessionRecord asAges = record.onClockAheadBy(Duration.ofMillis(-nowMillis));
        out.block(StoredForm.encode(key, bounded(asAges)));
    }

    static SessionRecord record(WireReader in, SessionKey key, long nowMillis) throws WireException {
        byte[] bytes = in.block();
        SessionRecord asAges = decode(() -> StoredForm.decodeRecord(key, bytes));
        return bounded(asAges).onClockAheadBy(Duration.ofMillis(nowMillis));
    }

    static void write(WireWriter out, SessionSnapshot snapshot, long nowMillis) {
        Instant asAge = bounded(moved(snapshot.lastAccessedAt(), -nowMillis));
        out.block(StoredForm.encode(snapshot.withLastAccessedAt(asAge)));
    }

    static SessionSnapshot snapshot(WireReader in, SessionKey key, long nowMillis) throws WireException {
        byte[] bytes = in.block();
        SessionSnapshot asAges = decode(() -> StoredForm.decodeSnapshot(key, bytes));
        return asAges.withLastAccessedAt(moved(bounded(asAges.lastAccessedAt()), nowMillis));
    }

    static void write(WireWriter out, SessionKey key, SessionDelta delta) {
        out.block(StoredForm.encode(key, bounded(delta)));
    }

    static SessionDelta delta(WireReader in, SessionKey key) throws WireException {
        byte[] bytes = in.block();
        return bounded(decode(() -> StoredForm.decodeDelta(key, bytes)));
    }

    private static <T> T decode(Supplier<T> form) throws WireException {
        try {
            return form.get();
        } catch (StoreException e) {
            throw new WireException(String.valueOf(e.getMessage()));
        }
    }

    private static SessionRecord bounded(SessionRecord record) {
        if (record instanceof SessionRecord.Alive alive) {
            return new SessionRecord.Alive(bounded(alive.snapshot()), alive.previous());
        }
        if (record instanceof SessionRecord.Claimed claimed) {
            return new SessionRecord.Claimed(bounded(claimed.snapshot()), claimed.op(), bounded(claimed.leaseEnd()));
        }
        SessionRecord.Tombstone tombstone = (SessionRecord.Tombstone) record;
        Instant idleLimit = tombstone.idleLimit();
        return new SessionRecord.Tombstone(
                tombstone.op(),
                tombstone.successor(),
                bounded(tombstone.until()),
                tombstone.wasAbsent(),
                idleLimit == null ? null : bounded(idleLimit));
    }

    private static SessionSnapshot bounded(SessionSnapshot snapshot) {
        return snapshot.withLastAccessedAt(bounded(snapshot.lastAccessedAt()));
    }

    private static SessionDelta bounded(SessionDelta delta) {
        return delta.age().compareTo(WireReader.LONGEST_AGE) <= 0
                ? delta
                : new SessionDelta(
                        delta.stamp(), delta.changed(), delta.removed(), WireReader.LONGEST_AGE, delta.maxInactive());
    }

    /** A time so near to {@link #NOW} that it can be added to every clock. */
    private static Instant bounded(Instant asAge) {
        Instant most = NOW.plus(WireReader.LONGEST_AGE);
        Instant least = NOW.minus(WireReader.LONGEST_AGE);
        return asAge.isAfter(most) ? most : asAge.isBefore(least) ? least : asAge;
    }

    private static Instant moved(Instant time, long millis) {
        // Twice as far as bounded: times of a clock, not ages. No clock of a machine is further off than that.
        Instant most = NOW.plus(WireReader.LONGEST_AGE.multipliedBy(2));
        Instant least = NOW.minus(WireReader.LONGEST_AGE.multipliedBy(2));
        return (time.isAfter(most) ? most : time.isBefore(least) ? least : time).plusMillis(millis);
    }
}
