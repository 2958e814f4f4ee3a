package dev.holdfast.filter.session;

import dev.holdfast.filter.session.AttributeTable.Changes;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Brings a live session's changes into the store. Everything here runs under the session's {@link SaveGate}, one at a time
 * per session.
 */
final class Saving {

    /**
     * How often a save may meet another state than it expected (the id changed, the session was lost and rebuilt by somebody
     * else) before it gives up. Each round needs a step by somebody else; more than a few in one save is a fault somewhere.
     */
    private static final int ROUNDS = 8;

    /** How many changes of the id may happen behind the back of one request. */
    private static final int MAX_ID_CHANGES = 100;

    private final Sessions sessions;
    private final SessionStore store;

    Saving(Sessions sessions, SessionStore store) {
        this.sessions = sessions;
        this.store = store;
    }

    /** Saves what has changed, if anything has. The session may turn out to have ended: then it is invalid, and nothing is lost. */
    void save(LiveSession live) {
        save(live, () -> collect(live));
    }

    /** As {@link #save}, but only what was acknowledged already: no code of the application's runs. */
    void saveUnsent(LiveSession live) {
        save(live, () -> live.table().unsent());
    }

    /** Finds and encodes what the store does not have. */
    Changes collect(LiveSession live) {
        return live.table().collect(value -> sessions.events().willPassivate(live.view(), value));
    }

    private void save(LiveSession live, Supplier<Changes> finding) {
        for (int round = 0; round < ROUNDS; round++) {
            if (live.state() != LiveSession.State.VALID) {
                return;
            }
            Changes changes = finding.get();
            Duration maxInactive = live.changedMaxInactive();
            if (changes.isEmpty() && maxInactive == null && !live.isUnsaved()) {
                live.reconsiderAttention();
                return;
            }
            SessionSnapshot base = live.baseOfSave();
            SessionDelta delta = new SessionDelta(
                    SessionDelta.newStamp(),
                    changes.changed,
                    changes.removed,
                    live.times().idle(),
                    maxInactive);
            if (send(live, base, delta, changes)) {
                return;
            }
        }
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE,
                "a save met another state of its session " + ROUNDS + " times in a row");
    }

    /** @return whether there is nothing more to do */
    private boolean send(LiveSession live, SessionSnapshot base, SessionDelta delta, Changes changes) {
        long sentNanos = sessions.time().nanos();
        Saved saved;
        try {
            saved = sessions.asking(() -> store.save(base, delta));
        } catch (StoreException e) {
            live.table().attempted(changes);
            throw e;
        }
        if (saved instanceof Saved.Done done) {
            live.times().storedUpTo(sentNanos - delta.age().toNanos());
            live.saved(base, after(base, delta, done), done.token(), changes, delta.maxInactive(), sentNanos);
            return true;
        }
        if (saved instanceof Saved.Removed removed) {
            SessionKey successor = removed.successor();
            if (successor == null || live.isBehind()) { // what was changed here long ago has no business there
                sessions.ended(live);
                return true;
            }
            follow(live, successor);
            return false;
        }
        if (saved instanceof Saved.Lost) {
            if (!rebuild(live)) {
                sessions.ended(live);
                return true;
            }
            return false;
        }
        // Exists: an earlier attempt to create it went through although its answer was lost
        reload(live);
        return false;
    }

    private @Nullable SessionSnapshot after(SessionSnapshot base, SessionDelta delta, Saved.Done done) {
        return done.merged()
                ? null
                : base.apply(delta, done.version(), sessions.time().wallMillis());
    }

    /**
     * Creates the session anew in a store that lost it, from this copy, if the store confirmed the copy recently enough that
     * a tombstone would still be there had it been removed.
     *
     * @return false if it must count as removed
     */
    boolean rebuild(LiveSession live) {
        long nowNanos = sessions.time().nanos();
        long tombstoneLife = sessions.sessionRules().policy().tombstoneLife().toNanos();
        if (!sessions.sessionRules().rebuild()
                || !live.isConfirmedSince(nowNanos - tombstoneLife)
                || live.isPastIdleLimit()) {
            // past its idle limit: the store may just have forgotten an expired session that nobody claimed
            return false;
        }
        SessionSnapshot empty = SessionSnapshot.initial(live.key(), live.createdAt(), live.maxInactive());
        SessionDelta everything = new SessionDelta(
                SessionDelta.newStamp(),
                live.table().everythingStored(),
                Set.of(),
                live.times().idle(),
                null);
        Saved saved = sessions.asking(() -> store.save(empty, everything));
        if (saved instanceof Saved.Done done) {
            SessionSnapshot rebuilt =
                    empty.apply(everything, done.version(), sessions.time().wallMillis());
            live.rebase(rebuilt.withToken(done.token()), nowNanos);
            sessions.counts().rebuilt.increment();
            return true;
        }
        if (saved instanceof Saved.Exists) {
            // somebody was first: theirs is the state, this copy adds only its own changes
            reload(live);
            return live.state() == LiveSession.State.VALID;
        }
        return false;
    }

    /** Takes over what the store has now; the session is over if it has nothing. */
    void reload(LiveSession live) {
        long sentNanos = sessions.time().nanos();
        long savesBefore = live.savesCompleted();
        Loaded loaded = sessions.asking(() -> store.load(live.key(), Version.NONE, Access.NONE));
        if (loaded instanceof Loaded.Found found) {
            live.loaded(found.snapshot(), sentNanos, savesBefore);
        } else {
            sessions.ended(live);
        }
    }

    /**
     * Goes on under the key that the session has since its id was changed: this copy was loaded before that, so what its
     * requests wrote belongs to the successor. Not if a request was let in unasked: the change may have been made before it came,
     * by a user who logged in, and who only knows the old id must not be led to the new one (session fixation).
     *
     * @throws IdChangedElsewhereException then
     */
    void follow(LiveSession live, SessionKey successor) {
        if (live.isUsedUnasked()) {
            if (!live.isOwing()) { // else what was acknowledged goes there when nobody looks on
                sessions.drop(live);
            }
            throw new IdChangedElsewhereException();
        }
        SessionKey target = successor;
        for (int change = 0; change < MAX_ID_CHANGES; change++) {
            SessionKey key = target;
            long sentNanos = sessions.time().nanos();
            Loaded loaded = sessions.asking(() -> store.load(key, Version.NONE, Access.NONE));
            if (loaded instanceof Loaded.Found found) {
                String oldId = live.id();
                live.follow(found.snapshot(), sentNanos);
                sessions.moved(live, oldId);
                return;
            }
            SessionKey next = loaded instanceof Loaded.Removed ? successorOf(live, key) : null;
            if (next == null) {
                sessions.ended(live);
                return;
            }
            target = next;
        }
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE,
                "the id of a session was changed " + MAX_ID_CHANGES + " times while a request used it");
    }

    /**
     * Where a removed session went on, null if it ended. Loads do not tell; a save does, and one that would create cannot do
     * so where a tombstone is.
     */
    private @Nullable SessionKey successorOf(LiveSession live, SessionKey removedKey) {
        SessionSnapshot empty = SessionSnapshot.initial(removedKey, live.createdAt(), live.maxInactive());
        SessionDelta nothing = new SessionDelta(SessionDelta.newStamp(), Map.of(), Set.of(), Duration.ZERO, null);
        Saved saved = sessions.asking(() -> store.save(empty, nothing));
        return saved instanceof Saved.Removed removed ? removed.successor() : null;
    }

    /** All attributes with their bytes as of {@code snapshot}: for a copy under another key. */
    static Map<String, byte[]> bytesOf(SessionSnapshot snapshot) {
        Map<String, byte[]> bytes = new HashMap<>();
        snapshot.attributes().forEach((name, stored) -> bytes.put(name, stored.bytes()));
        return bytes;
    }
}
