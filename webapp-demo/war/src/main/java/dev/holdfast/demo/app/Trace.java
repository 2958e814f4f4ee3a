package dev.holdfast.demo.app;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Which servers answered a visitor's last requests, the newest last. Immutable: each answer makes a new value, which is kept in the
 * session, so that every server shows what the others have written there.
 */
public final class Trace implements Serializable {
    private static final long serialVersionUID = 1;

    /** How many are remembered. */
    static final int LENGTH = 40;

    static final Trace NONE = new Trace(List.of());

    private final ArrayList<String> nodes;

    private Trace(List<String> nodes) {
        this.nodes = new ArrayList<>(nodes);
    }

    Trace with(String node) {
        List<String> more = new ArrayList<>(nodes);
        more.add(node);
        return new Trace(more.subList(Math.max(0, more.size() - LENGTH), more.size()));
    }

    /** Names of servers. */
    List<String> nodes() {
        return List.copyOf(nodes);
    }

    @Override
    public String toString() {
        return nodes.isEmpty() ? "nobody yet" : "the last by " + nodes.get(nodes.size() - 1);
    }
}
