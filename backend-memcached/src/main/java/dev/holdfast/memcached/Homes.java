package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which nodes keep a session: the first of its order of all nodes, which every application server computes alike (rendezvous
 * hashing: a node that comes or goes moves only the sessions that it gets or had). The rest of the order stands in for those
 * that are away. Immutable, thread-safe.
 *
 * <p>While a list of nodes replaces another, the homes by both lists are homes: whoever has only one of the lists then reads
 * what the others write, and writes what they read.
 */
final class Homes {

    private final Ranking current;
    private final @Nullable Ranking previous;

    /**
     * @param zones of nodes by name: two homes of a session are never in one zone, as long as there are zones enough
     * @param replicas how many homes a session has, at least 1
     */
    Homes(List<Node> nodes, Map<String, String> zones, int replicas) {
        this(new Ranking(nodes, zones, replicas), null);
    }

    private Homes(Ranking current, @Nullable Ranking previous) {
        this.current = current;
        this.previous = previous;
    }

    /**
     * @param nodes of the list before: those that are in both are the same objects
     * @param zones as above
     */
    Homes movedFrom(List<Node> nodes, Map<String, String> zones) {
        return new Homes(current, new Ranking(nodes, zones, current.replicas));
    }

    /** Whether one list replaces another, so that other application servers may take another node for a session's primary. */
    boolean areMoving() {
        return previous != null;
    }

    /** All there are, of both lists. */
    Set<Node> nodes() {
        Set<Node> all = new LinkedHashSet<>(current.nodes);
        if (previous != null) {
            all.addAll(previous.nodes);
        }
        return all;
    }

    /**
     * Nodes in the order in which they are asked for a session.
     *
     * @param homes how many of them, from the first, are its homes; the others stand in
     */
    record Order(List<Node> nodes, int homes) {

        boolean isHome(Node node) {
            return nodes.indexOf(node) < homes;
        }
    }

    Order order(String key) {
        List<Node> order = current.order(key);
        if (previous == null) {
            return new Order(order, current.replicas);
        }
        List<Node> before = previous.order(key);
        Set<Node> both = new LinkedHashSet<>(order.subList(0, current.replicas));
        both.addAll(before.subList(0, previous.replicas));
        int homes = both.size();
        both.addAll(order);
        return new Order(List.copyOf(both), homes);
    }

    /** The nodes of one list. */
    private static final class Ranking {

        private final List<Node> nodes;
        private final long[] seeds;
        private final Map<String, String> zones;
        private final int replicas;

        Ranking(List<Node> nodes, Map<String, String> zones, int replicas) {
            this.nodes = List.copyOf(nodes);
            this.zones = Map.copyOf(zones);
            this.replicas = Math.min(replicas, nodes.size());
            seeds = new long[nodes.size()];
            for (int i = 0; i < seeds.length; i++) {
                seeds[i] = hash(nodes.get(i).name());
            }
        }

        /** All, the session's homes first. */
        List<Node> order(String key) {
            record Ranked(Node node, long score) {}
            long hash = hash(key);
            List<Ranked> ranked = new ArrayList<>(seeds.length);
            for (int i = 0; i < seeds.length; i++) {
                ranked.add(new Ranked(nodes.get(i), mix(hash ^ seeds[i])));
            }
            ranked.sort(Comparator.comparingLong(Ranked::score));
            List<Node> order = new ArrayList<>(ranked.size());
            List<Node> sameZone = new ArrayList<>();
            Set<String> taken = new HashSet<>();
            for (Ranked each : ranked) {
                String name = each.node().name();
                boolean fresh = taken.add(zones.getOrDefault(name, name));
                (fresh ? order : sameZone).add(each.node());
            }
            order.addAll(sameZone);
            return order;
        }
    }

    /** FNV-1a, mixed: part of the format, as it decides where sessions are looked for. */
    private static long hash(String text) {
        long hash = 0xCBF29CE484222325L;
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ b & 0xFF) * 0x100000001B3L;
        }
        return mix(hash);
    }

    private static long mix(long bits) {
        bits = (bits ^ bits >>> 33) * 0xFF51AFD7ED558CCDL;
        bits = (bits ^ bits >>> 33) * 0xC4CEB9FE1A85EC53L;
        return bits ^ bits >>> 33;
    }
}
