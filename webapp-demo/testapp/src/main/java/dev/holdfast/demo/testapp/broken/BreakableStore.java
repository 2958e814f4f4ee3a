package dev.holdfast.demo.testapp.broken;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import java.util.Collection;
import java.util.Set;

/** The local store, but unavailable for as long as {@link #broken} says. Thread-safe. */
final class BreakableStore implements SessionStore {

    static volatile boolean broken;

    private final SessionStore store;

    BreakableStore(SessionStore store) {
        this.store = store;
    }

    private static void check() {
        if (broken) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "broken by a test");
        }
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        check();
        return store.load(key, knownVersion, access);
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        check();
        return store.save(base, delta);
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        check();
        return store.touch(touches);
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        check();
        return store.remove(key, how);
    }

    @Override
    public void ping() {
        check();
    }

    @Override
    public void close() {
        store.close();
    }
}
