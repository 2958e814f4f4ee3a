package dev.holdfast.peer;

import dev.holdfast.spi.StoreReport;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What a member tells those who look after it. Thread-safe. */
final class PeerReport implements StoreReport {

    private static final Holdings.Tally NOTHING = new Holdings.Tally(0, 0, 0, 0, 0);

    private final PeerNode node;
    private final Group group;
    private final BooleanSupplier isClosing;

    PeerReport(PeerNode node, Group group, BooleanSupplier isClosing) {
        this.node = node;
        this.group = group;
        this.isClosing = isClosing;
    }

    /**
     * Only a member that has just joined is not ready, and one that leaves. All members of a cluster are without some copies for
     * seconds after one has died, and serve; a balancer that takes such a member out of service would take out all of them.
     */
    @Override
    public @Nullable String notReady() {
        if (isClosing.getAsBoolean()) {
            return "this member of the cluster leaves it";
        }
        return node.hasSettled()
                ? null
                : "the members of the cluster have not made all copies of their sessions since this one joined";
    }

    @Override
    public Map<String, Long> figures() {
        Epoch epoch = node.epoch();
        Holdings.Tally tally = epoch == null ? NOTHING : node.holdings().tally(epoch);
        Map<String, Long> figures = new TreeMap<>();
        figures.put("members", epoch == null ? 0L : epoch.members().size());
        figures.put("settled", node.isSettled() ? 1L : 0L);
        figures.put("links", (long) group.openLinks());
        figures.put("viewChanges", group.views());
        figures.put("clusterMerges", group.merges());
        figures.put("sessionsOwned", tally.owned());
        figures.put("sessionsBackedUp", tally.backedUp());
        figures.put("sessionsOfOthers", tally.others());
        figures.put("sessionsEnded", tally.ended());
        figures.put("readsAsBackup", node.readsAsBackup());
        figures.put("bytesHeld", tally.bytes());
        figures.put("sessionsToCompare", (long) node.remaining());
        figures.put("sessionsMoved", node.moved());
        figures.put("sessionsMerged", node.holdings().merged());
        figures.put("packetsSent", group.packetsSent());
        figures.put("bytesSent", group.bytesOnTheWire());
        return figures;
    }
}
