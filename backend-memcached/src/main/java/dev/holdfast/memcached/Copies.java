package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.SessionMerge;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the homes of one session held when they were asked.
 *
 * @param homes those that answered, in the session's order; the first is the primary
 * @param missing a home that might have the session did not answer; null if all did
 */
record Copies(List<Copy> homes, @Nullable Node missing) {

    /**
     * What one home held.
     *
     * @param item null: nothing
     * @param content null: nothing, or bytes that are no session's
     * @param isRefused whether it does not count: see {@link #withoutRefused}
     */
    record Copy(
            Node node, Node.@Nullable Item item, @Nullable ItemForm content, boolean isRefused) {

        boolean isDamaged() {
            return item != null && content == null;
        }

        @Nullable
        SessionRecord record() {
            return content == null ? null : content.record();
        }
    }

    Copies {
        homes = withoutRefused(homes);
    }

    /**
     * A copy that was written at the same time as the primary's counts only if the primary has it too, or has nothing to say. If
     * the primary has something else, either another writer was first, and whoever wrote this one decides anew; or the
     * primary's part of it is still on its way, and nobody has been told. Only who has written to the primary after that knows
     * which, and may overwrite it.
     */
    private static List<Copy> withoutRefused(List<Copy> homes) {
        List<Copy> counting = new ArrayList<>(homes);
        for (int i = 0; i < homes.size(); i++) {
            Copy copy = homes.get(i);
            if (homes.stream().anyMatch(other -> isRefusedBy(other, copy))) {
                counting.set(i, new Copy(copy.node(), copy.item(), copy.content(), true));
            }
        }
        return counting;
    }

    /** Whether {@code copy} was written together with this primary's, which says something else. */
    static boolean isRefusedBy(Copy primary, Copy copy) {
        return copy.content() != null
                && primary.content() != null
                && copy.content().isPendingOn(primary.node().name())
                && !isSameVersion(primary.content().record(), copy.content().record());
    }

    private static @Nullable ItemForm primaryOf(ItemForm content, List<Copy> homes) {
        for (Copy other : homes) {
            if (content.isPendingOn(other.node().name())) {
                return other.content();
            }
        }
        return null;
    }

    private static boolean isSameVersion(SessionRecord one, SessionRecord other) {
        SessionSnapshot a = snapshot(one);
        SessionSnapshot b = snapshot(other);
        return a != null && b != null && a.version() == b.version();
    }

    /**
     * Whether a home has lost what it held, or a copy counts only because its primary has nothing to say. Before anything is decided or told,
     * the homes have to be brought in line: else the primary comes back with what it had before, and what was
     * acknowledged is gone.
     */
    boolean needSettling() {
        return homes.stream()
                .anyMatch(copy -> copy.content() == null
                        || !copy.isRefused() && copy.content().isPending() && primaryOf(copy.content(), homes) == null);
    }

    private static @Nullable SessionSnapshot snapshot(SessionRecord record) {
        return record instanceof SessionRecord.Alive alive
                ? alive.snapshot()
                : record instanceof SessionRecord.Claimed claimed ? claimed.snapshot() : null;
    }

    /** What all say together; null if none has anything sound. */
    @Nullable
    SessionRecord merged() {
        SessionRecord merged = null;
        for (Copy copy : homes) {
            SessionRecord record = copy.record();
            if (record != null && !copy.isRefused()) {
                merged = merged == null ? record : SessionMerge.merge(merged, record);
            }
        }
        return merged;
    }

    boolean isAnyDamaged() {
        return homes.stream().anyMatch(Copy::isDamaged);
    }

    /** Whether all homes hold the same. */
    boolean agree() {
        SessionRecord first = homes.get(0).record();
        return homes.stream()
                .allMatch(copy -> !copy.isDamaged() && !copy.isRefused() && Objects.equals(copy.record(), first));
    }
}
