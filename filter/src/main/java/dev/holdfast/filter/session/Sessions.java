package dev.holdfast.filter.session;

import org.jspecify.annotations.Nullable;

/**
 * All sessions of one application on this node, and the only class that talks to the store. Thread-safe.
 *
 * <p>A request {@linkplain #enter enters} the session it uses, or {@linkplain #create creates} one, {@linkplain #commit
 * commits} before bytes leave, and {@linkplain #leave leaves} when it (async included) is over. A store that fails shows as
 * {@link dev.holdfast.spi.StoreException} from enter, create (never: it is lazy), commit, invalidate and changeId.
 */
public final class Sessions implements AutoCloseable {

    Sessions() {}

    /**
     * The valid session with this id, entered; the caller must {@link #leave} it. Answered from a load that began after the
     * request arrived (shared with other requests that did). Counts as an access and as the client's joining.
     *
     * @param id from a client; anything that is not well formed costs no store call
     * @param arrivedNanos when the request reached the filter, by {@link dev.holdfast.spi.TimeSource#nanos}
     * @return null if there is no such session
     * @throws dev.holdfast.spi.StoreException if the store cannot say
     */
    public @Nullable LiveSession enter(String id, long arrivedNanos) {
        throw new UnsupportedOperationException();
    }

    /** Whether text has the form of an id of ours. No allocation. */
    public boolean isWellFormed(String id) {
        throw new UnsupportedOperationException();
    }

    /**
     * A request carries the id of a session, but has not asked for the session: an access all the same (Servlet 6.0 §7.6).
     * No store call in this thread, and nothing at all for ids that are not known here. A request notes its access before it
     * may enter the session: both are one access then, which equal arrivals tell ({@code lastAccessedMillis} moves on once).
     *
     * @return whether a session with this id is known here
     */
    public boolean noteAccess(String id, long arrivedNanos) {
        throw new UnsupportedOperationException();
    }

    /** A new session with a fresh id, entered; listeners have been told. No store call: the first commit creates it there. */
    public LiveSession create() {
        throw new UnsupportedOperationException();
    }

    /**
     * Uses a session again for another dispatch of a request that had entered or created it and has left it: an error page.
     * Neither an access nor the client's joining; no store call.
     *
     * @return false if it is not valid any more, or no longer the live copy of this node: enter it by its id then
     */
    public boolean reenter(LiveSession session) {
        throw new UnsupportedOperationException();
    }

    /** Ends the use by one request. Never throws, no store call in this thread. Must be called once per enter or create. */
    public void leave(LiveSession session) {
        throw new UnsupportedOperationException();
    }

    /**
     * Returns when every change that was made to the session before this call is in the store. Does nothing for an invalid
     * session or one without changes.
     *
     * @throws dev.holdfast.spi.StoreException if it is not, or not known to be
     * @throws dev.holdfast.filter.codec.EncodingException if a value cannot be encoded
     */
    public void commit(LiveSession session) {
        throw new UnsupportedOperationException();
    }

    /**
     * Gives the session a new id (Servlet 6.0, {@code HttpServletRequest.changeSessionId}), in the store too: the old one is
     * dead on every node when this returns, and no parallel write is lost. Id listeners have been called.
     *
     * @return the new id; if another node changed it at the same time, the one that it chose
     * @throws IllegalStateException if the session is no longer valid
     */
    public String changeId(LiveSession session) {
        throw new UnsupportedOperationException();
    }

    /** Saves nothing and ends no session: lets the threads go, flushes accesses, closes the store. */
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
