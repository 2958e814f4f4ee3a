package dev.holdfast.spi;

import org.jspecify.annotations.Nullable;

/** What became of a save. A save that failed, or whose outcome is unknown, is a {@link StoreException}. */
public sealed interface Saved {

    /**
     * The delta is in the store, on every home that this store promises.
     *
     * @param version of the session now
     * @param merged whether the store held changes of others that the base did not have: the caller's copy is then stale
     *     although its own changes are in
     * @param token the store's token for the new state, null if it has none
     */
    record Done(long version, boolean merged, @Nullable Object token) implements Saved {}

    /**
     * The session was removed or claimed; nothing was written.
     *
     * @param successor the key that the session lives under since its id was changed, null if it ended
     */
    record Removed(@Nullable SessionKey successor) implements Saved {}

    /** The session is not there and was not removed: evicted or flushed. Nothing was written. */
    record Lost() implements Saved {}

    /** The base was {@link Version#NONE}, but there is a session under this key already. Nothing was written. */
    record Exists() implements Saved {}
}
