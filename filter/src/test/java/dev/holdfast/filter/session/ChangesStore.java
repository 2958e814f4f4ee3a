package dev.holdfast.filter.session;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that answers a load by what has changed, whenever it may: it remembers every version that it has seen. */
final class ChangesStore implements SessionStore, ExpiryClaims {

    private final SessionStore store;
    private final Map<Long, SessionSnapshot> seen = new ConcurrentHashMap<>();
    private final AtomicInteger told = new AtomicInteger();

    ChangesStore(SessionStore store) {
        this.store = store;
    }

    /** How many loads were answered so, by this one or the store in it. */
    int told() {
        return told.get();
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        Loaded loaded = store.load(key, knownVersion, access);
        if (loaded instanceof Loaded.Changed) {
            told.incrementAndGet();
        }
        if (!(loaded instanceof Loaded.Found found)) {
            return loaded;
        }
        SessionSnapshot now = found.snapshot();
        seen.put(now.version(), now);
        SessionSnapshot known = knownVersion == Version.NONE ? null : seen.get(knownVersion);
        if (known == null
                || !known.key().equals(key)
                || !now.attributes().keySet().containsAll(known.attributes().keySet())) {
            return found;
        }
        Map<String, StoredAttribute> changed = new HashMap<>();
        now.attributes().forEach((name, attribute) -> {
            StoredAttribute before = known.attributes().get(name);
            if (before == null || !before.sameBytes(attribute)) {
                changed.put(name, attribute);
            }
        });
        told.incrementAndGet();
        return new Loaded.Changed(
                now.version(),
                now.lastAccessedAt(),
                now.maxInactive(),
                changed,
                now.token(),
                found.idle(),
                found.accessNoted());
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        Saved saved = store.save(base, delta);
        // the base of a sealed session comes without attributes
        SessionSnapshot before = base.version() == Version.NONE ? base : seen.get(base.version());
        if (saved instanceof Saved.Done done && !done.merged() && before != null) {
            seen.put(done.version(), before.apply(delta, done.version(), 0));
        }
        return saved;
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        return store.touch(touches);
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return store.remove(key, how);
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        return ((ExpiryClaims) store).claimExpired(suspects, limit, lease);
    }

    @Override
    public void confirm(Collection<Claim> claimed) {
        ((ExpiryClaims) store).confirm(claimed);
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
