package dev.holdfast.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
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
     * The session, at another version than the caller knew, told by what was set since: for stores that remember it, and know
     * that no attribute was removed since. Never the answer to a caller that knows none.
     *
     * @param version of the session
     * @param lastAccessedAt before this load's access, as the next three
     * @param attributes that were set since the known version, by name; others may be among them, as they are now
     * @param token the store's token for the current state, null if it has none
     * @param idle as in {@link Found}
     * @param accessNoted as in {@link Found}
     */
    record Changed(
            long version,
            Instant lastAccessedAt,
            Duration maxInactive,
            Map<String, StoredAttribute> attributes,
            @Nullable Object token,
            Duration idle,
            boolean accessNoted)
            implements Loaded {

        public Changed {
            attributes = AttributeMap.copyOf(attributes);
        }

        /**
         * @param known the session at the version that the load named
         * @throws IllegalArgumentException if no store has seen it
         */
        public Found onto(SessionSnapshot known) {
            if (known.version() == Version.NONE) {
                throw new IllegalArgumentException("changes, but of nothing that is known");
            }
            Map<String, StoredAttribute> all =
                    AttributeMap.copyOf(known.attributes()).with(attributes, Set.of());
            Map<String, Long> removed = new HashMap<>(known.removed());
            removed.keySet().removeAll(attributes.keySet());
            SessionSnapshot whole = new SessionSnapshot(
                    known.key(), version, known.createdAt(), lastAccessedAt, maxInactive, all, removed, token);
            return new Found(whole, idle, accessNoted);
        }

        /** Never a name or a value. */
        @Override
        public String toString() {
            return "v" + Version.toString(version) + ", " + attributes.size() + " attributes changed";
        }
    }

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
