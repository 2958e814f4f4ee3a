package dev.holdfast.demo.launcher.command;

import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.demo.launcher.cluster.ClusterPlan;
import dev.holdfast.demo.launcher.cluster.DemoCluster;
import dev.holdfast.demo.launcher.cluster.OwnServer;
import dev.holdfast.demo.launcher.cluster.OwnStore;
import dev.holdfast.demo.launcher.command.DemoOptions.OptionException;
import dev.holdfast.demo.launcher.console.Console;
import dev.holdfast.demo.launcher.selftest.SelfTest;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What {@code bin/demo} starts when everything is built. Ends with 0, with 1 if the selftest found a loss or something did
 * not start, with 2 for a wrong command line.
 */
public final class Demo {
    private static final int DEFAULT_PORT = 8080;
    private static final Duration SELFTEST_LIMIT = Duration.ofMinutes(5);
    private static final long LOOK_MILLIS = 500;
    private static final int SECRET_BYTES = 32;
    /**
     * Nobody's memcached is away in a selftest. A machine that is too busy for an answer in the usual 300 ms would let one node take the first for
     * dead and another the second, and each would go on with the half that it reaches, which nobody promises to be whole.
     */
    private static final Map<String, String> PATIENT =
            Map.of("HOLDFAST_MEMCACHED_TIMEOUT", "10s", "HOLDFAST_TIMEOUT", "20s");
    /** Held here, because java.util.logging forgets the level of a logger that nobody holds. */
    private static final Logger BALANCER_LOG = Logger.getLogger("org.eclipse.jetty");

    private final DemoOptions options;
    private final PrintStream out;

    private Demo(DemoOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /** The system property {@code demo.war} names the application. */
    public static void main(String[] arguments) {
        // the balancer's own news; trouble is still told
        BALANCER_LOG.setLevel(Level.WARNING);
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    private static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            return new Demo(DemoOptions.parse(arguments), out).run();
        } catch (OptionException e) {
            err.println("bin/demo: " + e.getMessage());
            err.println("bin/demo --help tells what there is.");
            return 2;
        } catch (BindException e) {
            err.println("bin/demo: " + e.getMessage() + ". Choose another with --port, or --port 0 for any free one.");
            return 1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 1;
        } catch (Exception e) {
            err.println("bin/demo: " + (e.getMessage() == null ? e : e.getMessage()));
            return 1;
        }
    }

    private int run() throws Exception {
        Path war = Path.of(System.getProperty("demo.war", "webapp-demo/war/target/holdfast-demo.war"));
        if (!Files.exists(war)) {
            throw new IllegalStateException("no application at " + war + ": build it first");
        }
        Map<String, String> settings = settings();
        OwnStore ownStore = options.ownStore();
        out.println("Starting " + options.containers().size() + " nodes, "
                + (!options.withFilter()
                        ? "without the session filter"
                        : "store " + (ownStore == null ? shown(settings) : own(ownStore))));
        int port = options.port() != null ? options.port() : options.selfTest() ? 0 : DEFAULT_PORT;
        Console console = options.selfTest() ? null : Console.start();
        DemoCluster cluster = DemoCluster.start(new ClusterPlan(
                war,
                options.containers(),
                ownStore,
                storeNote(),
                options.ownBalancer(),
                settings,
                environment(),
                libraries(),
                options.withFilter(),
                port,
                console == null ? null : console.port()));
        // for Ctrl-C and SIGTERM; the JVM waits for it
        Thread hook = new Thread(() -> close(cluster, console), "end-demo");
        Runtime.getRuntime().addShutdownHook(hook);
        describe(cluster);
        describeBalancer(cluster);
        if (console == null) {
            return selfTest(cluster);
        }
        console.show(cluster);
        out.println();
        out.printf("All of it runs, %d s after the command.%n", secondsSinceStart());
        out.println("Open " + cluster.origin());
        out.println("The classic test page: " + cluster.origin() + "test.jsp");
        out.println("Kill a node while you click, by the page's button or  kill -9 "
                + cluster.nodes().get(0).pid() + "   Ctrl-C ends all.");
        watch(cluster);
        return 0;
    }

    /** Of this JVM: what {@code bin/demo} does before takes a moment, unless it builds. */
    private static long secondsSinceStart() {
        return TimeUnit.MILLISECONDS.toSeconds(
                ManagementFactory.getRuntimeMXBean().getUptime());
    }

    private int selfTest(DemoCluster cluster) throws Exception {
        long seed = options.seed() != null ? options.seed() : new SecureRandom().nextInt(1_000_000);
        boolean clean = SelfTest.run(
                cluster,
                new SelfTest.Plan(options.users(), options.clicks(), seed, options.kill(), SELFTEST_LIMIT),
                out);
        if (!clean) {
            out.println("The nodes' logs are kept in " + cluster.keepFiles());
        }
        return clean ? 0 : 1;
    }

    private Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        String store = options.store();
        if (store == null) {
            // A group and a name of its own, on this machine only: demos and other clusters do not meet.
            SecureRandom random = new SecureRandom();
            settings.put("store", "peer://228.0.0.4:" + (20_000 + random.nextInt(25_000)));
            settings.put("peer.bind", "127.0.0.1");
            settings.put("peer.cluster", "demo-" + Long.toHexString(random.nextLong()));
            // Builds and browsers keep this machine busy: a node that gave up early would begin a cluster of its own.
            settings.put("peer.join-timeout", "3s");
        } else if (options.ownStore() == null) {
            settings.put("store", store);
        }
        // what the application puts into its sessions, and nothing else, is read from stored bytes
        settings.put("allow-classes", "dev.holdfast.demo.app.*,java.util.*");
        if (options.mode() != null) {
            settings.put("mode", options.mode());
        }
        if (options.serializer() != null) {
            settings.put("serializer", options.serializer());
        }
        return settings;
    }

    /** What the nodes get by their environment, unless the user has set it there. */
    private Map<String, String> environment() {
        Map<String, String> environment = new LinkedHashMap<>();
        if (options.store() == null && options.withFilter()) {
            // Peers let in only who has their secret.
            byte[] random = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(random);
            environment.put("HOLDFAST_SECRET", HexFormat.of().formatHex(random));
        }
        if (options.selfTest() && options.ownStore() == OwnStore.MEMCACHED) {
            environment.putAll(PATIENT);
        }
        environment.keySet().removeAll(System.getenv().keySet());
        return environment;
    }

    /** The jars of the serializers that are not in the application. */
    private @Nullable Path libraries() {
        if (options.serializer() == null || options.serializer().equals("jdk")) {
            return null;
        }
        Path jars = Path.of(System.getProperty("demo.serializers", "webapp-demo/target/containers/serializers"));
        if (!Files.isDirectory(jars)) {
            throw new IllegalStateException("no serializers at " + jars + ": build them first");
        }
        return jars;
    }

    /** The store without a password that its URI may hold. */
    private static String shown(Map<String, String> settings) {
        return settings.getOrDefault("store", "").replaceAll("//[^/@]*@", "//***@");
    }

    private void describe(DemoCluster cluster) {
        out.println();
        for (NodeProcess node : cluster.nodes()) {
            describe(node);
        }
        for (OwnServer server : cluster.stores()) {
            describe(server.name(), server.port(), server.pid(), server.logFile());
        }
        if (options.ownStore() == OwnStore.REDIS) {
            describeRedis("-p " + cluster.stores().get(0).port());
        } else if (options.ownStore() == OwnStore.MEMCACHED) {
            out.println();
            out.println("Each session is in both memcached servers. Kill one of them, too.");
        } else if (options.withFilter() && String.valueOf(options.store()).matches("rediss?://.*")) {
            describeRedis("-u '" + shown(settings()) + "'");
        }
    }

    /** What one would put into the file of a real one. */
    private void describeBalancer(DemoCluster cluster) throws IOException {
        Path file = cluster.balancerConfiguration();
        if (file != null) {
            out.println();
            out.println(file + ":");
            Files.readString(file).lines().forEach(line -> out.println(("  | " + line).stripTrailing()));
        }
    }

    private static String own(OwnStore store) {
        return switch (store) {
            case REDIS -> "redis, a server of the demo's own";
            case MEMCACHED -> "memcached, two servers of the demo's own";
        };
    }

    private void describeRedis(String options) {
        out.println();
        out.println("The sessions are in Redis. See them:  redis-cli " + options + " --scan --pattern 'hf:*'");
    }

    private void describe(NodeProcess node) {
        describe(node.name(), node.port(), node.pid(), node.logFile());
    }

    private void describe(String name, int port, long pid, Path log) {
        out.printf("  %-12s port %5d  pid %7d  log %s%n", name, port, pid, log);
    }

    /** Says when a node has died or is back, until the process is told to end. */
    private void watch(DemoCluster cluster) throws InterruptedException {
        Set<Long> gone = new HashSet<>();
        Set<Long> known = new HashSet<>();
        cluster.nodes().forEach(node -> known.add(node.pid()));
        cluster.stores().forEach(server -> known.add(server.pid()));
        while (true) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            for (OwnServer server : cluster.stores()) {
                if (known.add(server.pid())) {
                    out.println(server.name() + " is back, pid " + server.pid());
                }
                if (!server.isAlive() && gone.add(server.pid())) {
                    out.println(server.name() + " (pid " + server.pid() + ") has died, "
                            + whatThatDoes(cluster.stores()) + server.command());
                }
            }
            for (NodeProcess node : cluster.nodes()) {
                if (known.add(node.pid())) {
                    out.println(node.name() + " is back, pid " + node.pid());
                }
                if (!node.isAlive() && gone.add(node.pid())) {
                    long left = cluster.nodes().stream()
                            .filter(NodeProcess::isAlive)
                            .count();
                    out.println(node.name() + " (pid " + node.pid() + ") has died, " + left + " of "
                            + cluster.nodes().size() + " nodes are left.");
                }
            }
        }
    }

    private String whatThatDoes(List<OwnServer> servers) {
        if (options.ownStore() == OwnStore.MEMCACHED) {
            return servers.stream().anyMatch(OwnServer::isAlive)
                    ? "and the other one has all sessions. To start it again, empty:  "
                    : "and all sessions with it. To start it again, empty:  ";
        }
        return "and pages that need a session get 503. To start it again, with all that it had:  ";
    }

    private String storeNote() {
        OwnStore ownStore = options.ownStore();
        if (!options.withFilter()) {
            return "Without Holdfast: each server keeps its sessions for itself, and loses them.";
        } else if (ownStore == OwnStore.REDIS) {
            return "The servers know nothing of each other. The sessions are in Redis, which writes each change to disk before it answers.";
        } else if (ownStore == OwnStore.MEMCACHED) {
            return "The servers know nothing of each other. Each session is in both memcached servers.";
        } else if (options.store() == null || options.store().startsWith("peer")) {
            return "There is no other store: the servers keep the sessions for each other, each on two of them.";
        }
        return "The sessions are in the store that the command was given.";
    }

    private static void close(DemoCluster cluster, @Nullable Console console) {
        if (console != null) {
            console.close();
        }
        try {
            cluster.close();
        } catch (IOException e) {
            System.err.println("bin/demo: not all was cleaned up: " + e);
        }
    }
}
