package dev.holdfast.redis.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes sockets on which a thread is stuck past its time. Reads end by themselves ({@link TimedSocket}); a write has no
 * timeout in Java, and does not return while the other side reads nothing and the buffers in between are full. One thread
 * for all connections. Thread-safe.
 */
final class Watch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final long ROUND_MILLIS = 50;
    private static final long END_MILLIS = 2_000;

    private final Set<TimedSocket> sockets = ConcurrentHashMap.newKeySet();
    private final Thread thread;

    Watch() {
        thread = new Thread(this::run, "holdfast-redis-watch");
        thread.setDaemon(true);
        thread.start();
    }

    void add(TimedSocket socket) {
        sockets.add(socket);
    }

    void remove(TimedSocket socket) {
        sockets.remove(socket);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(ROUND_MILLIS);
                look();
            }
        } catch (InterruptedException e) {
            // close() ends it.
        }
    }

    private void look() {
        try {
            for (TimedSocket socket : sockets) {
                socket.closeIfOverdue();
            }
        } catch (RuntimeException | Error e) {
            // Memory that was short for a moment, say. Without this thread, writes would be stuck for ever.
            LOG.warn("redis: looking for connections that are stuck failed, tried again", e);
        }
    }

    /** Waits for the thread, which has nothing to end: a container looks for threads that are left once this has returned. */
    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
