package dev.holdfast.demo.suite;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A container with a store, and its nodes: one for a store that is one JVM's own, else two, or three. They start when the first test
 * asks for one and end with this JVM.
 */
final class Cell {

    static final Path WAR = Path.of("..", "testapp", "target", "testapp.war");
    static final Path NODES = Path.of("target", "nodes");

    private static final String TOUCH_INTERVAL = "1s";

    /** The jars that a node needs beside the application for another serializer than the JDK's. */
    static final Path SERIALIZERS = Path.of("target", "serializers").toAbsolutePath();

    /** The one that all nodes of this run have, unless a test says otherwise; empty for the default. */
    private static final String SERIALIZER = System.getProperty("holdfast.serializer", "");

    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Container container;
    private final String store;
    private final Mode mode;

    /** So that clusters of one machine do not meet. */
    private final String group;

    /** Of the cell's own in the Redis of all. */
    private final int database;

    private final List<NodeProcess> nodes = new ArrayList<>();

    /** Every session id that a client of this cell was given, as must not stand in a log. */
    private final Set<String> idsSeen = ConcurrentHashMap.newKeySet();

    private final List<Pattern> expectedInLog = new CopyOnWriteArrayList<>();

    Cell(Container container, String store) {
        this(container, store, Mode.SHARED);
    }

    Cell(Container container, String store, Mode mode) {
        this.container = container;
        this.store = store;
        this.mode = mode;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        this.group = "peer://239." + random.nextInt(1, 255) + "." + random.nextInt(1, 255) + "."
                + random.nextInt(1, 255) + ":" + random.nextInt(20_000, 30_000);
        this.database = DATABASES.getAndIncrement();
        if (isPeers()) {
            // What members say of the network of the machine that runs the tests.
            expectInLog("without a secret, whoever reaches");
            expectInLog("there is no route to");
        }
    }

    Container container() {
        return container;
    }

    Mode mode() {
        return mode;
    }

    boolean isSticky() {
        return mode == Mode.STICKY;
    }

    /** Whether a client that comes from another node is told so by a cookie. */
    boolean tellsNodes() {
        return isSticky() && isCluster();
    }

    boolean isNative() {
        return store.equals(Cells.NATIVE);
    }

    private boolean isPeers() {
        return store.startsWith(Cells.PEER);
    }

    /** Whether its nodes share their sessions. */
    boolean isCluster() {
        return !store.equals("local") && !isNative();
    }

    /** Whether a node can find an expired session that it has not served. */
    boolean findsSessions() {
        return !store.equals(Cells.MEMCACHED);
    }

    /** A node of the cell. */
    NodeProcess a() {
        return nodes().get(0);
    }

    /** Another node; the same if the cell has only one. */
    NodeProcess b() {
        return nodes().get(nodes().size() - 1);
    }

    /** All nodes that have been started for all tests to share. */
    synchronized List<NodeProcess> nodes() {
        if (nodes.isEmpty()) {
            List<NodeProcess.Starting> starting = new ArrayList<>();
            int count = !isCluster() ? 1 : store.equals(Cells.PEER_3) || store.equals(Cells.PEER_ALL) ? 3 : 2;
            for (int i = 0; i < count; i++) {
                starting.add(NodeProcess.launch(container, options("" + "abc".charAt(i))));
            }
            starting.forEach(node -> nodes.add(node.awaitReady()));
        }
        return nodes;
    }

    /** Whether {@link #nodes} would start none. */
    synchronized boolean isStarted() {
        return !nodes.isEmpty();
    }

    /** For one more node of this cell, in its cluster if it is one: the test application at {@code /app}. */
    NodeOptions options(String name) {
        return withApplication("/app", name);
    }

    private NodeOptions withApplication(String contextPath, String name) {
        NodeOptions options = NodeOptions.named(container.id() + "-" + store + (isSticky() ? "-sticky" : "") + "-"
                        + name + "-" + COUNTER.incrementAndGet())
                .directory(NODES)
                .webapp(contextPath, WAR)
                .user("anna", "secret-of-anna", "user");
        if (isNative()) {
            return options.withoutFilter(contextPath);
        }
        // Longer than the machine that runs the tests may stand still: what must not take long is told by other tests,
        // by
        // counting. A message that gets lost shows all the same, as a warning in the log.
        options.property("holdfast.ignore", "/control/*").property("holdfast.timeout", "6s");
        if (isSticky()) {
            // What a node must ask after two of them at the latest can be waited for.
            options.property("holdfast.mode", mode.setting()).property("holdfast.touch-interval", TOUCH_INTERVAL);
        }
        if (!SERIALIZER.isEmpty()) {
            options.libraries(SERIALIZERS).property("holdfast.serializer", SERIALIZER);
        }
        if (isPeers()) {
            options.property("holdfast.peer.replicas", store.equals(Cells.PEER_ALL) ? "all" : "2");
            // Two nodes that start on a busy machine may not hear each other in half a second, and each would begin
            // alone.
            return options.property("holdfast.store", group).property("holdfast.peer.join-timeout", "3s");
        }
        if (store.equals(Cells.REDIS)) {
            return options.property("holdfast.store", Redis.SERVER.uri() + "/" + database)
                    .property("holdfast.redis.timeout", "4s");
        }
        if (store.equals(Cells.MEMCACHED)) {
            // Without zones they would be warned about, as they are on one host.
            return options.property("holdfast.store", Memcached.URI)
                    .property("holdfast.memcached.zones", "n1=left,n2=right")
                    .property("holdfast.memcached.timeout", "3s");
        }
        return options.property("holdfast.store", store);
    }

    /** For a node outside of the cell's cluster, which has no other members. */
    NodeOptions ownCluster(String name) {
        return sibling().options(name);
    }

    /** The same container and store, with other nodes and another cluster. */
    Cell sibling() {
        return in(mode);
    }

    /** The same with other nodes, of this mode. */
    Cell in(Mode other) {
        return new Cell(container, store, other);
    }

    /** The same, with the test application as the root. */
    NodeOptions rootApplication(String name) {
        return sibling().withApplication("/", name);
    }

    /** Lets the nodes' logs hold a warning or an error in which this is found. */
    void expectInLog(String regex) {
        expectedInLog.add(Pattern.compile(regex));
    }

    boolean isExpectedInLog(String line) {
        return expectedInLog.stream().anyMatch(pattern -> pattern.matcher(line).find());
    }

    void seen(String sessionId) {
        idsSeen.add(idOf(sessionId));
    }

    /** What a cookie carries, without the route behind it. */
    String idOf(String written) {
        int dot = isSticky() ? written.indexOf('.') : -1;
        return dot < 0 ? written : written.substring(0, dot);
    }

    Set<String> idsSeen() {
        return idsSeen;
    }

    /** The server of all cells that want one, started when the first does; it ends with this JVM. */
    private static final class Redis {
        static final RedisServer SERVER =
                RedisServer.builder().databases(10_000).start();
    }

    /** The servers of all cells that want some, which ids keep apart well enough; they end with this JVM. */
    private static final class Memcached {
        static final String URI = "memcached://n1:" + MemcachedServer.start().address() + ",n2:"
                + MemcachedServer.start().address();
    }

    @Override
    public String toString() {
        return container.id() + " × " + store + (isSticky() ? " × sticky" : "");
    }
}
