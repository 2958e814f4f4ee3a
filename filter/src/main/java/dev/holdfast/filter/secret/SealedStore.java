package dev.holdfast.filter.secret;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A store that keeps sessions in another one, hidden. Each call here is one call there; what goes in and comes out is hidden
 * and opened on the way, by the calling thread.
 */
class SealedStore implements SessionStore {

    /** Sessions whose keys are remembered. Many more calls than sessions come by; what is forgotten is derived again. */
    private static final int REMEMBERED = 10_000;

    private final SessionStore store;
    private final ProvenIds ids;
    private final ConcurrentHashMap<SessionKey, SealedSession> sessions = new ConcurrentHashMap<>();

    SealedStore(SessionStore store, ProvenIds ids) {
        this.store = store;
        this.ids = ids;
    }

    SealedSession sealed(SessionKey key) {
        SealedSession known = sessions.get(key);
        if (known != null) {
            return known;
        }
        ApplicationSecret secret = ids.secretOf(key);
        return remember(new SealedSession(secret, key, secret.hide(key)));
    }

    /** Null if it was not made with a secret that is known here. */
    @Nullable
    SealedSession opened(SessionKey stored) {
        for (ApplicationSecret secret : ids.all()) {
            SessionKey plain = secret.open(stored);
            if (plain != null) {
                return remember(new SealedSession(secret, plain, stored));
            }
        }
        return null;
    }

    private SealedSession remember(SealedSession session) {
        if (sessions.size() >= REMEMBERED) {
            sessions.clear();
        }
        sessions.put(session.plain(), session);
        return session;
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        SealedSession session = sealed(key);
        Loaded loaded = store.load(session.stored(), knownVersion, access);
        if (loaded instanceof Loaded.Changed changed) {
            Loaded.Changed opened = session.open(changed);
            if (opened != null) {
                return opened;
            }
            loaded = store.load(session.stored(), Version.NONE, access);
        }
        return loaded instanceof Loaded.Found found
                ? new Loaded.Found(session.open(found.snapshot()), found.idle(), found.accessNoted())
                : loaded;
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        SealedSession session = sealed(base.key());
        Saved saved = store.save(session.base(base), session.delta(delta));
        return saved instanceof Saved.Removed removed
                ? new Saved.Removed(session.openSuccessor(removed.successor()))
                : saved;
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        Map<SessionKey, SessionKey> plain = new HashMap<>();
        List<Touch> hidden = new ArrayList<>();
        for (Touch touch : touches) {
            SealedSession session = sealed(touch.key());
            plain.put(session.stored(), touch.key());
            hidden.add(new Touch(session.stored(), touch.age()));
        }
        Set<SessionKey> notAlive = new HashSet<>();
        for (SessionKey stored : store.touch(hidden)) {
            SessionKey key = plain.get(stored);
            if (key != null) {
                notAlive.add(key);
            }
        }
        return notAlive;
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        SealedSession session = sealed(key);
        SessionKey successor = how.successor();
        Removal hidden = new Removal(
                how.op(), how.expectedVersion(), successor == null ? null : session.hideSuccessor(successor));
        Removed removed = store.remove(session.stored(), hidden);
        if (removed instanceof Removed.Done done) {
            SessionSnapshot snapshot = done.snapshot();
            return new Removed.Done(snapshot == null ? null : session.open(snapshot));
        }
        if (removed instanceof Removed.Changed changed) {
            return new Removed.Changed(session.open(changed.snapshot()));
        }
        return removed instanceof Removed.Already already
                ? new Removed.Already(session.openSuccessor(already.successor()))
                : removed;
    }

    @Override
    public void ping() {
        store.ping();
    }

    @Override
    public void close() {
        store.close();
    }
}
