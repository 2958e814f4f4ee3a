package dev.holdfast.peer;

import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Mark;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last versions that a session has gone through at its owner, one save after another, each with the greatest mark that it had: what a later one
 * has set or removed has a greater mark. So who knows one of them need not be sent what it has. Kept for sessions that were sent
 * to a member that does not keep them, and only while nothing but saves has changed them: not over a merge, whose marks are of two
 * histories. Guarded by its entry.
 */
final class RecentVersions {

    /** As many as four or five nodes that serve a session in turn need, and two requests at a time. */
    private static final int MOST = 8;

    /** Version and mark of each, as a ring. */
    private final long[] ring = new long[2 * MOST];

    /** Ever added. */
    private int count;

    RecentVersions(SessionSnapshot first) {
        add(first);
    }

    private void add(SessionSnapshot next) {
        int at = 2 * (count % MOST);
        ring[at] = next.version();
        ring[at + 1] = next.lastMark();
        count++;
    }

    /**
     * A session changes from the one to the other.
     *
     * @return what to remember from now on
     */
    @Nullable
    RecentVersions changed(@Nullable SessionRecord before, @Nullable SessionRecord after) {
        if (!(before instanceof SessionRecord.Alive was && after instanceof SessionRecord.Alive is)) {
            return null;
        }
        if (was.snapshot().version() != ring[2 * ((count - 1) % MOST)]) {
            return null;
        }
        if (is.snapshot().version() != was.snapshot().version()) {
            add(is.snapshot());
        }
        return this;
    }

    /** The place of this version; -1 if it is none of them. */
    private int find(long version) {
        for (int each = Math.max(0, count - MOST); each < count; each++) {
            if (ring[2 * (each % MOST)] == version) {
                return each;
            }
        }
        return -1;
    }

    boolean contains(long version) {
        return find(version) >= 0;
    }

    /**
     * What was set since {@code known}. Null if that is not known, is everything, or if something was removed since.
     *
     * @param now the session as it is, or was a moment ago
     */
    Loaded.@Nullable Changed since(long known, Loaded.Found now) {
        SessionSnapshot snapshot = now.snapshot();
        int from = find(known);
        if (from < 0 || find(snapshot.version()) < from) {
            return null;
        }
        long mark = ring[2 * (from % MOST) + 1];
        for (long removal : snapshot.removed().values()) {
            if (removal > mark) {
                return null;
            }
        }
        Map<String, StoredAttribute> changed = new HashMap<>();
        snapshot.attributes().forEach((name, attribute) -> {
            if (attribute.mark() > mark || attribute.mark() == Mark.NONE) {
                changed.put(name, attribute);
            }
        });
        return changed.size() == snapshot.attributes().size()
                ? null
                : new Loaded.Changed(
                        snapshot.version(),
                        snapshot.lastAccessedAt(),
                        snapshot.maxInactive(),
                        changed,
                        null,
                        now.idle(),
                        now.accessNoted());
    }
}
