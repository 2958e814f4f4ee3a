package dev.holdfast.redis.server;

import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What one caller wants of one server: travels as a whole, in one trip. Made by the thread that will wait for it. */
final class Call {

    /**
     * QUEUED → APPOINTED → DONE for one that leads, QUEUED → TAKEN → DONE for one that is led. The steps from QUEUED are
     * taken under the lock of {@link Trips}, the one to DONE by the leader alone.
     */
    enum Stage {
        QUEUED,
        /** Has a connection's turn: its own thread leads the next trip. */
        APPOINTED,
        /** In somebody else's trip. */
        TAKEN,
        /** Every request has an outcome. */
        DONE
    }

    private final List<Request> requests;
    private final long deadlineNanos;
    private final long size;
    private final boolean writes;
    private final Thread caller = Thread.currentThread();
    private volatile Stage stage = Stage.QUEUED;

    Call(List<Request> requests, long deadlineNanos) {
        this.requests = requests;
        this.deadlineNanos = deadlineNanos;
        long bytes = 0;
        boolean writing = false;
        for (Request request : requests) {
            bytes += request.size();
            writing |= request.command().writes();
        }
        size = bytes;
        writes = writing;
    }

    List<Request> requests() {
        return requests;
    }

    long deadlineNanos() {
        return deadlineNanos;
    }

    long leftNanos() {
        return deadlineNanos - System.nanoTime();
    }

    /** Bytes, about. */
    long size() {
        return size;
    }

    boolean writes() {
        return writes;
    }

    Stage stage() {
        return stage;
    }

    /** Under the lock of {@link Trips}. */
    void take() {
        stage = Stage.TAKEN;
    }

    /** Under the lock of {@link Trips}. */
    void appoint() {
        stage = Stage.APPOINTED;
        wake();
    }

    /** What the leader's thread wrote into the requests before is seen by whoever sees DONE. */
    void done() {
        stage = Stage.DONE;
        wake();
    }

    void failed(Request.Outcome how, @Nullable Throwable why) {
        if (stage != Stage.DONE) {
            for (Request request : requests) {
                request.failed(how, why);
            }
            done();
        }
    }

    private void wake() {
        if (caller != Thread.currentThread()) {
            LockSupport.unpark(caller);
        }
    }
}
