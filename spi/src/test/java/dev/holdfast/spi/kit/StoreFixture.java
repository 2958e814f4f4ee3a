package dev.holdfast.spi.kit;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A backend under test: a server, a cluster of peers, a memory. The kit makes one per test class, opens two members or more on
 * it, and closes all of them. What a test can do behind the store's back is an interface of its own below: a contract that
 * needs it asks for it in its type.
 */
public interface StoreFixture {

    /**
     * Opens one more member on the backend, as a further node would. Members with one {@link StoreContext#application} see the
     * same sessions. Returns when the member sees the others.
     */
    SessionStore open(StoreContext context) throws Exception;

    /** The clock that passes as the store's does. */
    default TimeSource time() {
        return TimeSource.SYSTEM;
    }

    /** Lets at least that much time pass. A fixture with a clock of its own advances it; everybody else waits. */
    default void pass(Duration duration) {
        long end = time().nanos() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = end - time().nanos()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Ends the backend. All members are closed by then. */
    default void close() throws Exception {}

    /** A backend that may forget a session by itself: eviction, a flush, a restart without its data. */
    interface Evicting extends StoreFixture {

        /** Makes the backend forget all that it holds under this key, a tombstone included. */
        void evict(SessionKey key) throws Exception;
    }

    /** A backend that can go back in time: a fail-over to a replica that lags behind, a restore of a backup. */
    interface Rewinding extends StoreFixture {

        /** What the backend holds under this key; null if nothing. */
        @Nullable
        Object copy(SessionKey key) throws Exception;

        /** Makes the backend hold what {@link #copy} returned. */
        void restore(SessionKey key, @Nullable Object copy) throws Exception;
    }

    /** A backend that keeps bytes, which something may damage. */
    interface Corruptible extends StoreFixture {

        /** Damages what the store itself (not the filter) reads of this session: cut, flipped or random as {@code random} says. */
        void corrupt(SessionKey key, Random random) throws Exception;
    }
}
