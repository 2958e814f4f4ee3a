package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.StoreException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives nodes that are back what they have lost or missed: reads the sessions that this application server has used lately,
 * as a read brings a session's homes in line. Otherwise a session that nobody uses would have one copy only, and would be gone
 * with the next node. Thread-safe; has a thread of its own once it has been started.
 */
final class Refill implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MemcachedStore.class);

    /** How many sessions are remembered, by their keys. */
    static final int MOST = 50_000;

    private static final long LOOK_MILLIS = 500;

    /** Between two sessions, so that requests have the node, and this process, to themselves most of the time. */
    private static final long REST_NANOS = 200_000;

    private final Collection<Node> nodes;
    private final Predicate<SessionKey> read;
    private final ScheduledThreadPoolExecutor thread;

    /** The longest unused first. Guarded by itself; nothing is called while it is locked. */
    private final Map<SessionKey, Boolean> used = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<SessionKey, Boolean> eldest) {
            return size() > MOST;
        }
    };

    /** The connections of each node for which everything has been read. Only for the thread that looks. */
    private final Map<Node, Long> done = new HashMap<>();

    /** @param read reads a session from all its homes; false if there is none any more */
    Refill(Collection<Node> nodes, Predicate<SessionKey> read, String application) {
        this.nodes = nodes;
        this.read = read;
        nodes.forEach(node -> done.put(node, node.connections()));
        thread = new ScheduledThreadPoolExecutor(1, task -> {
            Thread made = new Thread(task, "holdfast-memcached-refill-" + application);
            made.setDaemon(true);
            return made;
        });
    }

    void start() {
        var ignored = thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    void used(SessionKey key) {
        synchronized (used) {
            used.put(key, true);
        }
    }

    void ended(SessionKey key) {
        synchronized (used) {
            used.remove(key);
        }
    }

    /** Reads everything if a node has been connected to anew; to the end, or again the next time. */
    void look() {
        try {
            Map<Node, Long> now = new HashMap<>();
            List<String> back = new ArrayList<>();
            for (Node node : nodes) {
                now.put(node, node.connections());
                if (node.isUp() && node.connections() != done.getOrDefault(node, 0L)) {
                    back.add(node.name());
                }
            }
            if (back.isEmpty()) {
                return;
            }
            long begun = System.nanoTime();
            int count = readAll();
            if (count >= 0) {
                done.putAll(now);
            }
            if (count > 0) {
                LOG.info(
                        "memcached {}: the {} sessions that this application server has used have all their copies again"
                                + " after {} ms",
                        String.join(", ", back),
                        count,
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
            }
        } catch (RuntimeException e) {
            LOG.warn("memcached: could not give a server that is back its copies of sessions", e);
        }
    }

    /** How many there are; -1 if that was not all. */
    private int readAll() {
        List<SessionKey> keys;
        synchronized (used) {
            keys = new ArrayList<>(used.keySet());
        }
        int alive = 0;
        for (SessionKey key : keys) {
            if (thread.isShutdown()) {
                return -1;
            }
            try {
                if (read.test(key)) {
                    alive++;
                } else {
                    ended(key);
                }
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.CORRUPT) {
                    LOG.debug("memcached: {}", e.getMessage());
                    return -1;
                }
            }
            LockSupport.parkNanos(REST_NANOS);
        }
        return alive;
    }

    @Override
    public void close() {
        thread.shutdownNow();
        try {
            boolean ignored = thread.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
