package dev.holdfast.filter.metrics;

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
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A store whose calls are counted and timed. Each call here is one call there. */
public class MeasuredStore implements SessionStore {

    private final SessionStore store;
    private final StoreCounts counts;

    private MeasuredStore(SessionStore store, StoreCounts counts) {
        this.store = store;
        this.counts = counts;
    }

    /** Around {@code store}, which the result closes; it is {@link ExpiryClaims} if {@code store} is. */
    public static SessionStore around(SessionStore store, StoreCounts counts) {
        return store instanceof ExpiryClaims claims
                ? new Claiming(store, claims, counts)
                : new MeasuredStore(store, counts);
    }

    private static <T> T measured(Calls calls, Supplier<T> call) {
        long before = System.nanoTime();
        boolean answered = false;
        try {
            T answer = call.get();
            answered = true;
            return answer;
        } finally {
            calls.ended(System.nanoTime() - before, answered);
        }
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        Loaded loaded = measured(counts.loads, () -> store.load(key, knownVersion, access));
        if (loaded instanceof Loaded.Found found) {
            countFound(found.snapshot().attributes());
        } else if (loaded instanceof Loaded.Changed changed) {
            countFound(changed.attributes());
        } else if (loaded instanceof Loaded.Unchanged) {
            counts.loadsUnchanged.increment();
        } else {
            counts.loadsGone.increment();
        }
        return loaded;
    }

    private void countFound(Map<String, StoredAttribute> attributes) {
        counts.loadsFound.increment();
        for (StoredAttribute attribute : attributes.values()) {
            counts.bytesLoaded.add(attribute.bytes().length);
        }
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        Saved saved = measured(counts.saves, () -> store.save(base, delta));
        if (saved instanceof Saved.Done done) {
            if (done.merged()) {
                counts.savesMerged.increment();
            }
            for (byte[] bytes : delta.changed().values()) {
                counts.bytesSaved.add(bytes.length);
            }
        } else if (saved instanceof Saved.Lost) {
            counts.savesLost.increment();
        } else {
            counts.savesRefused.increment();
        }
        return saved;
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        Set<SessionKey> dead = measured(counts.touches, () -> store.touch(touches));
        counts.touched.add(touches.size());
        return dead;
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return measured(counts.removals, () -> store.remove(key, how));
    }

    @Override
    public void ping() {
        store.ping();
    }

    @Override
    public void close() {
        store.close();
    }

    private static final class Claiming extends MeasuredStore implements ExpiryClaims {

        private final ExpiryClaims claims;
        private final StoreCounts counts;

        Claiming(SessionStore store, ExpiryClaims claims, StoreCounts counts) {
            super(store, counts);
            this.claims = claims;
            this.counts = counts;
        }

        @Override
        public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
            List<Claim> claimed = measured(counts.claims, () -> claims.claimExpired(suspects, limit, lease));
            counts.claimed.add(claimed.size());
            return claimed;
        }

        @Override
        public int togetherWith(SessionKey session) {
            return claims.togetherWith(session);
        }

        @Override
        public void confirm(Collection<Claim> done) {
            boolean ignored = measured(counts.claims, () -> {
                claims.confirm(done);
                return true;
            });
        }
    }
}
