package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import dev.holdfast.spi.StoreException;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Knows which server to ask. Thread-safe. */
interface Masters extends AutoCloseable {

    /**
     * Finds out for the first time. To be called once, before anything else; blocks for the timeouts of those who are asked.
     *
     * @throws StoreException if nobody could tell
     */
    void start() throws StoreException;

    /** Whom to send commands for a slot to, as far as is known now. Does not block. */
    Trips of(int slot) throws Unreachable;

    /** Each once. Does not block. */
    Collection<Trips> all();

    /** What no master holds, for an operator; null if that is nothing. Does not block. */
    default @Nullable String gap() {
        return null;
    }

    /** Whether another server may take over, so that it is worth waiting for when one cannot be reached. */
    boolean mayChange();

    /** Somebody found that this one cannot be reached or is no master: to be looked into, soon. Does not block. */
    void suspect(Trips server);

    /** Returns when there may be news about who is the master; at that time at the latest. */
    void awaitNews(long deadlineNanos) throws InterruptedException;

    /**
     * A node said that the slot is at another one.
     *
     * @param where as it came
     * @return null if that makes no sense here
     */
    default @Nullable Address moved(Trips from, String where) {
        return null;
    }

    /** A node that was named by another one. */
    default Trips at(Address address) throws Unreachable {
        throw new Unreachable(Reason.REFUSED, address + " is not known here", null);
    }

    /** Ends connections and threads. Idempotent. */
    @Override
    void close();
}
