package dev.holdfast.filter.session;

import java.util.Collection;
import java.util.Iterator;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The live sessions of this node by id, bounded. A session in use is never evicted, so the bound may be passed by as many
 * sessions as there are requests. Thread-safe; no I/O happens in here.
 */
final class NearCache {

    /** How many sessions are looked at to find one to evict: an approximation of least-recently-used, as Redis does it. */
    private static final int SAMPLE = 16;

    private final ConcurrentHashMap<String, LiveSession> byId = new ConcurrentHashMap<>();
    private final int maxSize;

    /** Goes round the map so that each eviction looks at other sessions. Guarded by {@code this}. */
    private Iterator<LiveSession> hand = byId.values().iterator();

    NearCache(int maxSize) {
        this.maxSize = maxSize;
    }

    @Nullable
    LiveSession get(String id) {
        return byId.get(id);
    }

    /** @return the one that is there already, else null and {@code session} is there now */
    @Nullable
    LiveSession putIfAbsent(String id, LiveSession session) {
        return byId.putIfAbsent(id, session);
    }

    /** Takes exactly this object out. */
    void remove(String id, LiveSession session) {
        byId.remove(id, session);
    }

    Collection<LiveSession> all() {
        return byId.values();
    }

    /** Whether there is nothing here, so that no cookie need be looked at. */
    boolean isEmpty() {
        return byId.isEmpty();
    }

    int size() {
        return byId.size();
    }

    /** The session that should make room, retired and taken out; null if there is room, or all that were looked at are in use. */
    @Nullable
    LiveSession evictOne(long nowNanos) {
        return byId.size() <= maxSize ? null : evictFromSample(nowNanos);
    }

    private synchronized @Nullable LiveSession evictFromSample(long nowNanos) {
        LiveSession oldest = null;
        long oldestIdle = -1;
        for (int i = 0; i < SAMPLE; i++) {
            if (!hand.hasNext()) {
                hand = byId.values().iterator();
                if (!hand.hasNext()) {
                    return null;
                }
            }
            LiveSession candidate = hand.next();
            long idle = nowNanos - candidate.times().lastUseNanos();
            if (idle > oldestIdle
                    && !candidate.isInUse()
                    && !candidate.isOwing()
                    && byId.get(candidate.id()) == candidate) {
                oldest = candidate;
                oldestIdle = idle;
            }
        }
        if (oldest == null || !oldest.retire()) {
            return null;
        }
        byId.remove(oldest.id(), oldest);
        return oldest;
    }
}
