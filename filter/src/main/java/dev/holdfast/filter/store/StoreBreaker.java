package dev.holdfast.filter.store;

import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers that a store does not answer, so that not every request finds out by waiting. Open, it refuses calls at once, and lets
 * one through now and then, for a trial; the first answer closes it. Thread-safe; blocks for nothing but the store.
 *
 * <p>What counts is the time that calls have waited in vain since the last answer. A store that refuses at once needs no breaker,
 * and one of which a part is away goes on answering for the rest: both never open it, and nobody is refused for others' sake. Some
 * backends have breakers of their own for each server; this one is for whatever waits all the same.
 */
public final class StoreBreaker {

    private static final Logger log = LoggerFactory.getLogger(StoreBreaker.class);

    static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    /** One call may be unlucky. */
    private static final int LEAST_FAILURES = 2;

    private final TimeSource time;
    private final long patienceNanos;

    /** Calls refused without asking the store. */
    public final LongAdder refused = new LongAdder();

    /** Calls let through although it was open. */
    public final LongAdder trials = new LongAdder();

    /** How often it opened. */
    public final LongAdder openings = new LongAdder();

    /** Whether no call has failed since the last answer: then there is nothing to look at. Written under the monitor. */
    private volatile boolean clean = true;

    // All guarded by this.
    private boolean open;
    private int failures;
    private long waitedNanos;
    private long openedNanos;
    private long nextTrialNanos;
    private long pauseNanos;
    private String reason = "";

    /** @param patience how long calls may wait in vain, all together, until the store counts as away */
    public StoreBreaker(TimeSource time, Duration patience) {
        this.time = time;
        this.patienceNanos = patience.toNanos();
    }

    /** The store behind this breaker. It claims expired sessions if {@code store} does; for its locks see {@link #around(SessionLocks)}. */
    public SessionStore around(SessionStore store) {
        return store instanceof ExpiryClaims claims
                ? new ClaimingGuardedStore(store, claims, this)
                : new GuardedStore(store, this);
    }

    /** Its locks behind this breaker: whoever would wait for one is refused at once as well. */
    public SessionLocks around(SessionLocks locks) {
        return (key, lease, wait) -> call(() -> locks.tryLock(key, lease, wait));
    }

    /** Whether calls are refused at this moment. */
    public synchronized boolean isOpen() {
        return open;
    }

    /**
     * Does a call, or refuses it.
     *
     * @throws StoreException UNAVAILABLE if it was refused; then the store was not asked
     */
    <A> A call(Supplier<A> call) {
        boolean trial = !clean && isTrial();
        long begunNanos = time.nanos();
        try {
            A answer = call.get();
            answered();
            return answer;
        } catch (StoreException e) {
            if (e.kind() != Kind.UNAVAILABLE && e.kind() != Kind.TIMEOUT) {
                answered();
            } else if (!Thread.currentThread().isInterrupted()) { // else it may be the caller who would not wait
                failed(e, time.nanos() - begunNanos, trial);
            }
            throw e;
        }
    }

    /**
     * Whether this call is a trial.
     *
     * @throws StoreException if it must not be made
     */
    private synchronized boolean isTrial() {
        if (!open) {
            return false;
        }
        long now = time.nanos();
        if (now - nextTrialNanos < 0) {
            refused.increment();
            throw new StoreException(
                    Kind.UNAVAILABLE,
                    "the store has not answered for "
                            + Duration.ofNanos(now - openedNanos).toSeconds()
                            + " s and is tried again soon; the last failure was: " + reason);
        }
        // One at a time; but one that never ends must not be the last.
        nextTrialNanos = now + Math.max(patienceNanos, pauseNanos);
        trials.increment();
        return true;
    }

    private void answered() {
        if (clean) {
            return;
        }
        synchronized (this) {
            if (open) {
                log.info(
                        "the store answers again, after {} s",
                        Duration.ofNanos(time.nanos() - openedNanos).toSeconds());
            }
            open = false;
            failures = 0;
            waitedNanos = 0;
            clean = true;
        }
    }

    private synchronized void failed(StoreException e, long nanos, boolean trial) {
        clean = false;
        failures++;
        waitedNanos += nanos;
        reason = String.valueOf(e.getMessage());
        long now = time.nanos();
        if (open) {
            if (trial) { // one that began before the opening says nothing new
                nextTrialNanos = now + pauseNanos;
                pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
            }
            return;
        }
        if (waitedNanos >= patienceNanos && failures >= LEAST_FAILURES) {
            open = true;
            openings.increment();
            openedNanos = now;
            pauseNanos = FIRST_PAUSE.toNanos();
            nextTrialNanos = now + pauseNanos;
            log.warn(
                    "the store does not answer; until it does, calls are refused at once, but for one now and then: {}",
                    reason);
        }
    }
}
