package dev.holdfast.filter.session;

import dev.holdfast.spi.TimeSource;
import java.time.Duration;

/**
 * When a session was used: what the application may ask, what the store has been told, and when the idle limit falls due on
 * this node. Thread-safe; every field is guarded by {@code this}.
 *
 * <p>Whatever decides something is monotonic time; wall time is only shown to the application.
 */
final class AccessTimes {

    private final TimeSource time;

    /** Start of the request before the current one, and of the current one, for the application. */
    private long previousMillis;

    private long currentMillis;

    /** The latest use known here, by this node's requests or from the store. */
    private long lastUseNanos;

    /** The latest use that the store is known to know. */
    private long storedNanos;

    /** When the request arrived that joined last: one request counts once, however often it asks. */
    private long joinedNanos;

    private boolean anyJoined;

    /** Whether the times are somebody's: the creator's or the store's. */
    private boolean hasPast;

    /** @param isCreated whether the session begins here and now; else the store has to tell first */
    AccessTimes(TimeSource time, boolean isCreated) {
        this.time = time;
        hasPast = isCreated;
        currentMillis = time.wallMillis();
        previousMillis = currentMillis;
        lastUseNanos = time.nanos();
        storedNanos = lastUseNanos;
    }

    /** A request that arrived then has joined the session. */
    synchronized void joined(long arrivedNanos) {
        if (anyJoined && joinedNanos == arrivedNanos) {
            return;
        }
        anyJoined = true;
        joinedNanos = arrivedNanos;
        previousMillis = currentMillis;
        currentMillis = Math.max(currentMillis, wallMillisAt(arrivedNanos));
        used(arrivedNanos);
    }

    /** The session was in use at that moment. */
    synchronized void used(long atNanos) {
        if (atNanos - lastUseNanos > 0) {
            lastUseNanos = atNanos;
        }
    }

    /** The store says how long ago the last access was that it knew; to a copy without a past of its own that is all there is. */
    synchronized void toldByStore(Duration idle) {
        long at = time.nanos() - idle.toNanos();
        if (hasPast) {
            used(at);
            storedUpTo(at);
            if (anyJoined && at - joinedNanos < 0) {
                // the request that asks has been noted already: what the store tells of was before it
                previousMillis = Math.max(previousMillis, wallMillisAt(at));
            } else {
                currentMillis = Math.max(currentMillis, wallMillisAt(at));
            }
            return;
        }
        hasPast = true;
        lastUseNanos = at;
        storedNanos = at;
        currentMillis = wallMillisAt(at);
        previousMillis = currentMillis;
    }

    /** The store knows of the use at that moment. */
    synchronized void storedUpTo(long atNanos) {
        if (atNanos - storedNanos > 0) {
            storedNanos = atNanos;
        }
    }

    synchronized long previousMillis() {
        return previousMillis;
    }

    synchronized long lastUseNanos() {
        return lastUseNanos;
    }

    /** How long ago the last use known here was. */
    synchronized Duration idle() {
        return Duration.ofNanos(Math.max(0, time.nanos() - lastUseNanos));
    }

    /**
     * Whether the store must be told now: it lags behind by an interval. Then an access reaches it at most one interval
     * after it happened, which is what lets the node of the last access end a session at its idle limit.
     */
    synchronized boolean isTouchDue(Duration interval) {
        return lastUseNanos - storedNanos > 0 && time.nanos() - storedNanos >= interval.toNanos();
    }

    /** Whether there is any use that the store has not been told of. */
    synchronized boolean isAheadOfStore() {
        return lastUseNanos - storedNanos > 0;
    }

    private long wallMillisAt(long nanos) {
        return time.wallMillis() - (time.nanos() - nanos) / 1_000_000;
    }
}
