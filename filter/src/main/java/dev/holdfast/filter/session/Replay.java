package dev.holdfast.filter.session;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Version;
import java.time.Duration;

/**
 * Brings acknowledged changes to a store that was away since they were made, or that they have waited long for. Others may have
 * reached it meanwhile, so it is read first: only what was changed here is sent, what somebody else has changed since is not
 * overwritten, an end of the session wins, and nothing is created anew that {@link Saving#rebuild} would not. Between reading and
 * writing lies one trip, in which a write of another node to the same attribute can be overwritten. Under the session's {@link
 * SaveGate}.
 */
final class Replay {

    private final Sessions sessions;
    private final SessionStore store;
    private final Saving saving;
    private final WriteCounts counts;

    Replay(Sessions sessions, SessionStore store, Saving saving, WriteCounts counts) {
        this.sessions = sessions;
        this.store = store;
        this.saving = saving;
        this.counts = counts;
    }

    /** When this returns, the store has what was acknowledged, or the session is over. */
    void run(LiveSession live, Duration waited) {
        boolean unknown = live.isUnsaved() && !live.table().isAnyAttempted();
        if (!unknown && !bringInLine(live, waited)) {
            counts.superseded.increment();
            return;
        }
        saving.saveUnsent(live);
        if (live.state() == LiveSession.State.VALID) {
            counts.replayed.increment();
        }
    }

    /** @return false if the session is over */
    private boolean bringInLine(LiveSession live, Duration waited) {
        long sentNanos = sessions.time().nanos();
        Loaded loaded = sessions.asking(() -> store.load(live.key(), Version.NONE, Access.NONE));
        if (loaded instanceof Loaded.Found found) {
            counts.conflicts.add(live.reconcile(found.snapshot(), sentNanos));
            return live.state() == LiveSession.State.VALID;
        }
        if (loaded instanceof Loaded.Absent && mayCreate(live, waited)) {
            return true;
        }
        // Also if another node has changed the id: whoever only knew the old one has no business in the session under
        // the new one.
        sessions.ended(live);
        return false;
    }

    private boolean mayCreate(LiveSession live, Duration waited) {
        if (live.isUnsaved()) {
            // The save without an answer may have created it, and another node may have ended it: that is certain to
            // show only
            // while its tombstone lives. After that the user has the benefit of the doubt, unless the operator says
            // otherwise.
            return sessions.sessionRules().rebuild()
                    || waited.compareTo(sessions.sessionRules().policy().tombstoneLife()) < 0;
        }
        return saving.rebuild(live);
    }
}
