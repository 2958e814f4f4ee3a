package dev.holdfast.filter.session;

import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * {@code changeSessionId} without a rename, which no store can do across its slots and servers: the session is saved under
 * the new key, then the old one is removed at the version that was copied, with the new key as successor. If somebody wrote
 * to the old one meanwhile, the difference is copied and the removal tried again, so no parallel write is lost. A crash in
 * between leaves both, and the user with the old one.
 */
final class IdChange {

    /** Each round needs another node's write to the same session in between. */
    private static final int ROUNDS = 50;

    private final Sessions sessions;
    private final SessionStore store;
    private final Saving saving;
    private final Committing committing;
    private final Ending ending;

    IdChange(Sessions sessions, SessionStore store, Saving saving, Committing committing, Ending ending) {
        this.sessions = sessions;
        this.store = store;
        this.saving = saving;
        this.committing = committing;
        this.ending = ending;
    }

    /**
     * @param knownId the id that is to be changed
     * @return whether this call made the change; false: another request did, and this copy follows it
     */
    boolean change(LiveSession live, String knownId) {
        AtomicBoolean isSaved = new AtomicBoolean();
        try {
            return change(live, knownId, isSaved);
        } catch (StoreException | EncodingException e) {
            // A copy that holds nothing but what is stored goes on being served by its old id while the store is away.
            boolean mayStay = isSaved.get() && e instanceof StoreException failure && committing.mayGoOnAfter(failure);
            if (!mayStay) {
                committing.dropUnlessOwing(live);
            }
            throw e;
        }
    }

    private boolean change(LiveSession live, String knownId, AtomicBoolean isSaved) {
        AtomicBoolean mine = new AtomicBoolean();
        live.gate().exclusively(() -> {
            if (!live.id().equals(knownId)) {
                return;
            }
            if (live.isUnsaved()) {
                mine.set(renameUnsaved(live));
                return;
            }
            committing.store(live);
            isSaved.set(true);
            if (!live.isValid()) {
                throw new IllegalStateException("changeSessionId: the session was invalidated on another node");
            }
            if (live.id().equals(knownId)) { // the save may have found out that it was changed
                mine.set(copyAndRemove(live));
            }
        });
        return mine.get();
    }

    private boolean renameUnsaved(LiveSession live) {
        String oldId = live.id();
        if (live.table().isAnyAttempted()) {
            ending.forgetAttempt(live);
        }
        live.rename(sessions.newKey());
        sessions.moved(live, oldId);
        return true;
    }

    private boolean copyAndRemove(LiveSession live) {
        SessionSnapshot old = live.base();
        SessionKey newKey = sessions.newKey();
        long sentNanos = sessions.time().nanos();
        SessionSnapshot copy = save(
                SessionSnapshot.initial(newKey, old.createdAt(), old.maxInactive()),
                Saving.bytesOf(old),
                Set.of(),
                live.times().idle(),
                null);
        for (int round = 0; round < ROUNDS; round++) {
            Removed removed = remove(old, newKey);
            if (removed instanceof Removed.Done || removed instanceof Removed.Absent) {
                String oldId = live.id();
                live.rebase(copy, sentNanos);
                sessions.moved(live, oldId);
                return true;
            }
            if (removed instanceof Removed.Already already) {
                discard(newKey);
                SessionKey successor = already.successor();
                if (successor == null) {
                    sessions.ended(live);
                    throw new IllegalStateException("changeSessionId: the session was invalidated on another node");
                }
                saving.follow(live, successor);
                if (!live.isValid()) {
                    throw new IllegalStateException("changeSessionId: the session was invalidated on another node");
                }
                return false;
            }
            SessionSnapshot now = ((Removed.Changed) removed).snapshot();
            copy = copyDifference(old, now, copy, live);
            live.takeOverForCopy(now);
            old = now;
        }
        discard(newKey);
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE,
                "changeSessionId: other nodes wrote to the session " + ROUNDS + " times while it was copied");
    }

    private Removed remove(SessionSnapshot old, SessionKey newKey) {
        Removal removal = Removal.renaming(old.version(), newKey);
        return sessions.askingTwice(() -> store.remove(old.key(), removal));
    }

    private SessionSnapshot copyDifference(
            SessionSnapshot from, SessionSnapshot to, SessionSnapshot copy, LiveSession live) {
        Map<String, byte[]> changed = new HashMap<>();
        to.attributes().forEach((name, stored) -> {
            var before = from.attributes().get(name);
            if (before == null || !before.sameBytes(stored)) {
                changed.put(name, stored.bytes());
            }
        });
        Set<String> removed = new HashSet<>(from.attributes().keySet());
        removed.removeAll(to.attributes().keySet());
        Duration maxInactive = to.maxInactive().equals(from.maxInactive()) ? null : to.maxInactive();
        return save(copy, changed, removed, live.times().idle(), maxInactive);
    }

    private SessionSnapshot save(
            SessionSnapshot base,
            Map<String, byte[]> changed,
            Set<String> removed,
            Duration age,
            @Nullable Duration maxInactive) {
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), changed, removed, age, maxInactive);
        Saved saved = sessions.asking(() -> store.save(base, delta));
        if (saved instanceof Saved.Done done) {
            return base.apply(delta, done.version(), sessions.time().wallMillis())
                    .withToken(done.token());
        }
        // Nobody else knows the new key yet.
        throw new StoreException(
                StoreException.Kind.UNAVAILABLE,
                "changeSessionId: the copy under the new id met "
                        + saved.getClass().getSimpleName());
    }

    /** Best effort: an orphan that nobody knows the id of expires by itself. */
    private void discard(SessionKey orphan) {
        try {
            Removed ignored = sessions.asking(() -> store.remove(orphan, Removal.invalidation()));
        } catch (StoreException e) {
            sessions.log().info("a copy of a session under an unused id stays until it expires: {}", e.getMessage());
        }
    }
}
