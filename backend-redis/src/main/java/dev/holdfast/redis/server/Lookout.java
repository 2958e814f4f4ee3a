package dev.holdfast.redis.server;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that keeps looking for masters: every now and then, and soon when somebody asks for it. Thread-safe.
 *
 * <p>A look may block on servers, within bounds; nobody waits for a look to end but for as long as it likes.
 */
final class Lookout implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Lookout.class);

    /** However many ask: a fail-over takes longer, and the servers have other things to do. */
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long END_MILLIS = 2_000;

    interface Look {
        /** @return nanoseconds until the next one, if nobody asks for it sooner */
        long look();
    }

    private final Look look;
    private final Thread thread;

    /** Guards all below. Never held while looking. */
    private final Object lock = new Object();

    private boolean wanted;
    private long done;
    private boolean closed;

    /** @param name of the thread, which {@link #start} starts */
    Lookout(String name, Look look) {
        this.look = look;
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Looks again, at once if it is not doing so. */
    void soon() {
        synchronized (lock) {
            wanted = true;
            lock.notifyAll();
        }
    }

    /** Until another look has ended; until the deadline at most. */
    void awaitNews(long deadlineNanos) throws InterruptedException {
        synchronized (lock) {
            long before = done;
            while (done == before && !closed) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
        }
    }

    boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }

    private void run() {
        try {
            long pause = 0;
            while (rest(pause)) {
                try {
                    pause = look.look();
                } catch (RuntimeException | Error e) {
                    // Neither a mistake of ours nor memory that was short for a moment must end the only thread that
                    // can
                    // find the next master.
                    LOG.warn("redis: looking for masters failed, tried again in a second", e);
                    pause = TimeUnit.SECONDS.toNanos(1);
                }
                synchronized (lock) {
                    done++;
                    lock.notifyAll();
                }
            }
        } catch (InterruptedException e) {
            // close() ends it.
        }
    }

    /** @return false if it is over */
    private boolean rest(long pauseNanos) throws InterruptedException {
        long now = System.nanoTime();
        long earliest = now + Math.min(pauseNanos, SHORTEST_NANOS);
        long latest = now + pauseNanos;
        synchronized (lock) {
            while (!closed) {
                long left = (wanted ? earliest : latest) - System.nanoTime();
                if (left <= 0) {
                    wanted = false;
                    return true;
                }
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            }
            return false;
        }
    }

    /** Waits for the thread, if it has something to end, and not for long. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            lock.notifyAll();
        }
        thread.interrupt();
        try {
            if (thread != Thread.currentThread()) {
                thread.join(END_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
