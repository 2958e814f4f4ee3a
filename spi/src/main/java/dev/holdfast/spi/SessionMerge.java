package dev.holdfast.spi;

import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/**
 * What two copies of one session make together that went separate ways: homes that a node reached while another did not, the
 * sides of a partition. Nothing that either of them acknowledged is lost, but for writes of the same attribute.
 *
 * <ol>
 *   <li>An explicit end of the session wins over everything: who logged out stays logged out.
 *   <li>An expiry, be it claimed or confirmed, loses to a copy that was accessed after the idle limit that it went by.
 *   <li>Of two live copies each attribute is taken from the one where it was written or removed later, by its {@link Mark};
 *       one that only one of them knows is kept. {@code maxInactive} comes from the one that was written last.
 *   <li>The last access is the later one.
 * </ol>
 *
 * The same result whichever copy comes first and whoever computes it: nodes that merge at the same time agree. A result that
 * is new content has a new version, above both. Pure, thread-safe. All times must be of one clock.
 */
public final class SessionMerge {

    private SessionMerge() {}

    /** @return one of the two, if it says all that both say */
    public static SessionRecord merge(SessionRecord one, SessionRecord other) {
        if (one.equals(other)) {
            return one;
        }
        if (one instanceof SessionRecord.Tombstone a) {
            return other instanceof SessionRecord.Tombstone b ? later(a, b) : withTombstone(a, other);
        }
        if (other instanceof SessionRecord.Tombstone b) {
            return withTombstone(b, one);
        }
        if (one instanceof SessionRecord.Claimed a) {
            return other instanceof SessionRecord.Claimed b ? merge(a, b) : merge((SessionRecord.Alive) other, a);
        }
        SessionRecord.Alive a = (SessionRecord.Alive) one;
        return other instanceof SessionRecord.Claimed b ? merge(a, b) : merge(a, (SessionRecord.Alive) other);
    }

    private static SessionRecord merge(SessionRecord.Alive a, SessionRecord.Alive b) {
        SessionSnapshot merged = merge(a.snapshot(), b.snapshot());
        long previous = merged.version() == a.snapshot().version() ? a.previous() : b.previous();
        if (a.snapshot().version() == b.snapshot().version()) {
            previous = Math.max(a.previous(), b.previous());
        } else if (merged.version() != a.snapshot().version()
                && merged.version() != b.snapshot().version()) {
            // Nobody's save made it, so it is nobody's repeat.
            previous = Version.NONE;
        }
        return new SessionRecord.Alive(merged, previous);
    }

    private static SessionRecord merge(SessionRecord.Alive alive, SessionRecord.Claimed claimed) {
        SessionSnapshot merged = merge(alive.snapshot(), claimed.snapshot());
        if (alive.snapshot().lastAccessedAt().isAfter(claimed.snapshot().idleLimit())) {
            return new SessionRecord.Alive(merged, alive.previous());
        }
        return new SessionRecord.Claimed(merged, claimed.op(), claimed.leaseEnd());
    }

    private static SessionRecord merge(SessionRecord.Claimed a, SessionRecord.Claimed b) {
        int byLease = a.leaseEnd().compareTo(b.leaseEnd());
        SessionRecord.Claimed later = (byLease != 0 ? byLease : Long.compareUnsigned(a.op(), b.op())) >= 0 ? a : b;
        return new SessionRecord.Claimed(merge(a.snapshot(), b.snapshot()), later.op(), later.leaseEnd());
    }

    private static SessionRecord withTombstone(SessionRecord.Tombstone tombstone, SessionRecord session) {
        SessionSnapshot snapshot = session instanceof SessionRecord.Alive alive
                ? alive.snapshot()
                : ((SessionRecord.Claimed) session).snapshot();
        Instant idleLimit = tombstone.idleLimit();
        return idleLimit != null && snapshot.lastAccessedAt().isAfter(idleLimit) ? session : tombstone;
    }

    /** An explicit end says more than an expiry, one that names a successor more than one that does not. */
    private static SessionRecord later(SessionRecord.Tombstone a, SessionRecord.Tombstone b) {
        if ((a.idleLimit() == null) != (b.idleLimit() == null)) {
            return a.idleLimit() == null ? a : b;
        }
        if ((a.successor() == null) != (b.successor() == null)) {
            return a.successor() != null ? a : b;
        }
        if (a.wasAbsent() != b.wasAbsent()) {
            return a.wasAbsent() ? b : a;
        }
        int byEnd = a.until().compareTo(b.until());
        return (byEnd != 0 ? byEnd : Long.compareUnsigned(a.op(), b.op())) >= 0 ? a : b;
    }

    private static SessionSnapshot merge(SessionSnapshot one, SessionSnapshot other) {
        SessionSnapshot later = isLater(one, other) ? one : other;
        SessionSnapshot earlier = later == one ? other : one;
        Map<String, StoredAttribute> attributes = new HashMap<>(later.attributes());
        Map<String, Long> removed = new HashMap<>(later.removed());
        earlier.attributes().forEach((name, attribute) -> {
            StoredAttribute mine = later.attributes().get(name);
            Long removal = later.removed().get(name);
            if (mine != null ? isLater(attribute, mine) : removal == null || attribute.mark() > removal) {
                attributes.put(name, attribute);
                removed.remove(name);
            }
        });
        earlier.removed().forEach((name, mark) -> {
            StoredAttribute mine = later.attributes().get(name);
            if (mine != null ? mark >= mine.mark() : removed.getOrDefault(name, Mark.NONE) < mark) {
                if (attributes.get(name) == mine) {
                    attributes.remove(name);
                    removed.merge(name, mark, Math::max);
                }
            }
        });
        while (removed.size() > SessionSnapshot.MAX_REMOVED) {
            removed.remove(Collections.min(
                            removed.entrySet(),
                            Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .getKey());
        }
        boolean nothingNew = attributes.equals(later.attributes()) && removed.equals(later.removed());
        return new SessionSnapshot(
                        later.key(),
                        nothingNew ? later.version() : versionAbove(later.version(), earlier.version()),
                        later.createdAt(),
                        later.lastAccessedAt(),
                        later.maxInactive(),
                        attributes,
                        removed,
                        later.token())
                .accessedAt(earlier.lastAccessedAt());
    }

    /** Of the one that was written last, as far as marks tell; else any order will do that is the same for everybody. */
    private static boolean isLater(SessionSnapshot one, SessionSnapshot other) {
        int byCounter = Long.compare(Version.counter(one.version()), Version.counter(other.version()));
        if (byCounter != 0) {
            return byCounter > 0;
        }
        int byMark = Long.compare(one.lastMark(), other.lastMark());
        return (byMark != 0 ? byMark : Long.compare(one.version(), other.version())) >= 0;
    }

    private static boolean isLater(StoredAttribute one, StoredAttribute other) {
        return one.mark() != other.mark()
                ? one.mark() > other.mark()
                // A different write within the same millisecond by saves that share a stamp.
                : java.util.Arrays.compareUnsigned(one.bytes(), other.bytes()) > 0;
    }

    /** A stamp that everybody computes who merges these two; greater counters first, so that the order does not matter. */
    private static long versionAbove(long later, long earlier) {
        long mixed = (later * 0x9E3779B97F4A7C15L) ^ (earlier * 0xC2B2AE3D27D4EB4FL);
        int stamp = (int) Long.remainderUnsigned(mixed ^ mixed >>> 32, Version.MAX_STAMP) + 1;
        return Version.next(later, stamp);
    }
}
