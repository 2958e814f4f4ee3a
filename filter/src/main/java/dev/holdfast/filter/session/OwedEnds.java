package dev.holdfast.filter.session;

import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that have ended for this node's users while the store was away: their removal is repeated until the store answers, and
 * until then nobody finds them here. Other nodes know nothing of it so long. Bounded. Thread-safe.
 */
final class OwedEnds {

    private static final int MOST_FAILURES = 3;

    private final Sessions sessions;
    private final SessionStore store;
    private final int most;

    /** A removal is repeated as the same one. */
    private final Map<SessionKey, Removal> owed = new ConcurrentHashMap<>();

    OwedEnds(Sessions sessions, SessionStore store, int most) {
        this.sessions = sessions;
        this.store = store;
        this.most = most;
    }

    /** @return false if there is no room */
    boolean add(SessionKey key, Removal removal) {
        if (owed.size() >= most) {
            return false;
        }
        owed.put(key, removal);
        return true;
    }

    /** Whether a session with this id has ended here. No allocation as long as none has. */
    boolean contains(String id) {
        return !owed.isEmpty()
                && owed.containsKey(new SessionKey(sessions.sessionRules().application(), id));
    }

    int size() {
        return owed.size();
    }

    /** Tells the store of as many as it takes. */
    void repeat() {
        int failures = 0;
        for (Map.Entry<SessionKey, Removal> each : owed.entrySet()) {
            SessionKey key = each.getKey();
            try {
                Removed removed = sessions.asking(() -> store.remove(key, each.getValue()));
                if (removed instanceof Removed.Already already && already.successor() != null) {
                    // Another node has changed its id meanwhile: who has logged out here is logged out there too.
                    owed.put(already.successor(), Removal.invalidation());
                }
                owed.remove(key);
            } catch (StoreException e) {
                if (!StoreFailure.isOutage(e)) {
                    sessions.log().warn("session {} has ended here, but the store refuses it: {}", key, e.getMessage());
                    owed.remove(key);
                } else if (++failures == MOST_FAILURES) {
                    return;
                }
            }
        }
    }
}
