package dev.holdfast.memcached.node;

import dev.holdfast.spi.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * One memcached server. Thread-safe. Each call blocks for the operation timeout at most; a node that is known to be down
 * fails at once.
 *
 * <p>There is no unconditional write: one that timed out may still run, long after a later one was acknowledged, and would
 * undo it. What is written here was absent, or is what was read before.
 *
 * <p>All methods throw {@link StoreException}: UNAVAILABLE or TIMEOUT, after which a write may or may not have been applied,
 * or may be applied later; TOO_LARGE if the server takes no item of that size (nothing was written, what was there stays).
 */
public interface Node extends AutoCloseable {

    /** The most seconds of an expiry time that memcached takes as a duration; more would be read as a date (protocol.txt). */
    int LONGEST_EXPIRY = 60 * 60 * 24 * 30;

    /** What an item held when it was read. */
    interface Item {

        /** Not to be written to. */
        byte[] value();
    }

    /** As configured, or else its address: names the node in messages, and decides which sessions it is home of. */
    String name();

    /** The item under a key; null if there is none, and this very server says so. */
    @Nullable
    Item get(String key) throws StoreException;

    /**
     * Writes if there is nothing under the key.
     *
     * @param expirySeconds from 1 to {@link #LONGEST_EXPIRY}, 0: does not expire
     * @return false if there was something, and nothing was written
     */
    boolean add(String key, byte[] value, int expirySeconds) throws StoreException;

    /**
     * Writes if the item is still the one that was read.
     *
     * @param read from this node, by {@link #get}. Its token is good for the connection that it was read on only: a server
     *     that was restarted counts from the beginning, and hands out the same tokens again
     * @param expirySeconds as in {@link #add}
     * @return false if it has been changed, or is gone, or may be another one because the connection is: nothing was written
     */
    boolean replace(String key, Item read, byte[] value, int expirySeconds) throws StoreException;

    /**
     * Deletes the item if it is still the one that was read.
     *
     * @return false as in {@link #replace}
     */
    boolean delete(String key, Item read) throws StoreException;

    /** Whether a call is worth trying: it answered last, or has not been tried yet. */
    boolean isUp();

    /** Ends connections and threads. Idempotent. */
    @Override
    void close();
}
