package dev.holdfast.memcached;

import dev.holdfast.memcached.node.NodeOptions;
import dev.holdfast.memcached.node.NodeOptions.Credentials;
import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.spi.Bounds;
import dev.holdfast.spi.Settings;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which memcached servers, and how to talk to them.
 *
 * @param nodes where sessions live
 * @param previousNodes where they lived before this list; empty if nothing has changed
 * @param zones of nodes by name: of those that have one, and of all others their host
 * @param timeout for one answer of a server
 * @param replicas on how many nodes a session is kept; more than there are nodes means all of them
 */
record MemcachedSettings(
        List<NodeAddress> nodes,
        List<NodeAddress> previousNodes,
        Map<String, String> zones,
        Duration timeout,
        Protocol protocol,
        Optional<Credentials> credentials,
        int replicas,
        Read read) {

    private static final String SCHEME = "memcached://";

    /** Whom a load asks. */
    enum Read {
        /** All homes of the session. */
        BOTH,
        /** The primary alone, as long as it has the session. */
        PRIMARY
    }

    /**
     * Asks for all settings of this store; what is wrong is noted as a problem there, and the answer is good for nothing.
     *
     * @param store the value of the setting {@code store}
     */
    static MemcachedSettings from(String store, Settings settings) {
        List<NodeAddress> nodes = nodes(store, settings);
        List<NodeAddress> previous = settings.string("memcached.previous-nodes")
                .map(list -> NodeAddress.parse(
                        // People will copy the old value as it was.
                        list.startsWith(SCHEME) ? list.substring(SCHEME.length()) : list,
                        problem -> settings.problem("memcached.previous-nodes", problem)))
                .orElse(List.of());
        Protocol protocol = settings.choice("memcached.protocol", Protocol.BINARY);
        return new MemcachedSettings(
                nodes,
                previous,
                zones(nodes, previous, settings),
                settings.duration(
                        "memcached.timeout",
                        NodeOptions.DEFAULT_TIMEOUT,
                        Bounds.between(Duration.ofMillis(10), Duration.ofMinutes(1))),
                protocol,
                credentials(protocol, settings),
                settings.integer("memcached.replicas", 2, Bounds.between(1, 3)),
                settings.choice("memcached.read", Read.BOTH));
    }

    private static List<NodeAddress> nodes(String store, Settings settings) {
        if (!store.startsWith(SCHEME)) {
            settings.problem("store", "is not the address of memcached servers; write e.g. " + NodeAddress.EXAMPLE);
            return List.of();
        }
        String list = store.substring(SCHEME.length());
        if (list.contains("@")) {
            settings.problem(
                    "store",
                    "has something before an @; write e.g. " + NodeAddress.EXAMPLE
                            + "; user and password are the settings memcached.user and memcached.password");
            return List.of();
        }
        return NodeAddress.parse(list, problem -> settings.problem("store", problem));
    }

    private static Optional<Credentials> credentials(Protocol protocol, Settings settings) {
        Optional<String> user = settings.string("memcached.user");
        Optional<String> password = settings.secret("memcached.password");
        if (user.isPresent() && password.isEmpty()) {
            settings.problem("memcached.user", "is given without memcached.password");
            return Optional.empty();
        }
        if (password.isPresent() && user.isEmpty()) {
            settings.problem("memcached.password", "is given without memcached.user");
            return Optional.empty();
        }
        if (password.isEmpty() || user.isEmpty()) {
            return Optional.empty();
        }
        if (protocol == Protocol.TEXT && password.get().contains(" ")) {
            settings.problem("memcached.password", "has a blank, with which the text protocol ends a password");
            return Optional.empty();
        }
        try {
            return Optional.of(new Credentials(user.get(), password.get()));
        } catch (IllegalArgumentException e) {
            settings.problem("memcached.user", "cannot be used: " + e.getMessage());
            return Optional.empty();
        }
    }

    private static Map<String, String> zones(List<NodeAddress> nodes, List<NodeAddress> previous, Settings settings) {
        Map<String, String> zones = new HashMap<>();
        Stream.concat(previous.stream(), nodes.stream()).forEach(node -> zones.put(node.name(), "host " + node.host()));
        Set<String> given = new HashSet<>();
        for (String part : settings.list("memcached.zones")) {
            int equals = part.lastIndexOf('=');
            String node = equals < 0 ? "" : part.substring(0, equals).strip();
            String zone = equals < 0 ? "" : part.substring(equals + 1).strip();
            if (node.isEmpty() || !zone.matches("[A-Za-z0-9._-]{1,60}")) {
                settings.problem(
                        "memcached.zones",
                        "has something that is no node=zone; write e.g. n1=rack1,n2=rack2 (letters, digits, . _ -)");
            } else if (!zones.containsKey(node)) {
                settings.problem(
                        "memcached.zones",
                        "has a node that store does not name; there are "
                                + String.join(", ", new TreeSet<>(zones.keySet())));
            } else if (!given.add(node)) {
                settings.problem("memcached.zones", "has a node twice; a node is in one zone");
            } else {
                zones.put(node, zone);
            }
        }
        return Map.copyOf(zones);
    }

    /** What the operator should know of these settings, though they can be used. */
    List<String> warnings() {
        long zonesOfNodes =
                nodes.stream().map(node -> zones.get(node.name())).distinct().count();
        if (nodes.size() < replicas) {
            return List.of("memcached.replicas is " + replicas + ", and store names "
                    + (nodes.size() == 1
                            ? "one node: sessions have no backup, and all are gone when it dies. Name a second one"
                            : nodes.size() + " nodes: each session has " + nodes.size() + " copies. Name more nodes")
                    + ", or set memcached.replicas=" + nodes.size());
        }
        if (zonesOfNodes < replicas) {
            return List.of("memcached.replicas is " + replicas + ", and the nodes are "
                    + (zonesOfNodes == 1 ? "all on one host or in one zone" : "on " + zonesOfNodes + " hosts or zones")
                    + ": copies of a session share them, and die together. Name nodes on other hosts; if their hosts"
                    + " only look alike, tell memcached.zones");
        }
        return List.of();
    }

    NodeOptions options(NodeAddress node) {
        return new NodeOptions(
                node.name(),
                InetSocketAddress.createUnresolved(node.host(), node.port()),
                timeout,
                protocol,
                credentials.orElse(null));
    }

    /** For the log, on one line. */
    String described() {
        return nodes.stream().map(NodeAddress::toString).collect(Collectors.joining(", "));
    }
}
