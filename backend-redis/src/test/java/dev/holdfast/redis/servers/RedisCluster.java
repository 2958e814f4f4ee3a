package dev.holdfast.redis.servers;

import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A Redis Cluster whose nodes take one for dead that has not answered for two seconds. Nodes are numbered as they were
 * started: first the masters, each with an equal share of the slots, then their replicas. Thread-safe.
 */
public final class RedisCluster implements AutoCloseable {

    public static final int SLOTS = 16_384;

    private static final String NODE_TIMEOUT_MILLIS = "2000";
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration FAILOVER_LIMIT = Duration.ofSeconds(60);

    private final List<RedisServer> nodes = new ArrayList<>();

    private RedisCluster() {}

    /** Three masters with a replica each. */
    public static RedisCluster start() {
        return start(3, 1, UnaryOperator.identity());
    }

    /**
     * Starts the nodes, and returns when all of them say that the Cluster is whole, and the replicas follow. The caller closes
     * it.
     *
     * @param replicas of each master
     * @param configuration more for each node, such as {@code node -> node.password("…").appendOnly()}
     */
    public static RedisCluster start(int masters, int replicas, UnaryOperator<RedisServerBuilder> configuration) {
        RedisCluster cluster = new RedisCluster();
        try {
            for (int i = 0; i < masters * (1 + replicas); i++) {
                cluster.nodes.add(configuration
                        .apply(RedisServer.builder()
                                .clusterNode()
                                .option("cluster-node-timeout", NODE_TIMEOUT_MILLIS)
                                .option("cluster-announce-ip", "127.0.0.1"))
                        .start());
            }
            cluster.join(masters);
            return cluster;
        } catch (RuntimeException | Error e) {
            cluster.close();
            throw e;
        }
    }

    private void join(int masters) {
        for (int i = 0; i < masters; i++) {
            nodes.get(i).command(addSlots(SLOTS * i / masters, SLOTS * (i + 1) / masters));
            nodes.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", String.valueOf(i + 1));
        }
        for (RedisServer node : nodes.subList(1, nodes.size())) {
            node.command(
                    "CLUSTER", "MEET", "127.0.0.1", String.valueOf(nodes.get(0).port()));
        }
        for (RedisServer node : nodes) {
            Poll.until(
                    node + " knows all nodes",
                    START_LIMIT,
                    () -> node.command("CLUSTER", "NODES")
                                    .toString()
                                    .lines()
                                    .filter(line -> !line.contains("handshake"))
                                    .count()
                            == nodes.size());
        }
        for (int i = masters; i < nodes.size(); i++) {
            String master = (String) nodes.get(i % masters).command("CLUSTER", "MYID");
            nodes.get(i).command("CLUSTER", "REPLICATE", master);
        }
        for (int i = masters; i < nodes.size(); i++) {
            awaitReplica(nodes.get(i));
        }
        awaitWhole();
        for (RedisServer node : nodes) {
            Poll.until(
                    node + " knows who is a replica",
                    START_LIMIT,
                    () -> addressesBySlot(node).stream()
                                    .mapToInt(range -> range.size() - 2)
                                    .sum()
                            == nodes.size());
        }
    }

    private static String[] addSlots(int from, int to) {
        List<String> words = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
        for (int slot = from; slot < to; slot++) {
            words.add(String.valueOf(slot));
        }
        return words.toArray(String[]::new);
    }

    /** {@code redis-cluster://127.0.0.1:p1,127.0.0.1:p2,…} with all nodes. It names no password. */
    public String uri() {
        return "redis-cluster://" + nodes.stream().map(RedisServer::address).collect(Collectors.joining(","));
    }

    /** In the order in which they were started. */
    public List<RedisServer> nodes() {
        return List.copyOf(nodes);
    }

    /** The slot of a key, with regard to braces in it. */
    public int slotOf(String key) {
        return Math.toIntExact((Long) anyRunning().command("CLUSTER", "KEYSLOT", key));
    }

    /** Whom all nodes that run call the master of that slot, dead or alive. */
    public RedisServer masterOf(int slot) {
        return Poll.untilPresent("all nodes name the same master of " + slot, FAILOVER_LIMIT, () -> agreedMaster(slot));
    }

    /**
     * SIGKILL for the master of that slot.
     *
     * @return who it was, for {@link #awaitFailover}
     */
    public RedisServer killMasterOf(int slot) {
        RedisServer master = masterOf(slot);
        master.kill();
        return master;
    }

    /**
     * Waits until all nodes that run name another master of that slot than the former one, that one says so too, and the
     * Cluster is whole. Nodes that are paused do not count as running.
     *
     * @throws AssertionError if that takes more than a minute
     */
    public RedisServer awaitFailover(int slot, RedisServer former) {
        RedisServer master = Poll.untilPresent("slot " + slot + " has a master after " + former, FAILOVER_LIMIT, () -> {
            RedisServer agreed = agreedMaster(slot);
            return agreed == null || agreed == former || !role(agreed).equals("master") ? null : agreed;
        });
        awaitWhole();
        return master;
    }

    /** Waits until every node that runs says {@code cluster_state:ok}. */
    public void awaitWhole() {
        for (RedisServer node : nodes) {
            Poll.until(
                    node + " finds the Cluster whole",
                    START_LIMIT,
                    () -> !node.isRunning()
                            || node.command("CLUSTER", "INFO").toString().contains("cluster_state:ok"));
        }
    }

    /** Waits until that node is a replica which has all that its master had when they were connected. */
    public void awaitReplica(RedisServer node) {
        Poll.until(node + " follows its master", START_LIMIT, () -> {
            Map<String, String> replication = node.info("replication");
            return replication.get("role").equals("slave")
                    && replication.get("master_link_status").equals("up");
        });
    }

    @Override
    public void close() {
        nodes.forEach(RedisServer::close);
    }

    /** Null while nodes that run disagree. */
    private RedisServer agreedMaster(int slot) {
        List<Integer> ports = nodes.stream()
                .filter(RedisServer::isRunning)
                .map(node -> masterPort(node, slot))
                .distinct()
                .toList();
        return ports.size() != 1
                ? null
                : nodes.stream()
                        .filter(node -> node.port() == ports.get(0))
                        .findFirst()
                        .orElse(null);
    }

    /** As that node sees it; 0 if it knows none. */
    private static int masterPort(RedisServer node, int slot) {
        for (List<?> range : addressesBySlot(node)) {
            if ((Long) range.get(0) <= slot && slot <= (Long) range.get(1)) {
                return Math.toIntExact((Long) ((List<?>) range.get(2)).get(1));
            }
        }
        return 0;
    }

    /** Ranges of slots: first, last, master, its replicas. */
    private static List<List<?>> addressesBySlot(RedisServer node) {
        List<List<?>> ranges = new ArrayList<>();
        for (Object range : (List<?>) node.command("CLUSTER", "SLOTS")) {
            ranges.add((List<?>) range);
        }
        return ranges;
    }

    private static String role(RedisServer node) {
        return node.info("replication").get("role");
    }

    private RedisServer anyRunning() {
        return nodes.stream()
                .filter(RedisServer::isRunning)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no node runs"));
    }
}
