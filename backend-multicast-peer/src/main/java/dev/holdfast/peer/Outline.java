package dev.holdfast.peer;

import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What has to be known of a record to see whether it could tell another member anything new. Which of two records is kept, or
 * what they make together, is decided by {@link dev.holdfast.spi.SessionMerge}.
 *
 * @param version {@link Version#NONE} for a tombstone
 * @param accessedAgo how long ago the last access was; zero for a tombstone; negative if its time is yet to come
 */
record Outline(Kind kind, long version, Duration accessedAgo) {

    /** What an outline is of. */
    enum Kind {
        ALIVE(1),
        CLAIMED(2),
        /** Somebody ended the session. */
        ENDED(3),
        /** Time did. */
        EXPIRED(4);

        /** In messages. */
        final int code;

        Kind(int code) {
            this.code = code;
        }
    }

    static Outline of(SessionRecord record, long nowMillis) {
        if (record instanceof SessionRecord.Tombstone tombstone) {
            return new Outline(tombstone.idleLimit() == null ? Kind.ENDED : Kind.EXPIRED, Version.NONE, Duration.ZERO);
        }
        boolean alive = record instanceof SessionRecord.Alive;
        SessionSnapshot snapshot =
                alive ? ((SessionRecord.Alive) record).snapshot() : ((SessionRecord.Claimed) record).snapshot();
        Duration ago = Duration.between(snapshot.lastAccessedAt(), Instant.ofEpochMilli(nowMillis));
        return new Outline(alive ? Kind.ALIVE : Kind.CLAIMED, snapshot.version(), ago);
    }

    /** Whether a record of this outline could change {@code mine} by more than its last access. */
    boolean isNewsTo(@Nullable SessionRecord mine) {
        if (mine == null) {
            return true;
        }
        Outline known = of(mine, 0);
        if (known.kind == Kind.ENDED) {
            return false;
        }
        // Versions of two histories cannot be compared: whatever is not the same may have something that this has not.
        return known.kind != kind || known.version != version;
    }
}
