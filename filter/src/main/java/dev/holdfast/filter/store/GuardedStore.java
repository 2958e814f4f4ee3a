package dev.holdfast.filter.store;

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
import java.util.Collection;
import java.util.Set;

/** A store behind a {@link StoreBreaker}: each call here is one call there, or none. */
class GuardedStore implements SessionStore {

    private final SessionStore store;
    private final StoreBreaker breaker;

    GuardedStore(SessionStore store, StoreBreaker breaker) {
        this.store = store;
        this.breaker = breaker;
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return breaker.call(() -> store.load(key, knownVersion, access));
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        return breaker.call(() -> store.save(base, delta));
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        return breaker.call(() -> store.touch(touches));
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return breaker.call(() -> store.remove(key, how));
    }

    @Override
    public void ping() {
        boolean ignored = breaker.call(() -> {
            store.ping();
            return true;
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
