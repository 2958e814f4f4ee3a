package dev.holdfast.redis.server;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Remembers that a server is down, so that not every caller has to find out by waiting. Open, it lets one caller through
 * now and then, for a trial; the first success closes it. Thread-safe, never blocks for long.
 */
final class Breaker {

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long patienceNanos;
    private volatile boolean clean = true;

    // All guarded by this.
    private boolean open;
    private @Nullable Unreachable reason;
    private long downSinceNanos;
    private long nextTrialNanos;
    private long pauseNanos;
    private long waitedNanos;

    /** Whether a trial has begun whose outcome nobody has told yet. */
    private boolean trying;

    /** @param patienceNanos how long may be waited in vain, in one or more tries, until the server counts as down */
    Breaker(long patienceNanos) {
        this.patienceNanos = patienceNanos;
    }

    /** Whether to try; if not, the server is down, and it is not time for a trial. */
    boolean admits() {
        if (clean) {
            return true;
        }
        synchronized (this) {
            if (!open) {
                return true;
            }
            if (System.nanoTime() - nextTrialNanos < 0) {
                return false;
            }
            nextTrialNanos = System.nanoTime() + pauseNanos;
            trying = true;
            return true;
        }
    }

    /** It answered as it should. */
    void succeeded() {
        if (clean) {
            return;
        }
        synchronized (this) {
            clean = true;
            open = false;
            trying = false;
            waitedNanos = 0;
        }
    }

    /** It refused, in a way that is the same for everybody. */
    synchronized void failed(Unreachable why) {
        clean = false;
        // The latest one counts: a server that was not there may now be loading, or refuse the password.
        reason = why;
        long now = System.nanoTime();
        if (!open) {
            open = true;
            downSinceNanos = now;
            pauseNanos = FIRST_PAUSE_NANOS;
        } else if (trying) {
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
        } else {
            // Somebody who began before: no trial.
            return;
        }
        trying = false;
        nextTrialNanos = now + pauseNanos;
    }

    /**
     * It did not answer. One caller that had little time says nothing about the server, many of them do.
     *
     * @return whether it now counts as down
     */
    synchronized boolean waitedInVain(long nanos, Unreachable why) {
        clean = false;
        waitedNanos += nanos;
        if (open || waitedNanos >= patienceNanos) {
            failed(why);
        }
        return open;
    }

    synchronized boolean isOpen() {
        return open;
    }

    /** {@link System#nanoTime} of the first failure after the last success; now, if there is none. */
    synchronized long downSinceNanos() {
        return open ? downSinceNanos : System.nanoTime();
    }

    /** Why it is down, since when, and when it is tried again. */
    synchronized Unreachable refusal() {
        Unreachable last = reason;
        if (last == null) {
            return new Unreachable(Unreachable.Reason.REFUSED, "down", null);
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - downSinceNanos);
        return new Unreachable(
                last.reason(),
                last.getMessage() + "; down for " + seconds + " s, tried again every "
                        + TimeUnit.NANOSECONDS.toMillis(pauseNanos) + " ms",
                last);
    }
}
