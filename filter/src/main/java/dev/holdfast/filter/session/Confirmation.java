package dev.holdfast.filter.session;

import java.time.Duration;

/**
 * When the store last confirmed a copy, and when there was last a sign that another node serves the session too. Not
 * thread-safe: its copy's monitor guards it.
 *
 * <p><b>Invariant of sticky mode.</b> A copy may be used without asking only if the store confirmed it by a call sent at least
 * {@link #SETTLE} <i>after</i> the last sign of another node. A node gives this sign to itself, before the bytes leave, with
 * each answer by which the client may change over to it. So whoever comes with this node's route has had it from an answer
 * that was given no later than a moment after the last sign. What was sent to another node before that answer came in, and still
 * carried that node's route, is stored there within {@link #SETTLE} of it, or is answered with a cookie that leads here no
 * more; the confirmation holds it. What was sent later carried this node's route, so that the other node answered with its own.
 */
final class Confirmation {

    /**
     * For how long after a sign of another node every request asks. Twice as long as a request may run before it tells the client
     * once more who serves it ({@link #LONG_REQUEST}): the other half is for answers and requests on their way.
     */
    static final Duration SETTLE = Duration.ofSeconds(30);

    /** A request that has run for so long when it saves tells the client again which node that was. */
    static final Duration LONG_REQUEST = SETTLE.dividedBy(2);

    /** When the call was sent that the store answered last; {@link #confirmed} says if there was one. */
    private long confirmedNanos;

    private boolean confirmed;

    /** When there was the last sign; {@link #elsewhere} says if there was one. */
    private long elsewhereNanos;

    private boolean elsewhere;

    /** By a call that was sent then. */
    void confirmed(long sentNanos) {
        if (!confirmed || sentNanos - confirmedNanos > 0) {
            confirmedNanos = sentNanos;
            confirmed = true;
        }
    }

    /** Whether there was one, whenever it was. */
    boolean isConfirmed() {
        return confirmed;
    }

    /** Whether by a call that was sent at or after that moment. */
    boolean isConfirmedSince(long nanos) {
        return confirmed && confirmedNanos - nanos >= 0;
    }

    /** Another node may serve the session too, as far as is known at this moment. */
    void elsewhere(long nanos) {
        if (!elsewhere || nanos - elsewhereNanos > 0) {
            elsewhereNanos = nanos;
            elsewhere = true;
        }
    }

    /** Whether the last confirmation was late enough that nothing on its way at the last sign can be missing from it. */
    boolean isSettled() {
        return confirmed && (!elsewhere || confirmedNanos - elsewhereNanos >= SETTLE.toNanos());
    }
}
