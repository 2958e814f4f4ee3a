package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock is an item with its owner and the end of the lease, on the first node of the session's order that can be reached. It is made by
 * {@code add}; what has ended is taken over, what is renewed or released is written or deleted by compare-and-set, so that nobody
 * changes what has become another's. Thread-safe.
 *
 * <p>memcached ends items by the second and leases may be shorter, so the end of a lease is in the item, by the application servers'
 * clocks, and the server forgets the item a little later. A lock is not on the backup: while its node is away, or homes
 * move, two may hold it. Nothing depends on it but that requests keep out of each other's way.
 *
 * <p>Who waits asks again after pauses of {@link #FIRST_PAUSE} to {@link #LONGEST_PAUSE}, each of a random length.
 */
final class MemcachedLocks {

    static final Duration FIRST_PAUSE = Duration.ofMillis(4);
    static final Duration LONGEST_PAUSE = Duration.ofMillis(64);

    private static final Logger LOG = LoggerFactory.getLogger(MemcachedStore.class);

    private static final byte FORMAT = 1;
    private static final int SIZE = 1 + 2 * Long.BYTES;

    /** How much longer than a lease its item is kept, for clocks that differ a little. */
    private static final int SPARE_SECONDS = 5;

    /** How often one call may find a lock changed between its reading and its writing. */
    private static final int TRIES = 8;

    private final Homes homes;
    private final TimeSource time;
    private final BooleanSupplier isClosed;

    /** @param isClosed from then on no lease can be renewed or released */
    MemcachedLocks(Homes homes, TimeSource time, BooleanSupplier isClosed) {
        this.homes = homes;
        this.time = time;
        this.isClosed = isClosed;
    }

    /** What a lock's item says. */
    private record Holder(long owner, long untilMillis) {

        /** Null if these are not the bytes of a lock: such a thing holds nobody off. */
        static @Nullable Holder decode(byte[] value) {
            if (value.length != SIZE || value[0] != FORMAT) {
                return null;
            }
            ByteBuffer in = ByteBuffer.wrap(value, 1, SIZE - 1);
            return new Holder(in.getLong(), in.getLong());
        }

        byte[] encode() {
            return ByteBuffer.allocate(SIZE)
                    .put(FORMAT)
                    .putLong(owner)
                    .putLong(untilMillis)
                    .array();
        }
    }

    Optional<Lease> tryLock(SessionKey session, Duration lease, Duration maxWait) {
        SessionLocks.requireLease(lease);
        SessionLocks.requireWait(maxWait);
        String key = "hf:" + session.application() + ":.lock:" + session.opaque();
        List<Node> order = homes.order(SessionItems.key(session)).nodes();
        long owner = Removal.newOp();
        long giveUpNanos = System.nanoTime() + maxWait.toNanos();
        long pauseNanos = FIRST_PAUSE.toNanos();
        while (true) {
            requireOpen();
            Held held = take(order, key, owner, lease);
            if (held != null) {
                return Optional.of(held);
            }
            long left = giveUpNanos - System.nanoTime();
            if (left <= 0) {
                return Optional.empty();
            }
            pause(Math.min(left, pauseNanos / 2 + ThreadLocalRandom.current().nextLong(pauseNanos / 2)));
            pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE.toNanos());
        }
    }

    private @Nullable Held take(List<Node> order, String key, long owner, Duration lease) {
        StoreException last = null;
        for (Node node : order) {
            try {
                return take(node, key, owner, lease);
            } catch (StoreException e) {
                if (Thread.interrupted()) {
                    try {
                        giveBack(node, key, owner);
                    } finally {
                        Thread.currentThread().interrupt();
                    }
                    throw e;
                }
                last = e;
            }
        }
        throw last != null ? last : new StoreException(Kind.UNAVAILABLE, "memcached: no node is configured");
    }

    /**
     * Who was interrupted does not know whether it was given the lock; it may have been sent after the interrupt. What is asked
     * for here comes after it on the same connection.
     */
    private void giveBack(Node node, String key, long owner) {
        try {
            new Held(node, key, new Holder(owner, 0), Node.Token.UNKNOWN).release();
        } catch (StoreException e) {
            // then it ends with its lease
            LOG.debug("the lock of an interrupted request was not given back", e);
        }
    }

    private @Nullable Held take(Node node, String key, long owner, Duration lease) {
        for (int tries = 0; tries < TRIES; tries++) {
            Holder mine = new Holder(owner, endOf(lease));
            Node.Token written = node.add(key, mine.encode(), expirySeconds(lease));
            if (written == null) {
                Node.Item item = node.get(key);
                if (item == null) {
                    continue;
                }
                Holder other = Holder.decode(item.value());
                // One of this owner was written by an earlier try, whose answer was lost.
                if (other != null && other.owner() != owner && other.untilMillis() > time.wallMillis()) {
                    return null;
                }
                written = node.replace(key, item.token(), mine.encode(), expirySeconds(lease));
            }
            if (written != null) {
                return new Held(node, key, mine, written);
            }
        }
        return null;
    }

    private long endOf(Duration lease) {
        return time.wallMillis() + lease.plusNanos(999_999).toMillis();
    }

    private static int expirySeconds(Duration lease) {
        return (int) lease.toSeconds() + SPARE_SECONDS;
    }

    private void requireOpen() {
        if (isClosed.getAsBoolean()) {
            throw new StoreException(Kind.UNAVAILABLE, "the memcached store is closed");
        }
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException(Kind.UNAVAILABLE, "memcached: interrupted while waiting for a session's lock", e);
        }
    }

    /** What it does is guarded by its monitor, calls of the node included: each is bounded, and only one at a time makes sense. */
    private final class Held implements Lease {

        private final Node node;
        private final String key;

        /** As written last. */
        private Holder holder;

        /** Of the item that {@link #holder} was written as; null if that has to be asked for. */
        private Node.@Nullable Token token;

        private boolean isReleased;

        Held(Node node, String key, Holder holder, Node.Token token) {
            this.node = node;
            this.key = key;
            this.holder = holder;
            this.token = known(token);
        }

        private static Node.@Nullable Token known(Node.Token token) {
            return token == Node.Token.UNKNOWN ? null : token;
        }

        @Override
        public long owner() {
            return holder.owner();
        }

        @Override
        public synchronized boolean renew(Duration lease) {
            SessionLocks.requireLease(lease);
            requireOpen();
            for (int tries = 0; tries < TRIES; tries++) {
                Node.Token current = current();
                if (current == null || isReleased || holder.untilMillis() <= time.wallMillis()) {
                    return false;
                }
                Holder renewed = new Holder(holder.owner(), endOf(lease));
                // Should the answer be lost, the item has to be asked for.
                token = null;
                Node.Token written = node.replace(key, current, renewed.encode(), expirySeconds(lease));
                if (written != null) {
                    holder = renewed;
                    token = known(written);
                    return true;
                }
            }
            throw new StoreException(Kind.TIMEOUT, node + ": a session's lock kept changing");
        }

        @Override
        public synchronized void release() {
            requireOpen();
            isReleased = true;
            for (int tries = 0; tries < TRIES; tries++) {
                Node.Token current = current();
                token = null;
                if (current == null || node.delete(key, current)) {
                    return;
                }
            }
            throw new StoreException(Kind.TIMEOUT, node + ": a session's lock kept changing");
        }

        /** The token of this holder's item; null if there is none, or another's. */
        private Node.@Nullable Token current() {
            if (token != null) {
                return token;
            }
            Node.Item item = node.get(key);
            Holder now = item == null ? null : Holder.decode(item.value());
            if (item == null || now == null || now.owner() != holder.owner()) {
                return null;
            }
            holder = now;
            return item.token();
        }
    }
}
