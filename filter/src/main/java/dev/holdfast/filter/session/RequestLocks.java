package dev.holdfast.filter.session;

import dev.holdfast.spi.Lease;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions that requests of this node have for themselves, among the requests of all nodes. Thread-safe. One thread
 * prolongs the leases of all requests that run.
 *
 * <p>A request that cannot have its session in time fails: it never goes on without.
 */
public final class RequestLocks implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RequestLocks.class);
    private static final long BETWEEN_LINES_NANOS = 10_000_000_000L;

    private final SessionLocks store;
    private final String application;
    private final Duration lease;
    private final Duration wait;
    private final TimeSource time;
    private final Set<RequestLock> held = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService renewing;

    private final LongAdder taken = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder waitedNanos = new LongAdder();

    /** When to tell of the next failure. Between threads it may be told of twice, which harms nobody. */
    private volatile long nextLineNanos;

    /**
     * @param application the first part of every store key
     * @param lease how long a node that died keeps others waiting; positive
     * @param wait how long a request waits for another one
     */
    public RequestLocks(SessionLocks store, String application, Duration lease, Duration wait, TimeSource time) {
        this.store = store;
        this.application = application;
        this.lease = lease;
        this.wait = wait;
        this.time = time;
        this.nextLineNanos = time.nanos();
        this.renewing = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "holdfast-locks-" + application);
            thread.setDaemon(true);
            return thread;
        });
        // Prolonged with two thirds of the lease left, looked at more often: two failures in a row are survived.
        long often = Math.max(1, lease.toMillis() / 9);
        var unused = renewing.scheduleWithFixedDelay(this::renew, often, often, TimeUnit.MILLISECONDS);
    }

    /**
     * Waits until no other request has the session, and takes it. Not re-entrant.
     *
     * @param id well formed; there need be no such session
     * @throws StoreException if another request kept it for too long, or the store does not answer
     */
    public RequestLock take(String id) {
        long before = time.nanos();
        Lease obtained;
        try {
            obtained = store.tryLock(new SessionKey(application, id), lease, wait)
                    .orElseThrow(() -> new StoreException(
                            Kind.TIMEOUT,
                            "another request has kept the session to itself for longer than lock-wait (" + text(wait)
                                    + ")"));
        } catch (StoreException e) {
            refused.increment();
            throw e;
        } finally {
            waitedNanos.add(time.nanos() - before);
        }
        taken.increment();
        // Counted from before the wait: who has waited for long finds its lease short, and prolongs it.
        RequestLock lock = new RequestLock(this, obtained, before + leaseNanos());
        held.add(lock);
        return lock;
    }

    /** Locks taken since the start. */
    public long taken() {
        return taken.sum();
    }

    /** Requests that could not have their session in time, or not learn whether they had it; since the start. */
    public long refused() {
        return refused.sum();
    }

    /** How long requests have waited for locks, those refused included, together since the start. */
    public Duration waited() {
        return Duration.ofNanos(waitedNanos.sum());
    }

    private void renew() {
        for (RequestLock lock : held) {
            try {
                if (!lock.renewIfDue()) {
                    held.remove(lock);
                }
            } catch (StoreException e) {
                // tried again soon, and by the request before it saves
                tell("prolonged", e);
            } catch (RuntimeException | Error e) { // one lock's trouble must not end the others
                log.error("prolonging the lock of a session failed", e);
            }
        }
    }

    void forget(RequestLock lock) {
        held.remove(lock);
    }

    void notReleased(StoreException cause) {
        tell("released", cause);
    }

    private void tell(String what, StoreException cause) {
        long now = time.nanos();
        if (now - nextLineNanos >= 0) {
            nextLineNanos = now + BETWEEN_LINES_NANOS;
            log.warn(
                    "locks of sessions could not be {}; others get them {} later: {}",
                    what,
                    leaseText(),
                    cause.getMessage());
        }
    }

    Duration lease() {
        return lease;
    }

    long leaseNanos() {
        return lease.toNanos();
    }

    String leaseText() {
        return text(lease);
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    TimeSource time() {
        return time;
    }

    /** Nothing is prolonged any more. Before the store is closed; requests that still run release by themselves. */
    @Override
    public void close() {
        renewing.shutdownNow();
    }
}
