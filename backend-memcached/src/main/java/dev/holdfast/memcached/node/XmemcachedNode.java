package dev.holdfast.memcached.node;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server reached over xmemcached, by one {@link Connection} at a time. A thread of its own, the prober, makes connections,
 * and asks an open one now and then whether it still is. From the end of a connection to the next one the node is down, and
 * calls fail at once.
 *
 * <p>What a paused server does, measured on 1.6.18: of the writes that were not answered in time, those that its system had
 * received are carried out when it goes on, although we have closed the connection; those that had not left us are not. So
 * an {@code add} or a {@code replace} that timed out may be applied late, as long as nothing else was written under its key
 * in between on that server: nothing is there to be found by the former, or its token is still the current one.
 */
public final class XmemcachedNode implements Node {

    private static final Logger LOG = LoggerFactory.getLogger(XmemcachedNode.class);

    /** Between two tries to connect. */
    private static final long RETRY_MILLIS = 250;

    /** Between two pings: what a hung server takes to be found out when nobody calls. */
    private static final long PING_MILLIS = 1_000;

    /** How long opening a node waits for the first try, so that the first requests find it connected. */
    private static final long FIRST_TRY_MILLIS = 2_000;

    private static final long CLOSE_MILLIS = 5_000;
    private static final int LONGEST_KEY = 250;

    private final NodeOptions options;
    private final Thread prober;

    /** Written under the lock. Stays the last one while the node is down. */
    private volatile @Nullable Connection connection;

    /** Written under the lock. */
    private volatile boolean up = true;

    private final AtomicLong connections = new AtomicLong();

    private final Object lock = new Object();

    // All guarded by lock.
    private boolean tried;
    private boolean closed;
    private String reason = "";
    private Instant downSince = Instant.EPOCH;
    private long downSinceNanos;

    /** Connects, and returns when it has succeeded, failed or taken two seconds: the node is usable in any case. */
    public static XmemcachedNode open(NodeOptions options) {
        return open(List.of(options)).get(0);
    }

    /** As above, to all at once. */
    public static List<XmemcachedNode> open(List<NodeOptions> options) {
        List<XmemcachedNode> nodes = options.stream().map(XmemcachedNode::new).toList();
        nodes.forEach(node -> node.prober.start());
        for (XmemcachedNode node : nodes) {
            synchronized (node.lock) {
                node.awaitFirstTry(FIRST_TRY_MILLIS);
            }
        }
        return nodes;
    }

    private XmemcachedNode(NodeOptions options) {
        this.options = options;
        this.prober = new Thread(this::probe, "holdfast-memcached-" + options.name());
        prober.setDaemon(true);
    }

    @Override
    public String name() {
        return options.name();
    }

    @Override
    public Answer<Item> beginGet(String key) {
        byte[] keyBytes = checked(key);
        return begin(connection -> connection.get(key, keyBytes));
    }

    @Override
    public Answer<Token> beginAdd(String key, byte[] value, int expirySeconds) {
        byte[] keyBytes = checked(key);
        check(expirySeconds);
        return begin(connection -> connection.add(key, keyBytes, value, expirySeconds));
    }

    @Override
    public Answer<Token> beginReplace(String key, Token read, byte[] value, int expirySeconds) {
        byte[] keyBytes = checked(key);
        check(expirySeconds);
        return begin(connection -> isOf(read, connection)
                ? connection.replace(key, keyBytes, (ConnectedToken) read, value, expirySeconds)
                : () -> null);
    }

    @Override
    public boolean delete(String key, Token read) {
        byte[] keyBytes = checked(key);
        Answer<Boolean> answer = begin(connection ->
                isOf(read, connection) ? connection.delete(key, keyBytes, (ConnectedToken) read) : () -> false);
        return Boolean.TRUE.equals(answer.await());
    }

    @Override
    public void requireFits(String key, int bytes) {
        Connection current = connection;
        if (current != null) {
            try {
                current.requireFits(checked(key).length, bytes);
            } catch (StoreException e) {
                throw named(e);
            }
        }
    }

    @Override
    public long connections() {
        return connections.get();
    }

    @Override
    public boolean isUp() {
        return up;
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
            up = false;
            lock.notifyAll();
        }
        Connection last = connection;
        if (last != null) {
            last.close();
        }
        prober.interrupt();
        try {
            prober.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return "memcached " + options.name();
    }

    private <T> Answer<T> begin(Function<Connection, Answer<T>> call) {
        try {
            Answer<T> answer = call.apply(connected());
            return () -> {
                try {
                    return answer.await();
                } catch (StoreException e) {
                    throw named(e);
                }
            };
        } catch (StoreException e) {
            throw named(e);
        }
    }

    private StoreException named(StoreException e) {
        return new StoreException(e.kind(), this + ": " + e.getMessage(), e.getCause());
    }

    private Connection connected() {
        Connection current = connection;
        if (current != null && current.isOpen()) {
            return current;
        }
        synchronized (lock) {
            awaitFirstTry(options.timeout().toMillis());
            current = connection;
            if (closed) {
                throw new StoreException(Kind.UNAVAILABLE, "is closed");
            }
            if (current != null && current.isOpen()) {
                return current;
            }
            if (!tried) {
                throw new StoreException(Kind.TIMEOUT, "not yet connected");
            }
            long millis = up ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - downSinceNanos);
            throw new StoreException(
                    Kind.UNAVAILABLE,
                    up ? "connection closed" : "down for " + millis + " ms, since " + downSince + ": " + reason);
        }
    }

    /** Holds the lock. An interrupted caller does not wait, and keeps its flag. */
    private void awaitFirstTry(long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        long left;
        while (!tried && !closed && (left = until - System.nanoTime()) > 0) {
            try {
                TimeUnit.NANOSECONDS.timedWait(lock, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** What the prober does until the node is closed. */
    private void probe() {
        Connection current = null;
        long lastTryNanos = System.nanoTime() - TimeUnit.MILLISECONDS.toNanos(RETRY_MILLIS);
        try {
            while (true) {
                if (current != null && current.isOpen()) {
                    if (!await(PING_MILLIS, current)) {
                        return;
                    }
                    ping(current);
                } else {
                    if (current != null) {
                        // its threads
                        current.close();
                        current = null;
                    }
                    long sinceLast = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastTryNanos);
                    if (!await(RETRY_MILLIS - sinceLast, null)) {
                        return;
                    }
                    lastTryNanos = System.nanoTime();
                    current = connect();
                }
            }
        } finally {
            if (current != null) {
                current.close();
            }
        }
    }

    private @Nullable Connection connect() {
        Connection opened;
        try {
            opened = Connection.open(options, why -> {
                // Its end is found by connected() at once, and told here for those who ask isUp, and for the log.
                Connection current = connection;
                if (current != null && !current.isOpen()) {
                    wentDown(why);
                }
            });
        } catch (StoreException e) {
            wentDown(String.valueOf(e.getMessage()));
            return null;
        }
        synchronized (lock) {
            connection = opened;
            connections.incrementAndGet();
            boolean wasDown = !up;
            tried = true;
            up = !closed;
            lock.notifyAll();
            if (wasDown && up) {
                LOG.info(
                        "{} is up again after {} ms",
                        this,
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - downSinceNanos));
            }
        }
        if (!opened.isOpen()) {
            // before it was the connection
            wentDown("connection closed");
        }
        return opened;
    }

    private void ping(Connection current) {
        try {
            current.ping();
        } catch (StoreException e) {
            // It has ended, and told so; or the server refuses to tell its version, and has answered.
            LOG.debug("{}: {}", this, e.getMessage());
        }
    }

    private void wentDown(String why) {
        synchronized (lock) {
            tried = true;
            reason = why;
            if (up && !closed) {
                up = false;
                downSince = Instant.now();
                downSinceNanos = System.nanoTime();
                LOG.warn("{} is down: {}; tried again every {} ms", this, why, RETRY_MILLIS);
            }
            lock.notifyAll();
        }
    }

    /**
     * Waits for that long, or until this connection ends.
     *
     * @return false if the node is closed
     */
    private boolean await(long millis, @Nullable Connection until) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        synchronized (lock) {
            long left;
            while (!closed && (until == null || until.isOpen()) && (left = end - System.nanoTime()) > 0) {
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    // only close() does that, and says so by its flag
                }
            }
            return !closed;
        }
    }

    private static boolean isOf(Token read, Connection connection) {
        if (read == Token.UNKNOWN) {
            return false;
        }
        if (read instanceof ConnectedToken token) {
            return token.connection() == connection;
        }
        throw new IllegalArgumentException("not a token that a node like this has handed out");
    }

    /** Without relying on xmemcached, whose checks follow the protocol of the client that was made last. */
    private static byte[] checked(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > LONGEST_KEY) {
            throw new IllegalArgumentException("a key has 1 to " + LONGEST_KEY + " bytes, not " + bytes.length);
        }
        for (byte b : bytes) {
            if ((b >= 0 && b <= ' ') || b == 0x7f) {
                throw new IllegalArgumentException("a key holds no blanks and no control characters");
            }
        }
        return bytes;
    }

    private static void check(int expirySeconds) {
        if (expirySeconds < 0 || expirySeconds > LONGEST_EXPIRY) {
            throw new IllegalArgumentException(
                    "an expiry is 0 or up to " + LONGEST_EXPIRY + " seconds, not " + expirySeconds);
        }
    }
}
