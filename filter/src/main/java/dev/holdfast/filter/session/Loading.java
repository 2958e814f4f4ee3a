package dev.holdfast.filter.session;

import dev.holdfast.filter.session.LiveSession.State;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Finds out from the store whether a session lives and what it holds now. */
final class Loading {

    /** A load that was sent, for those who arrived before it was. */
    private record InFlight(long sentNanos, CompletableFuture<Boolean> found) {}

    private final Sessions sessions;
    private final SessionStore store;
    private final Saving saving;
    private final Ending ending;
    private final Backlog backlog;
    private final WriteRules rules;
    private final WriteCounts counts;

    /** The latest load of each session that is under way. */
    private final ConcurrentHashMap<LiveSession, InFlight> inFlight = new ConcurrentHashMap<>();

    Loading(
            Sessions sessions,
            SessionStore store,
            Saving saving,
            Ending ending,
            Backlog backlog,
            WriteRules rules,
            WriteCounts counts) {
        this.sessions = sessions;
        this.store = store;
        this.saving = saving;
        this.ending = ending;
        this.backlog = backlog;
        this.rules = rules;
        this.counts = counts;
    }

    /**
     * Brings the copy in line with the store, by a load that began after {@code notBeforeNanos}: an earlier one may miss a write
     * that was acknowledged before the request was sent.
     *
     * @param arrivedNanos when the session was accessed
     * @param notBeforeNanos then, or after that
     * @param mayTrust whether a copy that needs no confirmation may be used as it is
     * @return whether the session lives
     */
    boolean freshen(LiveSession live, long arrivedNanos, long notBeforeNanos, boolean mayTrust) {
        try {
            if (live.isBehind() && !mayTrust && !live.isPastIdleLimit()) {
                backlog.bring(live); // so that what is read is what the store has from then on
            }
            return ask(live, arrivedNanos, notBeforeNanos, mayTrust);
        } catch (StoreException e) {
            if (!StoreFailure.isOutage(e) || !mayServe(live, mayTrust)) {
                throw e;
            }
            counts.servedLocally.increment();
            live.letInUnasked(sessions.time().nanos());
            return true;
        }
    }

    /**
     * Whether a request may go on with the copy that is here although the store cannot be asked. Not if the client was served by
     * another node last, where that can be told: this copy may lack what the client has seen.
     */
    private boolean mayServe(LiveSession live, boolean mayTrust) {
        return rules.local() && live.state() == State.VALID && !live.isPastIdleLimit() && (mayTrust || !rules.sticky());
    }

    private boolean ask(LiveSession live, long arrivedNanos, long notBeforeNanos, boolean mayTrust) {
        // Looked at first: a load that is found to be over has confirmed the copy by then.
        InFlight current = inFlight.get(live);
        // Looked at once: another request's load may make it VALID at any moment, and then it is neither of the two.
        State state = live.state();
        if (state == State.VALID) {
            if (live.isUnsaved()) {
                return !live.isPastIdleLimit() || live.isActive() || !ending.endUnsaved(live);
            }
            if (live.isConfirmedSince(notBeforeNanos)) {
                return true;
            }
            if (live.isPastIdleLimit() && !live.isActive() && ending.claimAndEnd(live)) {
                return false;
            }
            if (mayTrust && live.trust(sessions.time().nanos(), unconfirmed(live))) {
                sessions.counts().trusted.increment();
                return true;
            }
        } else if (state != State.UNKNOWN) {
            return false;
        }
        if (current != null && current.sentNanos() - notBeforeNanos >= 0) {
            return join(current.found());
        }
        InFlight mine = new InFlight(sessions.time().nanos(), new CompletableFuture<>());
        inFlight.put(live, mine);
        try {
            boolean found = load(live, arrivedNanos);
            mine.found().complete(found);
            return found;
        } catch (RuntimeException | Error e) {
            mine.found().completeExceptionally(e);
            throw e;
        } finally {
            inFlight.remove(live, mine);
        }
    }

    /** For how long a copy may be used that the store has not confirmed. */
    private Duration unconfirmed(LiveSession live) {
        Duration interval = sessions.sessionRules().policy().interval(live.maxInactive());
        return interval.plus(interval);
    }

    private boolean join(CompletableFuture<Boolean> found) {
        // Its leader makes a few calls at the most; bounded all the same, for comparisons run the application's code.
        long patience = sessions.sessionRules().policy().timeout().toNanos() * 4;
        try {
            return found.get(patience, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(
                    StoreException.Kind.UNAVAILABLE, "interrupted while waiting for a load of the same session", e);
        } catch (TimeoutException e) {
            throw new StoreException(
                    StoreException.Kind.TIMEOUT, "waited too long for another request's load of the same session", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof StoreException failure) {
                throw failure;
            }
            throw new IllegalStateException("another request's load of the same session failed", e);
        }
    }

    private boolean load(LiveSession live, long arrivedNanos) {
        while (true) {
            SessionKey key = live.key();
            long sentNanos = sessions.time().nanos();
            long savesBefore = live.savesCompleted();
            boolean first = live.state() == State.UNKNOWN;
            long known = first ? Version.NONE : live.knownVersion();
            Access access = Access.ago(Duration.ofNanos(sentNanos - arrivedNanos));
            Loaded loaded;
            try {
                loaded = sessions.asking(() -> store.load(key, known, access));
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.CORRUPT) {
                    throw e;
                }
                // No later request will fare better: the user starts anew rather than fail for ever.
                sessions.log()
                        .warn("session {} cannot be read from the store and counts as ended: {}", key, e.getMessage());
                return endedFor(live);
            }
            if (loaded instanceof Loaded.Unchanged unchanged) {
                live.unchanged(key, unchanged.token(), sentNanos, savesBefore);
                tellTimes(live, unchanged.idle(), unchanged.accessNoted(), arrivedNanos);
                return true;
            }
            if (loaded instanceof Loaded.Changed changed) {
                Loaded.Found whole = live.whole(changed, known);
                if (whole == null) {
                    continue; // a save or another load has moved the copy on meanwhile
                }
                loaded = whole;
            }
            if (loaded instanceof Loaded.Found found) {
                if (live.loaded(found.snapshot(), sentNanos, savesBefore)) {
                    tellTimes(live, found.idle(), found.accessNoted(), arrivedNanos);
                    live.moveTo(State.VALID);
                    return live.state() == State.VALID;
                }
                continue;
            }
            if (!live.key().equals(key)) {
                return false; // the id was changed here meanwhile: the old one is dead
            }
            return loaded instanceof Loaded.Absent && !first && rebuilt(live) || endedFor(live);
        }
    }

    private static void tellTimes(LiveSession live, Duration idle, boolean accessNoted, long arrivedNanos) {
        live.times().toldByStore(idle);
        if (accessNoted) {
            live.times().storedUpTo(arrivedNanos);
        }
    }

    private boolean rebuilt(LiveSession live) {
        boolean[] alive = new boolean[1];
        live.gate().exclusively(() -> alive[0] = live.state() == State.VALID && saving.rebuild(live));
        return alive[0];
    }

    /**
     * Who comes with this id finds nothing. A request that had found the session before goes on with its copy: the id may
     * have been changed, and then what it writes belongs to the successor, of which only its save is told.
     */
    private boolean endedFor(LiveSession live) {
        live.endIfUsedByOne();
        sessions.drop(live);
        return false;
    }
}
