package dev.holdfast.redis.server;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Closes sockets on which a thread is stuck past its time. Reads end by themselves ({@link TimedSocket}); a write has no
 * timeout in Java, and does not return while the other side reads nothing and the buffers in between are full. One thread
 * for all connections. Thread-safe.
 */
final class Watch implements AutoCloseable {

    private static final long ROUND_MILLIS = 50;

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
                for (TimedSocket socket : sockets) {
                    socket.closeIfOverdue();
                }
            }
        } catch (InterruptedException e) {
            // close() ends it.
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
