package dev.holdfast.spi;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * All that a store which keeps whole records knows about one session; a session it knows nothing about has none. Immutable;
 * {@link SessionLifecycle} says how one record becomes the next. All instants are the store's clock's.
 */
public sealed interface SessionRecord {

    /**
     * A session. Also one that has expired but that nobody has claimed yet.
     *
     * @param previous the version that the last save found, {@link Version#NONE} if it created the session. It tells a repeat
     *     of that save whether it had merged with others
     */
    record Alive(SessionSnapshot snapshot, long previous) implements SessionRecord {}

    /**
     * An expired session in the hands of the node that runs its listeners. Removed, for everybody else.
     *
     * @param op the claim's identity
     * @param leaseEnd from when on it is handed out again
     */
    record Claimed(SessionSnapshot snapshot, long op, Instant leaseEnd) implements SessionRecord {}

    /**
     * What stays of a removed session, so that nobody brings it back.
     *
     * @param op the identity of the removal, by which a repeat is recognised
     * @param successor where the session goes on after its id was changed, null if it ended
     * @param until from when on it may be forgotten
     * @param wasAbsent whether there was nothing to remove
     * @param idleLimit of the session, if it expired; null if somebody ended it. Where two copies of a session went separate
     *     ways an explicit end wins over everything, but an expiry loses to an access that is later than this
     */
    record Tombstone(
            long op,
            @Nullable SessionKey successor,
            Instant until,
            boolean wasAbsent,
            @Nullable Instant idleLimit) implements SessionRecord {}

    /**
     * This record on a machine whose clock is ahead by {@code difference} (behind, if negative). Only the times that are the
     * store's move; {@link SessionSnapshot#createdAt} is the application's.
     */
    default SessionRecord onClockAheadBy(Duration difference) {
        if (this instanceof Alive alive) {
            return new Alive(moved(alive.snapshot, difference), alive.previous);
        }
        if (this instanceof Claimed claimed) {
            return new Claimed(
                    moved(claimed.snapshot, difference), claimed.op, Times.plus(claimed.leaseEnd, difference));
        }
        Tombstone tombstone = (Tombstone) this;
        return new Tombstone(
                tombstone.op,
                tombstone.successor,
                Times.plus(tombstone.until, difference),
                tombstone.wasAbsent,
                tombstone.idleLimit == null ? null : Times.plus(tombstone.idleLimit, difference));
    }

    private static SessionSnapshot moved(SessionSnapshot snapshot, Duration difference) {
        return snapshot.withLastAccessedAt(Times.plus(snapshot.lastAccessedAt(), difference));
    }
}
