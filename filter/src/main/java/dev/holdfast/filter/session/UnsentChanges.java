package dev.holdfast.filter.session;

import dev.holdfast.spi.Mark;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Changes of one session's attributes that clients have been told of, and that no completed save has carried: with what the store
 * held under each name before, so that what others wrote there since can be told. Encoded, so no code of the application's runs when
 * they are sent. Not thread-safe: its table's monitor guards it.
 */
final class UnsentChanges {

    /** For each session that waits, and for each name in it, besides the bytes: how much memory it takes, about. */
    static final int SESSION_BYTES = 500;

    private static final int ENTRY_BYTES = 200;

    /** Of one name: a save of unknown outcome is rare, one that carries another value each time rarer. */
    private static final int MOST_ATTEMPTED = 16;

    /**
     * The latest change of one name.
     *
     * @param bytes null: removed
     * @param base what the store held before the first of them, as far as is known; null: nothing
     */
    private record Change(byte @Nullable [] bytes, @Nullable StoredAttribute base) {}

    private final Map<String, Change> byName = new LinkedHashMap<>();

    /**
     * What saves have carried of which nobody knows whether they took effect, by name; null in a list stands for a removal. What the
     * store holds of this is ours, nobody else's.
     */
    private final Map<String, List<byte @Nullable []>> attempted = new HashMap<>();

    boolean has(String name) {
        return byName.containsKey(name);
    }

    boolean isRemoved(String name) {
        Change change = byName.get(name);
        return change != null && change.bytes() == null;
    }

    /** What was set last; null if nothing was, or it was removed. */
    byte @Nullable [] bytes(String name) {
        Change change = byName.get(name);
        return change == null ? null : change.bytes();
    }

    /** Whether the store may hold under this name what a save of ours has carried, though none has completed since. */
    boolean isAttempted(String name) {
        return attempted.containsKey(name);
    }

    boolean isAnyAttempted() {
        return !attempted.isEmpty();
    }

    /** What one change takes, about. */
    static long size(String name, byte @Nullable [] bytes) {
        return ENTRY_BYTES + name.length() + (bytes == null ? 0 : bytes.length);
    }

    /** @param bytes null: removed */
    void put(String name, byte @Nullable [] bytes, @Nullable StoredAttribute stored) {
        Change before = byName.get(name);
        byName.put(name, new Change(bytes, before == null ? stored : before.base()));
    }

    /** @param each gets name and bytes, null if it was removed */
    void forEach(BiConsumer<String, byte @Nullable []> each) {
        byName.forEach((name, change) -> each.accept(name, change.bytes()));
    }

    /** A save that carried these was sent, and its answer did not come. */
    void attempted(Map<String, byte[]> changed, Collection<String> removed) {
        changed.forEach(this::attempted);
        removed.forEach(name -> attempted(name, null));
    }

    private void attempted(String name, byte @Nullable [] bytes) {
        List<byte @Nullable []> values = attempted.computeIfAbsent(name, same -> new ArrayList<>());
        values.removeIf(each -> isSame(each, bytes));
        values.add(bytes);
        if (values.size() > MOST_ATTEMPTED) {
            values.remove(0);
        }
    }

    /** A save that carried the latest of each of these names has completed. */
    void stored(Collection<String> names) {
        names.forEach(name -> {
            byName.remove(name);
            attempted.remove(name);
        });
    }

    /** None of it will ever be sent. */
    void clear() {
        byName.clear();
        attempted.clear();
    }

    /**
     * The store was away, and this is what it holds now: changes of names that somebody else has changed since are given up, and
     * those that it holds already need not be sent.
     *
     * @return which names were given up
     */
    Set<String> yieldTo(SessionSnapshot now) {
        Set<String> conflicts = new HashSet<>();
        byName.entrySet().removeIf(entry -> {
            String name = entry.getKey();
            StoredAttribute stored = now.attributes().get(name);
            byte[] bytes = stored == null ? null : stored.bytes();
            if (isSame(bytes, entry.getValue().bytes())) {
                return true;
            }
            StoredAttribute base = entry.getValue().base();
            if (isSame(bytes, base == null ? null : base.bytes()) || isOurs(name, bytes)) {
                entry.setValue(new Change(entry.getValue().bytes(), stored));
                return false;
            }
            conflicts.add(name);
            return true;
        });
        attempted.keySet().retainAll(byName.keySet());
        return conflicts;
    }

    private boolean isOurs(String name, byte @Nullable [] bytes) {
        return attempted.getOrDefault(name, List.of()).stream().anyMatch(each -> isSame(each, bytes));
    }

    /** What {@code name} has here as the store keeps it; null if nothing. */
    @Nullable
    StoredAttribute value(String name) {
        byte[] bytes = bytes(name);
        return bytes == null ? null : new StoredAttribute(bytes, Mark.NONE);
    }

    private static boolean isSame(byte @Nullable [] one, byte @Nullable [] other) {
        return one == null || other == null ? one == other : Arrays.equals(one, other);
    }
}
