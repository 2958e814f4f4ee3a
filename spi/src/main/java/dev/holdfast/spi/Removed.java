package dev.holdfast.spi;

import org.jspecify.annotations.Nullable;

/** What became of a removal. One that failed, or whose outcome is unknown, is a {@link StoreException}. */
public sealed interface Removed {

    /**
     * This call removed it, or an earlier call with the same {@link Removal#op}. A tombstone stays.
     *
     * @param snapshot as it was; for a repeat, null if the store no longer has it
     */
    record Done(@Nullable SessionSnapshot snapshot) implements Removed {}

    /**
     * Somebody else removed or claimed it before.
     *
     * @param successor as the earlier removal named it, null if the session ended
     */
    record Already(@Nullable SessionKey successor) implements Removed {}

    /** It was not there (evicted, flushed, never created). A tombstone stays all the same, and the removal is the caller's. */
    record Absent() implements Removed {}

    /**
     * It is not at the expected version; nothing was removed.
     *
     * @param snapshot as it is now
     */
    record Changed(SessionSnapshot snapshot) implements Removed {}
}
