package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which master holds which slot, as one node of a cluster tells. Immutable. */
final class SlotMap {

    /** More than the largest clusters that Redis' makers recommend. */
    private static final int MOST_NODES = 1_000;

    private final @Nullable Address[] masters;

    private SlotMap(@Nullable Address[] masters) {
        this.masters = masters;
    }

    /** Null if nobody holds the slot. */
    @Nullable
    Address master(int slot) {
        return masters[slot];
    }

    /** Each once. */
    Set<Address> masters() {
        Set<Address> all = new LinkedHashSet<>();
        for (Address master : masters) {
            if (master != null) {
                all.add(master);
            }
        }
        return all;
    }

    /** How many slots nobody holds. */
    int uncovered() {
        int count = 0;
        for (Address master : masters) {
            count += master == null ? 1 : 0;
        }
        return count;
    }

    /**
     * @param reply to CLUSTER SLOTS, of whatever content
     * @param asked who answered, in whose words an address without a host is its own
     * @throws Unreachable if it makes no sense
     */
    static SlotMap parse(@Nullable Object reply, Address asked) throws Unreachable {
        if (!(reply instanceof List<?> ranges)) {
            throw new Unreachable(Reason.REFUSED, asked + ": " + explained(reply), null);
        }
        @Nullable Address[] masters = new Address[Slots.COUNT];
        Set<Address> distinct = new LinkedHashSet<>();
        for (Object range : ranges) {
            List<?> parts = Wire.list(range);
            if (parts.size() < 3
                    || !(parts.get(0) instanceof Long first)
                    || !(parts.get(1) instanceof Long last)
                    || first < 0
                    || first > last
                    || last >= Slots.COUNT) {
                throw new Unreachable(Reason.REFUSED, asked + ": a range of slots that is none", null);
            }
            List<?> node = Wire.list(parts.get(2));
            Address master = node.size() < 2 ? null : Address.from(node.get(0), node.get(1), asked.host());
            // A node that does not know its own name answers "?", which is no host: as if nobody held these slots.
            if (master == null) {
                continue;
            }
            distinct.add(master);
            if (distinct.size() > MOST_NODES) {
                throw new Unreachable(Reason.REFUSED, asked + ": more than " + MOST_NODES + " masters", null);
            }
            for (int slot = first.intValue(); slot <= last; slot++) {
                if (masters[slot] != null) {
                    throw new Unreachable(Reason.REFUSED, asked + ": a slot with two masters", null);
                }
                masters[slot] = master;
            }
        }
        if (distinct.isEmpty()) {
            throw new Unreachable(
                    Reason.NO_MASTER, asked + ": the cluster has no slots yet; redis-cli --cluster create", null);
        }
        return new SlotMap(masters);
    }

    private static String explained(@Nullable Object reply) {
        if (!(reply instanceof ErrorReply error)) {
            return "no answer to CLUSTER SLOTS";
        }
        return error.text().contains("cluster support disabled")
                ? "the server is not part of a cluster; write redis:// in front of its address"
                : error.explained("CLUSTER|SLOTS");
    }
}
