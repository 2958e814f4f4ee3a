package dev.holdfast.filter.session;

import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one save of a session run at a time, and tells each request when everything it changed is in a <em>completed</em>
 * save.
 *
 * <p>A request joins the round that has not begun to collect changes yet: that round covers all it has done. It never counts
 * on the round under way, which may have collected before the request's last change. If a round fails, all who are in it
 * fail: nobody is acknowledged on another's failing save.
 *
 * <p>Waits are bounded. The store's timeouts do not bound them: a round encodes, and the application's encoding may wait for
 * a lock that a waiting request holds ({@code synchronized (list)} around a loop that writes the answer, and the list is an
 * attribute whose {@code writeObject} is synchronized). The request that waited too long fails, lets its lock go, and the
 * others go on.
 */
final class SaveGate {

    /** What a round does: collect, send, mark clean. Never called by two threads at once. */
    interface Work {
        void run();
    }

    /** One save, and those who wait for it. Guarded by the gate. */
    private static final class Round {
        private boolean done;
        private @Nullable RuntimeException failure;
    }

    private final long patienceNanos;

    /** Guarded by {@code this}; never held while the work runs. */
    private @Nullable Round running;

    /** Who runs it. Guarded by {@code this}. */
    private @Nullable Thread leader;

    /** The leader asked for a save while it was saving: application code that an encoding calls may do that. */
    private boolean again;

    /** The round that newcomers join. Guarded by {@code this}. */
    private @Nullable Round next;

    /** @param patience how long a request waits for the round before its own; more than the store's calls in one may take */
    SaveGate(Duration patience) {
        patienceNanos = patience.toNanos();
    }

    /**
     * Returns when a round that began after this call has completed, in this thread or in another's.
     *
     * @throws RuntimeException what that round's work threw
     */
    void commit(Work work) {
        Round mine;
        synchronized (this) {
            if (leader == Thread.currentThread()) {
                again = true;
                return;
            }
            if (next != null) {
                mine = next;
                awaitDone(mine);
                if (mine.failure != null) {
                    throw mine.failure;
                }
                return;
            }
            mine = new Round();
            next = mine;
            try {
                awaitTurn();
            } catch (StoreException e) {
                next = null;
                finish(mine, e);
                throw e;
            }
            next = null;
            begin(mine);
        }
        lead(mine, work);
    }

    /** Runs {@code work} while no save runs; nobody else's changes are covered by it. Within a round, it just runs. */
    void exclusively(Work work) {
        Round mine = new Round();
        boolean within;
        synchronized (this) {
            within = leader == Thread.currentThread();
            if (!within) {
                awaitTurn();
                begin(mine);
            }
        }
        if (within) {
            work.run();
        } else {
            lead(mine, work);
        }
    }

    private synchronized void begin(Round mine) {
        running = mine;
        leader = Thread.currentThread();
        again = false;
    }

    private synchronized boolean isAskedAgain() {
        boolean asked = again;
        again = false;
        return asked;
    }

    private void lead(Round mine, Work work) {
        RuntimeException failure = null;
        try {
            work.run();
            if (isAskedAgain()) {
                work.run(); // once: what asks at each encoding would ask for ever
            }
        } catch (RuntimeException e) {
            failure = e;
            throw e;
        } catch (Error e) {
            failure = new StoreException(StoreException.Kind.UNAVAILABLE, "the save ended with " + e.getClass(), e);
            throw e;
        } finally {
            synchronized (this) {
                running = null;
                leader = null;
                finish(mine, failure);
            }
        }
    }

    private synchronized void finish(Round round, @Nullable RuntimeException failure) {
        round.done = true;
        round.failure = failure;
        notifyAll();
    }

    private synchronized void awaitTurn() {
        awaitUntil(() -> running == null, patienceNanos);
    }

    private synchronized void awaitDone(Round round) {
        awaitUntil(() -> round.done, 2 * patienceNanos); // for the one under way, and for this one
    }

    private synchronized void awaitUntil(BooleanSupplier condition, long nanos) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            long left = nanos - (System.nanoTime() - start);
            if (left <= 0) {
                throw new StoreException(
                        StoreException.Kind.TIMEOUT,
                        "another request's save of the same session takes too long: an attribute's encoding may be waiting"
                                + " for a lock that this request holds");
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException(
                        StoreException.Kind.UNAVAILABLE, "interrupted while waiting for a save of the same session", e);
            }
        }
    }
}
