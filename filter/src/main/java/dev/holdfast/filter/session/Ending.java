package dev.holdfast.filter.session;

import dev.holdfast.filter.session.LiveSession.State;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The ends of sessions: invalidated by the application, or expired and claimed by this node. Whoever the store names as the
 * one to end a session tells the listeners; everybody else just drops the copy.
 */
final class Ending {

    /** How often a session's id may be changed elsewhere while it is being invalidated here. */
    private static final int MAX_SUCCESSORS = 8;

    private final Sessions sessions;
    private final SessionStore store;

    /** Sessions that the application has ended, but whose removal the store has not answered; since when. */
    private final Map<LiveSession, Long> open = new ConcurrentHashMap<>();

    private final OwedEnds owedEnds;
    private final WriteRules rules;
    private final WriteCounts counts;

    Ending(Sessions sessions, SessionStore store, WriteRules rules, WriteCounts counts) {
        this.sessions = sessions;
        this.store = store;
        this.owedEnds = new OwedEnds(sessions, store, rules.mostWaiting());
        this.rules = rules;
        this.counts = counts;
    }

    /** Those that have ended here while the store was away. */
    OwedEnds owedEnds() {
        return owedEnds;
    }

    /**
     * Removes the session from the store, then tells the listeners, with the latest attributes of all nodes readable.
     *
     * @throws StoreException if the store did not answer, unless that is to go unnoticed; the removal is repeated in the background
     *     then
     */
    void invalidate(LiveSession live) {
        if (live.state() == State.ENDING) {
            return; // a listener that is being told of the end asks for it once more
        }
        boolean[] mine = new boolean[1];
        try {
            live.gate().exclusively(() -> mine[0] = removeFromStore(live));
        } catch (StoreException e) {
            if (rules.local() && StoreFailure.isOutage(e) && endsWithoutStore(live)) {
                return;
            }
            live.endIsOpen();
            open.putIfAbsent(live, sessions.time().nanos());
            sessions.drop(live);
            throw e;
        }
        if (mine[0]) {
            sessions.counts().invalidated.increment();
            tell(live);
        } else {
            sessions.ended(live);
        }
    }

    /** @return false if it cannot be remembered, so that it must not be acknowledged */
    private boolean endsWithoutStore(LiveSession live) {
        SessionKey key = live.key();
        if (live.state() != State.VALID || !owedEnds.add(key, live.removalOf(key))) {
            return false;
        }
        live.removalAnswered();
        if (live.moveTo(State.ENDING)) {
            counts.endsKept.increment();
            sessions.counts().invalidated.increment();
            tell(live);
        }
        return true;
    }

    /**
     * Ends a session that no store has yet, if nobody has used it for too long: nobody else can.
     *
     * @return whether it is over
     */
    boolean endUnsaved(LiveSession live) {
        boolean[] mine = new boolean[1];
        live.gate().exclusively(() -> {
            if (live.isUnsaved() && !live.isActive() && live.isPastIdleLimit()) {
                mine[0] = endUnsavedNow(live);
            }
        });
        if (mine[0]) {
            sessions.counts().expired.increment();
            tell(live);
        }
        return live.state() != State.VALID;
    }

    private boolean endUnsavedNow(LiveSession live) {
        if (live.table().isAnyAttempted()) {
            forgetAttempt(live); // a save without an answer may have created it
        }
        return live.moveTo(State.ENDING);
    }

    /** The store may have a session under its key that nobody is to find. If there is no room to remember it, it expires there. */
    void forgetAttempt(LiveSession live) {
        boolean ignored = owedEnds.add(live.key(), Removal.invalidation());
    }

    /** @return whether the end is this node's to tell */
    private boolean removeFromStore(LiveSession live) {
        if (live.state() != State.VALID) {
            return false;
        }
        if (live.isUnsaved()) {
            return endUnsavedNow(live);
        }
        SessionKey key = live.key();
        for (int i = 0; i < MAX_SUCCESSORS; i++) {
            SessionKey target = key;
            Removal removal = live.removalOf(target);
            Removed removed = sessions.askingTwice(() -> store.remove(target, removal));
            if (!(removed instanceof Removed.Already already)) {
                takeOverLast(live, removed);
                // before anybody else can learn that it is removed: only we may tell the listeners
                boolean mine = live.moveTo(State.ENDING);
                live.removalAnswered();
                return mine;
            }
            live.removalAnswered();
            if (already.successor() == null) {
                return false;
            }
            // its id was changed on another node just now: who logs out here is logged out there too
            key = already.successor();
        }
        return false;
    }

    private static void takeOverLast(LiveSession live, Removed removed) {
        if (removed instanceof Removed.Done done && done.snapshot() != null) {
            live.takeOverForCopy(done.snapshot());
        }
    }

    /**
     * Repeats removals that the store did not answer, so that neither a logout nor its event is lost; called now and then by
     * the expiry thread.
     */
    void resolve() {
        owedEnds.repeat();
        long giveUpAfter = sessions.sessionRules().policy().tombstoneLife().toNanos();
        open.forEach((live, sinceNanos) -> {
            try {
                invalidate(live);
            } catch (StoreException e) {
                if (sessions.time().nanos() - sinceNanos < giveUpAfter) {
                    return;
                }
                sessions.log().warn("gave up removing session {}: {}", live.key(), e.getMessage());
                live.removalAnswered();
                sessions.ended(live);
            }
            open.remove(live);
        });
    }

    /**
     * Ends what has expired.
     *
     * @return false if it was ending or at its end already
     */
    private boolean end(LiveSession live) {
        if (!live.moveTo(State.ENDING)) {
            return false;
        }
        sessions.counts().expired.increment();
        tell(live);
        return true;
    }

    /** Tells the listeners, then takes the session apart: its values are unbound, its attributes removed. */
    private void tell(LiveSession live) {
        try {
            sessions.events().destroyed(live.view());
            for (String name : live.attributeNames()) {
                Object value = live.attribute(name);
                live.table().remove(name);
                if (value != null) {
                    sessions.events().unbound(live.view(), name, value);
                    sessions.events().removed(live.view(), name, value);
                }
            }
        } finally {
            live.moveTo(State.INVALID);
            sessions.drop(live);
        }
    }

    /**
     * A request came for a session that this node believes past its idle limit, by the last access that it knows: the store,
     * which may know a later one, decides.
     *
     * @return whether the session was ended
     */
    boolean claimAndEnd(LiveSession live) {
        if (!(store instanceof ExpiryClaims claims)) {
            return removeIfUntouched(live);
        }
        SessionKey key = live.key();
        return claim(claims, Set.of(key), 1).claimed().stream()
                .anyMatch(claim -> claim.snapshot().key().equals(key));
    }

    private boolean removeIfUntouched(LiveSession live) {
        Removal removal = new Removal(Removal.newOp(), live.base().version(), null);
        Removed removed = sessions.askingTwice(() -> store.remove(live.key(), removal));
        if (removed instanceof Removed.Changed) {
            return false;
        }
        if (removed instanceof Removed.Already) {
            sessions.ended(live);
        } else {
            boolean ignored = end(live);
        }
        return true;
    }

    /**
     * What came of claiming.
     *
     * @param reached how many of the claimed ones this node came to; the others are handed out again
     */
    record Round(List<Claim> claimed, int reached) {}

    /**
     * Claims what has expired and ends it.
     *
     * @param limit the most to claim
     */
    Round claimDue(Collection<SessionKey> suspects, int limit) {
        return store instanceof ExpiryClaims claims ? claim(claims, suspects, limit) : new Round(List.of(), 0);
    }

    private Round claim(ExpiryClaims claims, Collection<SessionKey> suspects, int limit) {
        long claimedNanos = sessions.time().nanos();
        Duration lease = sessions.sessionRules().claimLease();
        List<Claim> due = sessions.asking(() -> claims.claimExpired(suspects, limit, lease));
        return new Round(due, new ClaimedBatch(sessions, claims, claimedNanos).run(due, this::endClaimed));
    }

    private void endClaimed(SessionSnapshot snapshot) {
        LiveSession known = sessions.cached(snapshot.key().opaque());
        if (known == null || !endKnown(known, snapshot)) {
            boolean ignored = end(stranger(snapshot));
        }
    }

    /** Ends the copy that the application knows, with its objects; false if it is not valid any more. */
    private boolean endKnown(LiveSession known, SessionSnapshot snapshot) {
        if (known.state() != State.VALID) {
            return false;
        }
        known.takeOverForCopy(snapshot);
        return end(known);
    }

    /** A copy just for the listeners. */
    private LiveSession stranger(SessionSnapshot snapshot) {
        LiveSession stranger = new LiveSession(sessions, snapshot, State.UNKNOWN);
        stranger.takeOverForCopy(snapshot);
        stranger.times().toldByStore(snapshot.maxInactive());
        stranger.moveTo(State.VALID);
        return stranger;
    }
}
