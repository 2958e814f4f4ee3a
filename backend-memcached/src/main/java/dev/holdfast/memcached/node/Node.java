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

        Token token();
    }

    /**
     * Says which state of an item was read or written, for who wants to write over that very state. Small: the value is not
     * in it. It is good for the connection that it came over only: a server that was restarted counts from the beginning, and
     * hands out the same tokens again.
     */
    interface Token {

        /** Of a state that the server did not tell the token of: nothing is ever written over it. */
        Token UNKNOWN = new Token() {};
    }

    /** A call under way. */
    interface Answer<T> {

        /** Waits for what is left of the call's timeout. To be called once. What null means, the call says. */
        @Nullable
        T await() throws StoreException;
    }

    /** As configured, or else its address: names the node in messages, and decides which sessions it is home of. */
    String name();

    /**
     * Asks for the item under a key; null if there is none, and this very server says so. Blocks no longer than it takes to send that; every
     * answer has to be awaited.
     */
    Answer<Item> beginGet(String key) throws StoreException;

    /**
     * Writes if there is nothing under the key.
     *
     * @param expirySeconds from 1 to {@link #LONGEST_EXPIRY}, 0: does not expire
     * @return the token of what was written, {@link Token#UNKNOWN} if the protocol does not tell; null if there was
     *     something, and nothing was written
     */
    Answer<Token> beginAdd(String key, byte[] value, int expirySeconds) throws StoreException;

    /**
     * Writes if the item is still in the state that the token is of.
     *
     * @param read from this node
     * @param expirySeconds as in {@link #beginAdd}
     * @return as in {@link #beginAdd}; null if it has been changed, or is gone, or may be another one because the connection
     *     is: nothing was written
     */
    Answer<Token> beginReplace(String key, Token read, byte[] value, int expirySeconds) throws StoreException;

    /**
     * Deletes the item if it is still in the state that the token is of.
     *
     * @return false as null is in {@link #beginReplace}
     */
    boolean delete(String key, Token read) throws StoreException;

    /**
     * Checks a size against the server's limit, as far as that is known, so that a session is not written where it fits and
     * then refused by its other home.
     *
     * @throws StoreException TOO_LARGE, naming the size and the limit
     */
    void requireFits(String key, int bytes) throws StoreException;

    /** {@link #beginGet}, and its answer. */
    default @Nullable Item get(String key) throws StoreException {
        return beginGet(key).await();
    }

    /** {@link #beginAdd}, and its answer. */
    default @Nullable Token add(String key, byte[] value, int expirySeconds) throws StoreException {
        return beginAdd(key, value, expirySeconds).await();
    }

    /** {@link #beginReplace}, and its answer. */
    default @Nullable Token replace(String key, Token read, byte[] value, int expirySeconds) throws StoreException {
        return beginReplace(key, read, value, expirySeconds).await();
    }

    /** Whether a call is worth trying: it answered last, or has not been tried yet. */
    boolean isUp();

    /** How often it has been connected to: one more than before means that it was away, and may have lost what it held. */
    long connections();

    /** Ends connections and threads. Idempotent. */
    @Override
    void close();
}
