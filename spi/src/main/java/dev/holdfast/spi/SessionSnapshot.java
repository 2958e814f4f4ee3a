package dev.holdfast.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A session's whole state at one version, as bytes. Immutable.
 *
 * <p>The two instants are the store's clock's. A node must not compare them with its own clock to decide about expiry: it
 * uses the ages that {@link Loaded} carries.
 *
 * @param key its name in the store
 * @param version see {@link Version}; {@link Version#NONE} if no store has it yet
 * @param createdAt when the application created it, by the creating node's clock; never changes
 * @param lastAccessedAt the latest access that the store was told of
 * @param maxInactive zero or less: never expires. Kept as the application set it
 * @param attributes by name, in the order of the names
 * @param removed names that were removed, with the mark of the removal: a merge of diverged copies must not bring them
 *     back. Empty in stores that keep no marks
 * @param token the store's own, e.g. a compare-and-set token; dies with the connection that gave it; null if it has none
 */
public record SessionSnapshot(
        SessionKey key,
        long version,
        Instant createdAt,
        Instant lastAccessedAt,
        Duration maxInactive,
        Map<String, StoredAttribute> attributes,
        Map<String, Long> removed,
        @Nullable Object token) {

    /** How many removed names a session remembers at most; the oldest go first. */
    public static final int MAX_REMOVED = 100;

    public SessionSnapshot {
        attributes = AttributeMap.copyOf(attributes);
        removed = removed.isEmpty() ? Map.of() : Collections.unmodifiableMap(new HashMap<>(removed));
    }

    /** A session that no store has seen: the base of the save that creates it. */
    public static SessionSnapshot initial(SessionKey key, Instant createdAt, Duration maxInactive) {
        return new SessionSnapshot(key, Version.NONE, createdAt, createdAt, maxInactive, Map.of(), Map.of(), null);
    }

    /** The greatest mark of any attribute or removal, {@link Mark#NONE} if there is none. */
    public long lastMark() {
        long last = AttributeMap.copyOf(attributes).lastMark();
        for (long mark : removed.values()) {
            last = Math.max(last, mark);
        }
        return last;
    }

    /**
     * This session after {@code delta}: its changes and removals win, every other attribute stays. Pure. The access never
     * moves back. The result has no token.
     *
     * @param version of the result, from {@link Version#next}
     * @param wallMillis the store's clock, which turns the delta's age into an instant and dates the marks
     */
    public SessionSnapshot apply(SessionDelta delta, long version, long wallMillis) {
        long mark = Mark.next(lastMark(), wallMillis, delta.stamp());
        Map<String, StoredAttribute> set = new HashMap<>();
        delta.changed().forEach((name, bytes) -> set.put(name, new StoredAttribute(bytes, mark)));
        Duration maxInactiveAfter = delta.maxInactive() == null ? maxInactive : delta.maxInactive();
        return new SessionSnapshot(
                key,
                version,
                createdAt,
                later(lastAccessedAt, Times.minus(Instant.ofEpochMilli(wallMillis), delta.age())),
                maxInactiveAfter,
                AttributeMap.copyOf(attributes).with(set, delta.removed()),
                removedAfter(delta, mark),
                null);
    }

    private Map<String, Long> removedAfter(SessionDelta delta, long mark) {
        if (removed.isEmpty() && delta.removed().isEmpty()) {
            return removed;
        }
        Map<String, Long> after = new HashMap<>(removed);
        after.keySet().removeAll(delta.changed().keySet());
        for (String name : delta.removed()) {
            after.put(name, mark);
        }
        while (after.size() > MAX_REMOVED) {
            after.remove(Collections.min(after.entrySet(), Map.Entry.comparingByValue())
                    .getKey());
        }
        return after;
    }

    /** This session with an access at {@code accessedAt}, or itself if it knows a later one. The version stays. */
    public SessionSnapshot accessedAt(Instant accessedAt) {
        return accessedAt.isAfter(lastAccessedAt) ? withLastAccessedAt(accessedAt) : this;
    }

    /** This session with its last access moved, even backwards: for a copy that travels to a machine with another clock. */
    public SessionSnapshot withLastAccessedAt(Instant at) {
        return new SessionSnapshot(key, version, createdAt, at, maxInactive, attributes, removed, token);
    }

    public SessionSnapshot withToken(@Nullable Object newToken) {
        return newToken == token
                ? this
                : new SessionSnapshot(
                        key, version, createdAt, lastAccessedAt, maxInactive, attributes, removed, newToken);
    }

    /** Whether it ever expires. */
    public boolean expires() {
        return ExpiryPolicy.expires(maxInactive);
    }

    /** When its node ends it; {@link Instant#MAX} if never, or not before the end of time. */
    public Instant idleLimit() {
        return expires() ? Times.plus(lastAccessedAt, maxInactive) : Instant.MAX;
    }

    /** From when on any node may end it; {@link Instant#MAX} if never. */
    public Instant claimableAt(ExpiryPolicy policy) {
        return expires() ? Times.plus(lastAccessedAt, policy.claimableAfter(maxInactive)) : Instant.MAX;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Never an id or a value. */
    @Override
    public String toString() {
        return key + " v" + Version.toString(version) + ", " + attributes.size() + " attributes";
    }
}
