package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.SessionMerge;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the homes of one session held when they were asked. Holds their records and tokens, not the bytes of their items, and
 * one record only if all hold the same: whoever has loaded a session keeps it for the save that may follow.
 *
 * @param homes those that answered, in the session's order; the first is the primary. If a copy does not count, a node that
 *     it waits for comes first, and the copy last: who writes one after the other may overwrite it when it comes to that
 * @param missing a home that might have the session did not answer; null if all did
 * @param isPartial whether only the primary was asked
 */
record Copies(List<Copy> homes, @Nullable Node missing, boolean isPartial) {

    /**
     * What one home held.
     *
     * @param isHome false if this node stands in for a home, or did so
     * @param token null: there was nothing
     * @param content null: nothing, or bytes that are no session's
     * @param isRefused whether it does not count: see {@link #withoutRefused}
     */
    record Copy(
            Node node,
            boolean isHome,
            Node.@Nullable Token token,
            @Nullable ItemForm content,
            boolean isRefused) {

        /** This home after a write. */
        Copy with(Node.Token written, ItemForm form) {
            return new Copy(node, isHome, written, form, false);
        }

        boolean isDamaged() {
            return token != null && content == null;
        }

        @Nullable
        SessionRecord record() {
            return content == null ? null : content.record();
        }
    }

    Copies {
        homes = withoutRefused(homes);
    }

    /** Before anybody has been asked: as if nothing were there. */
    static Copies unasked(List<Node> homes) {
        return new Copies(
                homes.stream()
                        .map(node -> new Copy(node, true, null, null, false))
                        .toList(),
                null,
                false);
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
                counting.set(i, new Copy(copy.node(), copy.isHome(), copy.token(), copy.content(), true));
            }
        }
        if (counting.stream().anyMatch(Copy::isRefused)) {
            counting.sort(Comparator.comparingInt(copy ->
                    copy.isRefused() ? 2 : homes.stream().anyMatch(other -> isRefusedBy(copy, other)) ? 0 : 1));
        }
        return List.copyOf(counting);
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

    static @Nullable SessionSnapshot snapshot(@Nullable SessionRecord record) {
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

    /** Without those of these nodes that have nothing, or nothing sound. */
    Copies without(Set<Node> refusing) {
        return refusing.isEmpty()
                ? this
                : new Copies(
                        homes.stream()
                                .filter(copy -> copy.content() != null || !refusing.contains(copy.node()))
                                .toList(),
                        missing,
                        isPartial);
    }

    /** Whether nodes that are no homes of the session may hold it too, and what is written has to say so. */
    boolean isElsewhere() {
        return homes.stream()
                .anyMatch(copy -> !copy.isHome()
                        || copy.content() != null && copy.content().isElsewhere());
    }

    /** Whether a home could not be asked, or another node stands in for one. */
    boolean isAnyHomeAway() {
        return missing != null || homes.stream().anyMatch(copy -> !copy.isHome());
    }
}
