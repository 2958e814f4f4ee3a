package dev.holdfast.spi;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * What one save changes. Also its identity: the stamp becomes part of the version that it makes, so a repeat of the same
 * save is recognised while that version is current.
 *
 * @param stamp 1 to {@link Version#MAX_STAMP}, drawn for this save
 * @param changed attributes set or changed in place, with their new bytes
 * @param removed names removed; none of them in {@code changed}
 * @param age how long ago the access was that this save belongs to; zero or more
 * @param maxInactive set only if the application called {@code setMaxInactiveInterval}, else null: a node that knows an
 *     older value must not bring it back
 */
public record SessionDelta(
        int stamp,
        Map<String, byte[]> changed,
        Set<String> removed,
        Duration age,
        @Nullable Duration maxInactive) {

    public SessionDelta {
        if (stamp < 1 || stamp > Version.MAX_STAMP) {
            throw new IllegalArgumentException("stamp out of range: " + stamp);
        }
        if (age.isNegative()) {
            age = Duration.ZERO;
        }
        changed = Collections.unmodifiableMap(new HashMap<>(changed));
        removed = Set.copyOf(removed);
        if (!Collections.disjoint(changed.keySet(), removed)) {
            throw new IllegalArgumentException("a name is both changed and removed");
        }
    }

    /** A stamp for a new save. Need not be unguessable, only unlikely to meet another of the same counter. */
    public static int newStamp() {
        return ThreadLocalRandom.current().nextInt(1, Version.MAX_STAMP + 1);
    }

    /** Names and values stay out of it. */
    @Override
    public String toString() {
        return changed.size() + " changed, " + removed.size() + " removed, stamp " + Integer.toHexString(stamp);
    }
}
