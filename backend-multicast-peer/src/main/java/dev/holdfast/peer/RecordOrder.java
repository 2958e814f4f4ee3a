package dev.holdfast.peer;

import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which of two records of one session is to be kept. Within one history of views there is one later than the other; after a
 * partition each side went on alone, and then the rules are:
 *
 * <ol>
 *   <li>a removal wins over everything: who logged out stays logged out;
 *   <li>else the higher version wins, whole: the higher counter, then the greater last mark, then the greater stamp. What the
 *       other side wrote is lost;
 *   <li>of equal versions, the later access counts, and a claim wins unless the session was accessed after it.
 * </ol>
 *
 * The same on every member and in every order of arrival.
 */
final class RecordOrder {

    /** What an outline is of. */
    enum Kind {
        ALIVE(1),
        CLAIMED(2),
        TOMBSTONE(3);

        /** In messages. */
        final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    /**
     * @param version {@link Version#NONE} for a tombstone
     * @param accessedAgo how long ago the last access was; zero for a tombstone; negative if its time is yet to come
     */
    record Outline(Kind kind, long version, Duration accessedAgo) {}

    /** An age that travels arrives older than it says; by this much no access counts as another one. */
    private static final Duration TRAVEL = Duration.ofSeconds(1);

    private RecordOrder() {}

    static Outline outline(SessionRecord record, long nowMillis) {
        SessionSnapshot snapshot = snapshot(record);
        if (snapshot == null) {
            return new Outline(Kind.TOMBSTONE, Version.NONE, Duration.ZERO);
        }
        Kind kind = record instanceof SessionRecord.Alive ? Kind.ALIVE : Kind.CLAIMED;
        Duration ago = Duration.between(snapshot.lastAccessedAt(), Instant.ofEpochMilli(nowMillis));
        return new Outline(kind, snapshot.version(), ago);
    }

    /** Whether a record of this outline could change {@code mine} by more than its last access. */
    static boolean isWanted(@Nullable SessionRecord mine, Outline offered) {
        if (mine == null) {
            return true;
        }
        SessionSnapshot snapshot = snapshot(mine);
        if (snapshot == null) {
            return false;
        }
        if (offered.kind() == Kind.TOMBSTONE) {
            return true;
        }
        long counter = Version.counter(offered.version());
        long myCounter = Version.counter(snapshot.version());
        if (counter != myCounter) {
            return counter > myCounter;
        }
        return offered.version() != snapshot.version()
                || (offered.kind() == Kind.ALIVE) != (mine instanceof SessionRecord.Alive);
    }

    /** The one to keep; {@code mine} itself if the other adds nothing. */
    static SessionRecord later(@Nullable SessionRecord mine, SessionRecord other) {
        if (mine == null) {
            return other;
        }
        SessionSnapshot a = snapshot(mine);
        SessionSnapshot b = snapshot(other);
        if (a == null || b == null) {
            return laterTombstone(mine, other);
        }
        if (a.version() != b.version()) {
            return compareContent(a, b) >= 0 ? mine : other;
        }
        return sameVersion(mine, a, other, b);
    }

    private static SessionRecord laterTombstone(SessionRecord mine, SessionRecord other) {
        if (!(mine instanceof SessionRecord.Tombstone a)) {
            return other;
        }
        if (!(other instanceof SessionRecord.Tombstone b)) {
            return mine;
        }
        // Two removals, one on either side of a partition. A successor is worth more than none; else any fixed choice
        // does.
        if ((a.successor() == null) != (b.successor() == null)) {
            return a.successor() != null ? a : b;
        }
        return Long.compareUnsigned(a.op(), b.op()) >= 0 ? a : b;
    }

    private static int compareContent(SessionSnapshot a, SessionSnapshot b) {
        int byCounter = Long.compare(Version.counter(a.version()), Version.counter(b.version()));
        if (byCounter != 0) {
            return byCounter;
        }
        int byMark = Long.compare(a.lastMark(), b.lastMark());
        return byMark != 0 ? byMark : Long.compare(a.version(), b.version());
    }

    private static SessionRecord sameVersion(
            SessionRecord mine, SessionSnapshot a, SessionRecord other, SessionSnapshot b) {
        if (mine instanceof SessionRecord.Alive x && other instanceof SessionRecord.Alive y) {
            if (!b.lastAccessedAt().isAfter(a.lastAccessedAt())) {
                return mine;
            }
            return new SessionRecord.Alive(a.accessedAt(b.lastAccessedAt()), Math.max(x.previous(), y.previous()));
        }
        if (mine instanceof SessionRecord.Claimed x && other instanceof SessionRecord.Claimed y) {
            int byLease = x.leaseEnd().compareTo(y.leaseEnd());
            int order = byLease != 0 ? byLease : Long.compareUnsigned(x.op(), y.op());
            return order >= 0 ? mine : other;
        }
        boolean mineIsAlive = mine instanceof SessionRecord.Alive;
        SessionSnapshot alive = mineIsAlive ? a : b;
        SessionSnapshot claimed = mineIsAlive ? b : a;
        boolean aliveWins =
                alive.lastAccessedAt().isAfter(claimed.lastAccessedAt().plus(TRAVEL));
        return mineIsAlive == aliveWins ? mine : other;
    }

    private static @Nullable SessionSnapshot snapshot(SessionRecord record) {
        if (record instanceof SessionRecord.Alive alive) {
            return alive.snapshot();
        }
        return record instanceof SessionRecord.Claimed claimed ? claimed.snapshot() : null;
    }
}
