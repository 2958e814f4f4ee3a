package dev.holdfast.redis.servers;

import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * A master with replicas, watched by three Sentinels: two of them must agree that it is dead, after one second without an
 * answer. Thread-safe.
 */
public final class RedisSentinels implements AutoCloseable {

    /** What the Sentinels call their master. */
    public static final String MASTER_NAME = "mymaster";

    private static final int SENTINELS = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration FAILOVER_LIMIT = Duration.ofSeconds(60);

    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();

    private RedisSentinels() {}

    /** With two replicas and without passwords. */
    public static RedisSentinels start() {
        return builder().start();
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What they are started with. For one thread. */
    public static final class Builder {

        private int replicas = 2;
        private String password;
        private String sentinelPassword;
        private UnaryOperator<RedisServerBuilder> servers = UnaryOperator.identity();

        private Builder() {}

        public Builder replicas(int count) {
            replicas = count;
            return this;
        }

        /** Of the master and the replicas. */
        public Builder password(String password) {
            this.password = password;
            return this;
        }

        /** That clients show to the Sentinels. */
        public Builder sentinelPassword(String password) {
            this.sentinelPassword = password;
            return this;
        }

        /** More for the master and each replica, such as {@code RedisServerBuilder::appendOnly}. */
        public Builder servers(UnaryOperator<RedisServerBuilder> configuration) {
            this.servers = configuration;
            return this;
        }

        /** Starts them, and returns when the replicas follow and each Sentinel knows all the others. The caller closes it. */
        public RedisSentinels start() {
            RedisSentinels group = new RedisSentinels();
            try {
                group.startServers(this);
                group.startSentinels(this);
                return group;
            } catch (RuntimeException | Error e) {
                group.close();
                throw e;
            }
        }

        private RedisServerBuilder server() {
            RedisServerBuilder server = RedisServer.builder();
            if (password != null) {
                server.password(password);
            }
            return servers.apply(server);
        }
    }

    private void startServers(Builder configuration) {
        RedisServer master = configuration.server().start();
        servers.add(master);
        for (int i = 0; i < configuration.replicas; i++) {
            servers.add(configuration.server().replicaOf(master).start());
        }
        awaitReplicas(master, configuration.replicas);
    }

    private void startSentinels(Builder configuration) {
        String port = String.valueOf(servers.get(0).port());
        for (int i = 0; i < SENTINELS; i++) {
            RedisServerBuilder sentinel = RedisServer.builder()
                    .sentinel()
                    .option("sentinel", "monitor", MASTER_NAME, "127.0.0.1", port, "2")
                    .option("sentinel", "down-after-milliseconds", MASTER_NAME, "1000")
                    .option("sentinel", "failover-timeout", MASTER_NAME, "5000");
            if (configuration.password != null) {
                sentinel.option("sentinel", "auth-pass", MASTER_NAME, configuration.password);
            }
            if (configuration.sentinelPassword != null) {
                sentinel.password(configuration.sentinelPassword)
                        .option("sentinel", "sentinel-pass", configuration.sentinelPassword);
            }
            sentinels.add(sentinel.start());
        }
        for (RedisServer sentinel : sentinels) {
            Poll.until(
                    sentinel + " knows everybody",
                    START_LIMIT,
                    () -> list(sentinel, "replicas").size() == servers.size() - 1
                            && list(sentinel, "sentinels").size() == SENTINELS - 1
                            && sentinel.command("SENTINEL", "CKQUORUM", MASTER_NAME)
                                    .toString()
                                    .startsWith("OK"));
        }
    }

    /** {@code redis-sentinel://mymaster@127.0.0.1:p1,127.0.0.1:p2,127.0.0.1:p3}. It names no password. */
    public String uri() {
        return "redis-sentinel://" + MASTER_NAME + "@"
                + sentinels.stream().map(RedisServer::address).collect(Collectors.joining(","));
    }

    /** The Sentinels, to be killed or paused; each of them takes commands as a server does. */
    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    /** The master and the replicas, whatever part each of them has at the moment. */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    /** Whom most of the Sentinels call the master, dead or alive. */
    public RedisServer master() {
        return Poll.untilPresent(
                "most Sentinels name the same master", FAILOVER_LIMIT, () -> namedBy(SENTINELS / 2 + 1));
    }

    /** All others that run. */
    public List<RedisServer> replicas() {
        RedisServer master = master();
        return servers.stream()
                .filter(server -> server != master && server.isRunning())
                .toList();
    }

    /**
     * SIGKILL for the master.
     *
     * @return who it was, for {@link #awaitNewMaster}
     */
    public RedisServer killMaster() {
        RedisServer master = master();
        master.kill();
        return master;
    }

    /**
     * Waits until all Sentinels that run (those that are paused do not) name another master than the former one, and it answers as one.
     *
     * @throws AssertionError if that takes more than a minute
     */
    public RedisServer awaitNewMaster(RedisServer former) {
        return Poll.untilPresent("there is a master after " + former, FAILOVER_LIMIT, () -> {
            int running =
                    (int) sentinels.stream().filter(RedisServer::isRunning).count();
            RedisServer master = namedBy(running);
            return master == null || master == former || !isMaster(master) ? null : master;
        });
    }

    /** Waits until that many replicas have all that the master had when they were connected, and follow it. */
    public void awaitReplicas(RedisServer master, int count) {
        Poll.until(count + " replicas follow " + master, START_LIMIT, () -> hasReplicas(master, count));
    }

    private static boolean hasReplicas(RedisServer master, int count) {
        var replication = master.info("replication");
        return replication.get("connected_slaves").equals(String.valueOf(count))
                && replication.values().stream()
                                .filter(value -> value.contains("state=online"))
                                .count()
                        == count;
    }

    /**
     * As {@link #awaitReplicas(RedisServer, int)}, of whoever is the master by then: on a busy machine the Sentinels may choose once more,
     * as they take for dead who gets no processor for a second.
     *
     * @return that master
     */
    public RedisServer awaitReplicas(int count) {
        return Poll.untilPresent(count + " replicas follow the master", FAILOVER_LIMIT, () -> {
            RedisServer master = namedBy(SENTINELS / 2 + 1);
            return master != null && isMaster(master) && hasReplicas(master, count) ? master : null;
        });
    }

    @Override
    public void close() {
        // first those who would promote a replica for each server that goes
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }

    /** The master that at least so many Sentinels name; null if there is none. */
    private RedisServer namedBy(int atLeast) {
        var votes = sentinels.stream()
                .map(this::masterOf)
                .filter(Objects::nonNull)
                .collect(Collectors.groupingBy(server -> server, Collectors.counting()));
        return votes.entrySet().stream()
                .filter(vote -> vote.getValue() >= atLeast)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(null);
    }

    /** Null if that Sentinel does not run. */
    private RedisServer masterOf(RedisServer sentinel) {
        if (!sentinel.isRunning()) {
            return null;
        }
        List<?> address = (List<?>) sentinel.command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME);
        int port = Integer.parseInt((String) address.get(1));
        return servers.stream()
                .filter(server -> server.port() == port)
                .findFirst()
                .orElse(null);
    }

    private static boolean isMaster(RedisServer server) {
        return server.info("replication").get("role").equals("master");
    }

    private static List<?> list(RedisServer sentinel, String what) {
        return (List<?>) sentinel.command("SENTINEL", what, MASTER_NAME);
    }
}
