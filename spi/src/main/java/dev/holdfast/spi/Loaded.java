package dev.holdfast.spi;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a load found. An outage is none of these: it is a {@link StoreException}. */
public sealed interface Loaded {

    /**
     * The session, at another version than the caller knew.
     *
     * @param snapshot as it was before this load's access
     * @param idle how long ago the last access before this one was, by the store's clock; zero or more
     * @param accessNoted whether this load's access was written
     */
    record Found(SessionSnapshot snapshot, Duration idle, boolean accessNoted) implements Loaded {}

    /**
     * The session is at the very version that the caller knows.
     *
     * @param idle as in {@link Found}
     * @param accessNoted as in {@link Found}
     * @param token the store's token for the current state, null if it has none
     */
    record Unchanged(
            Duration idle, boolean accessNoted, @Nullable Object token) implements Loaded {}

    /**
     * It was removed, or has been claimed as expired, or has passed its claimable time: it is dead for every node, and
     * must not be rebuilt. Also the answer for an id that was changed: who comes with the old id gets no hint of the new.
     */
    record Removed() implements Loaded {}

    /**
     * Nobody knows it, and everybody who could know it was asked. Never existed, or was evicted or flushed, or its
     * tombstone has run out.
     */
    record Absent() implements Loaded {}
}
