package dev.holdfast.demo.launcher.cluster;

import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.demo.launcher.balancer.Balancer;
import dev.holdfast.demo.launcher.balancer.BalancerCounts;
import dev.holdfast.demo.launcher.balancer.Upstream;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A running cluster. Thread-safe. Restarts nothing by itself. */
public final class DemoCluster implements AutoCloseable {
    /** Where pages ask for the state of the cluster, and send what it shall do. */
    public static final String CONSOLE_PATH = "/-/cluster";

    private static final String LOOPBACK = "127.0.0.1";

    /** Null if {@link #ownBalancer} is there. */
    private final @Nullable Balancer balancer;
    /** Null if {@link #balancer} is there. */
    private final @Nullable OwnServer ownBalancer;

    private final @Nullable Path balancerConfiguration;
    private final TemporaryDirectory directory;
    private final String storeNote;
    /** By name, in the order of their store; none if the demo has no store of its own. Guarded by {@code this}. */
    private final Map<String, OwnServer> stores = new LinkedHashMap<>();
    /** By name, in the order they were asked for. Guarded by {@code this}; not held while a node starts. */
    private final Map<String, NodeProcess> nodes;
    /** Those that are being started again. Guarded by {@code this}. */
    private final Map<String, NodeProcess.Starting> starting = new HashMap<>();
    /** Process ids of those that were sent SIGSTOP last, not SIGCONT. Guarded by {@code this}. */
    private final Set<Long> paused = new HashSet<>();
    /** Guarded by {@code this}. From then on nothing is started. */
    private boolean closed;

    private volatile boolean filesKept;

    /** What one can see of a server from outside. */
    public enum State {
        UP,
        PAUSED,
        DOWN,
        STARTING
    }

    private DemoCluster(
            ClusterPlan plan,
            Entrance entrance,
            TemporaryDirectory directory,
            List<OwnServer> stores,
            Map<String, NodeProcess> nodes) {
        this.balancer = entrance.balancer();
        this.ownBalancer = entrance.ownBalancer();
        this.balancerConfiguration =
                plan.ownBalancer() == null ? null : plan.ownBalancer().file(directory.path());
        this.directory = directory;
        this.storeNote = plan.storeNote();
        stores.forEach(store -> this.stores.put(store.name(), store));
        this.nodes = nodes;
    }

    /**
     * Starts the store's servers if there are to be any, the nodes and then the balancer. Blocks until all are ready.
     *
     * @throws BindException if the port is taken; nothing has been started then
     * @throws IllegalStateException if one of them does not start, with the end of its log; none is left then
     */
    public static DemoCluster start(ClusterPlan plan) throws Exception {
        requireFree(plan.port());
        TemporaryDirectory directory = TemporaryDirectory.create();
        Map<String, NodeProcess> nodes = new LinkedHashMap<>();
        List<OwnServer> stores = new ArrayList<>();
        try {
            Map<String, String> settings = new LinkedHashMap<>(plan.settings());
            if (plan.ownStore() != null) {
                plan.ownStore().start(directory.path(), stores);
                settings.putAll(plan.ownStore().settings(stores));
            }
            startNodes(plan, settings, directory.path(), nodes);
            return new DemoCluster(plan, entrance(plan, directory.path(), nodes), directory, stores, nodes);
        } catch (Exception e) {
            nodes.values().forEach(NodeProcess::kill);
            stores.forEach(OwnServer::kill);
            directory.delete();
            throw e;
        }
    }

    /** What clients come to: one of both. */
    private record Entrance(
            @Nullable Balancer balancer, @Nullable OwnServer ownBalancer) {}

    private static Entrance entrance(ClusterPlan plan, Path directory, Map<String, NodeProcess> nodes)
            throws Exception {
        if (plan.ownBalancer() != null) {
            List<OwnBalancer.Upstream> upstreams = nodes.values().stream()
                    .map(node -> new OwnBalancer.Upstream(node.name(), node.port()))
                    .toList();
            return new Entrance(
                    null,
                    plan.ownBalancer()
                            .start(new OwnBalancer.Before(upstreams, plan.console()), directory, plan.port()));
        }
        List<Upstream> upstreams = nodes.values().stream()
                .map(node -> new Upstream(node.name(), LOOPBACK, node.port()))
                .toList();
        return new Entrance(Balancer.start(LOOPBACK, plan.port(), upstreams, CONSOLE_PATH, plan.console()), null);
    }

    private static void startNodes(
            ClusterPlan plan, Map<String, String> settings, Path directory, Map<String, NodeProcess> nodes) {
        List<String> names = plan.names();
        // The first alone, so that the others find a cluster to join; then those side by side.
        List<NodeProcess.Starting> starting = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            NodeProcess.Starting node =
                    NodeProcess.launch(plan.containers().get(i), plan.options(settings, directory, names.get(i)));
            if (i == 0) {
                nodes.put(names.get(i), node.awaitReady());
            } else {
                starting.add(node);
            }
        }
        RuntimeException failure = null;
        for (NodeProcess.Starting node : starting) {
            try {
                NodeProcess ready = node.awaitReady();
                nodes.put(ready.name(), ready);
            } catch (RuntimeException e) {
                failure = failure == null ? e : failure;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Asked before the nodes are started, which takes seconds. */
    private static void requireFree(int port) throws IOException {
        if (port != 0) {
            try (ServerSocket probe = new ServerSocket()) {
                probe.setReuseAddress(true);
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            } catch (BindException e) {
                BindException taken = new BindException("port " + port + " is in use (" + e.getMessage() + ")");
                taken.initCause(e);
                throw taken;
            }
        }
    }

    /** Where the balancer listens. */
    public URI origin() {
        int port = balancer != null ? balancer.port() : ownBalancer != null ? ownBalancer.port() : 0;
        return URI.create("http://localhost:" + port + "/");
    }

    /** The file that a balancer of its own was started with; null for the one in this JVM. */
    public @Nullable Path balancerConfiguration() {
        return balancerConfiguration;
    }

    /** The servers of the demo's own store, dead or alive; empty if it has none. */
    public synchronized List<OwnServer> stores() {
        return List.copyOf(stores.values());
    }

    /**
     * Of a node, or a server of the demo's own store.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public synchronized State state(String name) {
        if (starting.containsKey(name)) {
            return State.STARTING;
        }
        boolean alive =
                nodes.containsKey(name) ? node(name).isAlive() : store(name).isAlive();
        long pid = nodes.containsKey(name) ? node(name).pid() : store(name).pid();
        return !alive ? State.DOWN : paused.contains(pid) ? State.PAUSED : State.UP;
    }

    /** SIGKILL for a node or a store's server; nothing happens if it is dead. Throws as {@link #state}. */
    public synchronized void kill(String name) {
        // another process may get its number
        if (nodes.containsKey(name)) {
            node(name).kill();
            paused.remove(node(name).pid());
        } else {
            store(name).kill();
            paused.remove(store(name).pid());
        }
    }

    /** SIGSTOP: it hangs, its sockets stay open. Throws as {@link #state}. */
    public synchronized void pause(String name) {
        if (nodes.containsKey(name)) {
            node(name).pause();
            paused.add(node(name).pid());
        } else {
            store(name).pause();
            paused.add(store(name).pid());
        }
    }

    /** SIGCONT after {@link #pause}. Throws as {@link #state}. */
    public synchronized void resume(String name) {
        if (nodes.containsKey(name)) {
            node(name).resume();
            paused.remove(node(name).pid());
        } else {
            store(name).resume();
            paused.remove(store(name).pid());
        }
    }

    /**
     * Starts a dead node, or a dead server of the store, on the port that it had. Blocks until it is ready.
     *
     * @throws IllegalArgumentException if there is none of that name
     * @throws IllegalStateException if it does not start, or has not died
     */
    public void restart(String name) throws IOException, InterruptedException {
        NodeProcess dead;
        synchronized (this) {
            if (state(name) != State.DOWN) {
                throw new IllegalStateException(name + " has not died");
            }
            if (!nodes.containsKey(name)) {
                requireOpen();
                // quick enough to be waited for
                stores.put(name, store(name).startAgain());
                return;
            }
            dead = node(name);
        }
        restart(dead);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the demo is ending");
        }
    }

    private NodeProcess node(String name) {
        NodeProcess node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException("no node is called " + name);
        }
        return node;
    }

    private OwnServer store(String name) {
        OwnServer store = stores.get(name);
        if (store == null) {
            throw new IllegalArgumentException("no server is called " + name);
        }
        return store;
    }

    /** Where the sessions are, in a sentence. */
    public String storeNote() {
        return storeNote;
    }

    /** Null if the balancer does not tell. */
    public @Nullable BalancerCounts balancerCounts() {
        return balancer == null ? null : balancer.counts();
    }

    /** The nodes as they were last started, dead ones included, in the order they were asked for. */
    public synchronized List<NodeProcess> nodes() {
        return List.copyOf(nodes.values());
    }

    /** The files to which the nodes append their session events. */
    public List<Path> eventLogs() {
        return nodes().stream()
                .map(node -> ClusterPlan.eventLog(directory.path(), node.name()))
                .filter(Files::exists)
                .toList();
    }

    /** Where the nodes' logs are, until {@link #close}. */
    public Path directory() {
        return directory.path();
    }

    /**
     * Starts a node that has died, on the port that it had. Blocks until it is ready.
     *
     * @throws IllegalStateException if it does not start
     */
    public NodeProcess restart(NodeProcess dead) {
        NodeProcess.Starting launched;
        synchronized (this) {
            requireOpen();
            if (starting.containsKey(dead.name())) {
                throw new IllegalStateException(dead.name() + " is being started already");
            }
            launched = NodeProcess.launch(
                    dead.container(), dead.options().copy(dead.name()).port(dead.port()));
            starting.put(dead.name(), launched);
        }
        try {
            NodeProcess started = launched.awaitReady();
            synchronized (this) {
                nodes.put(started.name(), started);
            }
            return started;
        } finally {
            synchronized (this) {
                starting.remove(dead.name());
            }
        }
    }

    /**
     * Lets {@link #close} keep the nodes' logs, for who wants to know what went wrong.
     *
     * @return where they will be
     */
    public Path keepFiles() {
        filesKept = true;
        return directory.kept();
    }

    /** Ends all nodes at once, without ceremony, then the store's servers and the balancer, and deletes what they have written. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            closed = true;
            starting.values().forEach(NodeProcess.Starting::kill);
            nodes.values().forEach(NodeProcess::kill);
            stores.values().forEach(OwnServer::kill);
        }
        try {
            if (balancer != null) {
                balancer.close();
            }
            if (ownBalancer != null) {
                ownBalancer.kill();
            }
        } finally {
            if (filesKept) {
                directory.keep();
            } else {
                directory.delete();
            }
        }
    }
}
