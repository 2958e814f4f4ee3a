package dev.holdfast.filter.session;

import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.filter.session.AttributeTable.Changes;
import dev.holdfast.filter.session.LiveSession.State;
import dev.holdfast.spi.StoreException;

/**
 * What a commit does: it has the changes stored, or keeps them to be stored later, as the settings and the store's state allow.
 * When it returns, either is done for every change made before it.
 */
final class Committing {

    private final Sessions sessions;
    private final Saving saving;
    private final Backlog backlog;
    private final Ending ending;
    private final WriteRules rules;
    private final WriteCounts counts;

    Committing(Sessions sessions, Saving saving, Backlog backlog, Ending ending, WriteRules rules, WriteCounts counts) {
        this.sessions = sessions;
        this.saving = saving;
        this.backlog = backlog;
        this.ending = ending;
        this.rules = rules;
        this.counts = counts;
    }

    /**
     * @throws StoreException if the changes are not stored, or not known to be, and nobody will store them later
     * @throws EncodingException if a value cannot be encoded
     */
    void commit(LiveSession live) {
        if (!live.mayNeedCommit() || live.state() != State.VALID) {
            return;
        }
        if (live.isEndOpen()) {
            // the application was told of the failure, but may have hidden it: it is not acknowledged before it is done
            ending.invalidate(live);
            return;
        }
        if (rules.async() && !live.isUnsaved()) {
            backlog.awaitRoom(sessions.sessionRules().policy().timeout()); // outside of the gate: others make it
        }
        try {
            live.gate().commit(() -> guarded(live, () -> storeOrKeep(live)));
        } catch (StoreException | EncodingException e) {
            dropUnlessOwing(live); // also if the turn never came
            throw e;
        }
        sessions.doubtOther(live, live.id());
    }

    /** As {@link #commit}, but when it returns the changes are in the store, whatever the settings say. */
    void commitStored(LiveSession live) {
        if (!rules.mayWait()) {
            commit(live);
            return;
        }
        if (live.state() != State.VALID || !live.mayNeedCommit() && !live.isOwing()) {
            return;
        }
        if (live.isEndOpen()) {
            ending.invalidate(live);
            return;
        }
        try {
            // not joined with others' commits, which may be content with less
            live.gate().exclusively(() -> guarded(live, () -> store(live)));
        } catch (StoreException | EncodingException e) {
            dropUnlessOwing(live);
            throw e;
        }
        sessions.doubtOther(live, live.id());
    }

    /** What was changed here and not acknowledged must not get into the store: later requests load anew. */
    void giveUp(LiveSession live) {
        try {
            if (live.isOwing()) {
                backlog.bring(live);
            }
        } catch (StoreException e) {
            sessions.log().debug("a copy with unacknowledged changes stays, the store is away: {}", e.getMessage());
        }
        dropUnlessOwing(live);
    }

    /** Whether users are served from the copies here after a call that failed in this way. */
    boolean mayGoOnAfter(StoreException e) {
        return rules.local() && StoreFailure.isOutage(e);
    }

    /** A later request must not see as stored what is not. But what was acknowledged may be nowhere else than here. */
    void dropUnlessOwing(LiveSession live) {
        if (!live.isOwing()) {
            sessions.drop(live);
        }
    }

    // ---------------------------------------------------------------- under the save gate

    private void guarded(LiveSession live, Runnable work) {
        try {
            work.run();
        } catch (EncodingException e) {
            // What others were told of must be stored before the copy goes, with which the value would go that stands
            // in the way.
            if (live.isOwing()) {
                bringQuietly(live);
            }
            dropUnlessOwing(live);
            throw e;
        } catch (StoreException e) {
            dropUnlessOwing(live); // here, so that no other commit can keep anything in a copy that goes
            throw e;
        }
    }

    private void bringQuietly(LiveSession live) {
        try {
            backlog.bringUnderGate(live);
        } catch (StoreException e) {
            sessions.log().debug("the store is away: {}", e.getMessage());
        }
    }

    private void storeOrKeep(LiveSession live) {
        boolean mayKeep = !live.isRetired();
        if (rules.async() && mayKeep && !live.isUnsaved() && (rules.local() || !backlog.isFailing()) && keep(live)) {
            return;
        }
        try {
            store(live);
        } catch (StoreException e) {
            if (!mayKeep || !mayGoOnAfter(e)) {
                throw e;
            }
            boolean kept = keep(live);
            if (live.isOwing()) {
                live.fallBehind();
            }
            if (!kept) {
                throw new StoreException(
                        e.kind(),
                        "the store is away, and the changes of " + backlog.size()
                                + " sessions wait for it already, which is as many as may: " + e.getMessage(),
                        e);
            }
        }
    }

    /** Everything, what was acknowledged earlier included. Under the gate, which whoever changes the id of a session has too. */
    void store(LiveSession live) {
        if (live.isOwing() && live.isBehind()) {
            backlog.bringUnderGate(live);
        }
        saving.save(live);
        if (live.isOwing()) {
            backlog.settled(live);
        }
    }

    /** @return false if there is no room for it */
    private boolean keep(LiveSession live) {
        if (live.state() != State.VALID) {
            return true;
        }
        Changes changes = saving.collect(live);
        boolean isNothing = changes.isEmpty() && live.changedMaxInactive() == null && !live.isUnsaved();
        if (!isNothing) {
            if (!backlog.takes(live, changes.size())) {
                return false;
            }
            live.keep(changes);
            counts.kept.increment();
        }
        live.reconsiderAttention();
        return true;
    }
}
