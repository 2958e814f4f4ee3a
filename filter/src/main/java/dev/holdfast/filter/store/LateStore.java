package dev.holdfast.filter.store;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.SessionStoreProvider.ConfiguredStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.StoreReport;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A store that was not there when the application started. A thread of its own goes on trying to open it; until that succeeds every
 * call is refused at once, as by a store that is away. Thread-safe.
 *
 * <p>What the store can do is not known before it is open, so this claims and locks for it: one that cannot claim claims nothing, and
 * one without locks refuses them.
 */
public final class LateStore implements SessionStore, ExpiryClaims, SessionLocks, StoreReport {

    private static final Logger log = LoggerFactory.getLogger(LateStore.class);

    private static final long PAUSE_MILLIS = 1000;

    private final ConfiguredStore configured;
    private final StoreContext context;
    private final Thread opener;

    /** Null until it is open. Written once, under the monitor. */
    private volatile @Nullable SessionStore open;

    /** Why it could not be opened when that was tried last. */
    private volatile String reason;

    /** Whether whatever is opened from now on must be closed again. Guarded by this. */
    private boolean closed;

    private LateStore(ConfiguredStore configured, StoreContext context, StoreException failure) {
        this.configured = configured;
        this.context = context;
        this.reason = String.valueOf(failure.getMessage());
        this.opener = new Thread(this::keepOpening, "holdfast-open-" + context.application());
        this.opener.setDaemon(true);
    }

    /** Opens a store, or one that opens it as soon as it is there. */
    public static SessionStore openNowOrLater(ConfiguredStore configured, StoreContext context) {
        try {
            return configured.open(context);
        } catch (StoreException e) {
            log.warn(
                    "the store cannot be opened, the application starts without it, as start-without-store says; tried again"
                            + " each second: {}",
                    e.getMessage());
            LateStore late = new LateStore(configured, context, e);
            late.opener.start();
            return late;
        }
    }

    private void keepOpening() {
        try {
            while (!isClosed()) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
                if (tryToOpen()) {
                    return;
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** @return whether there is nothing more to try */
    private boolean tryToOpen() {
        SessionStore opened;
        try {
            opened = configured.open(context);
        } catch (RuntimeException e) { // whatever it is, it may pass
            String now = String.valueOf(e.getMessage());
            if (!now.equals(reason) && !isClosed()) {
                log.warn("the store still cannot be opened: {}", now);
            }
            reason = now;
            return false;
        }
        synchronized (this) {
            if (!closed) {
                open = opened;
                log.info("the store is open now");
                return true;
            }
        }
        opened.close();
        return true;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private SessionStore store() {
        SessionStore opened = open;
        if (opened == null) {
            throw new StoreException(Kind.UNAVAILABLE, "the store could not be opened yet: " + reason);
        }
        return opened;
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return store().load(key, knownVersion, access);
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        return store().save(base, delta);
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        return store().touch(touches);
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return store().remove(key, how);
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        return store() instanceof ExpiryClaims claims ? claims.claimExpired(suspects, limit, lease) : List.of();
    }

    @Override
    public int togetherWith(SessionKey session) {
        return open instanceof ExpiryClaims claims ? claims.togetherWith(session) : 0;
    }

    @Override
    public void confirm(Collection<Claim> claimed) {
        if (store() instanceof ExpiryClaims claims) {
            claims.confirm(claimed);
        }
    }

    @Override
    public Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        if (!(store() instanceof SessionLocks locks)) {
            throw new StoreException(Kind.UNAVAILABLE, "lock is set, but this kind of store has no locks");
        }
        return locks.tryLock(key, lease, maxWait);
    }

    @Override
    public void ping() {
        store().ping();
    }

    @Override
    public @Nullable String notReady() {
        if (open == null) {
            return "the store could not be opened yet";
        }
        return open instanceof StoreReport report ? report.notReady() : null;
    }

    @Override
    public Map<String, Long> figures() {
        return open instanceof StoreReport report ? report.figures() : Map.of();
    }

    /** An opening that is under way may last for as long as the store takes over it; what it opens is closed. */
    @Override
    public void close() {
        SessionStore opened;
        synchronized (this) {
            closed = true;
            opened = open;
        }
        opener.interrupt();
        try {
            opener.join(context.policy().timeout().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (opened != null) {
            opened.close();
        }
    }
}
