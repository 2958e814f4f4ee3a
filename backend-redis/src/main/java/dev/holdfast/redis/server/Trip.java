package dev.holdfast.redis.server;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One pipeline there and back, for all calls of a batch. For the thread of the first one's caller, whose time it must not
 * exceed.
 */
final class Trip {

    /** Redis looks ten times in a second whether a WAIT is over. */
    private static final long WAIT_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Wire wire;
    private final List<Call> batch;
    private final Call own;
    private final long timeoutNanos;
    private final Confirmations confirmations;
    private final boolean confirm;

    /**
     * @param timeoutNanos for one answer
     * @param confirmations by replicas, of what is written
     */
    Trip(Wire wire, List<Call> batch, long timeoutNanos, Confirmations confirmations) {
        this.wire = wire;
        this.batch = batch;
        this.own = batch.get(0);
        this.timeoutNanos = timeoutNanos;
        this.confirmations = confirmations;
        this.confirm = confirmations.needed() > 0 && batch.stream().anyMatch(Call::writes);
    }

    /**
     * Wakes each caller as soon as it has its answers.
     *
     * @return whether the server did anything but say that it is no master
     */
    boolean run() throws IOException {
        long waitNanos = confirm ? confirmations.waitNanos(mostWaitNanos()) : 0;
        write(waitNanos);
        boolean served = false;
        for (Call call : batch) {
            for (Request request : call.requests()) {
                served |= read(request);
            }
            if (!confirm || !call.writes()) {
                call.done();
            }
        }
        if (confirm) {
            awaitReplicas(waitNanos);
        }
        wire.expectNothing();
        wire.rest();
        return served;
    }

    private void write(long waitNanos) throws IOException {
        wire.until(nextDeadline());
        for (Call call : batch) {
            for (Request request : call.requests()) {
                wire.write(request);
            }
        }
        if (confirm) {
            wire.writeWait(confirmations.needed(), TimeUnit.NANOSECONDS.toMillis(waitNanos));
        }
        wire.flush();
    }

    private boolean read(Request request) {
        wire.until(nextDeadline());
        Object asked = request.isAsking() ? wire.read() : null;
        Object reply = wire.read();
        if (asked instanceof ErrorReply) {
            reply = asked;
        }
        request.answered(reply, !confirm || !request.command().writes());
        return !(reply instanceof ErrorReply error && error.saysDown());
    }

    private void awaitReplicas(long waitNanos) {
        wire.until(System.nanoTime() + Math.min(waitNanos + WAIT_MARGIN_NANOS, own.leftNanos()));
        long confirmedBy = wire.read() instanceof Long number ? number : 0;
        boolean enough = confirmations.arrived(confirmedBy, waitNanos);
        for (Call call : batch) {
            for (Request request : call.requests()) {
                request.confirmed(confirmedBy, enough);
            }
            // Those that only read have gone.
            if (call.writes()) {
                call.done();
            }
        }
    }

    private long mostWaitNanos() {
        return Math.min(timeoutNanos, own.leftNanos() - Math.min(WAIT_MARGIN_NANOS, own.leftNanos() / 4));
    }

    private long nextDeadline() {
        return System.nanoTime() + Math.min(timeoutNanos, own.leftNanos());
    }
}
