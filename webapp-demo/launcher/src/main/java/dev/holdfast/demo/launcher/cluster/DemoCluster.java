package dev.holdfast.demo.launcher.cluster;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A running cluster. Thread-safe. Restarts nothing by itself. */
public final class DemoCluster implements AutoCloseable {
    private static final String LOOPBACK = "127.0.0.1";

    private final Balancer balancer;
    private final TemporaryDirectory directory;
    /** In the order of their store; none if the demo has no store of its own. */
    private final List<StoreProcess> stores;
    /** By name, in the order they were asked for. Guarded by {@code this}; not held while a node starts. */
    private final Map<String, NodeProcess> nodes;

    private volatile boolean filesKept;

    private DemoCluster(
            Balancer balancer,
            TemporaryDirectory directory,
            List<StoreProcess> stores,
            Map<String, NodeProcess> nodes) {
        this.balancer = balancer;
        this.directory = directory;
        this.stores = List.copyOf(stores);
        this.nodes = nodes;
    }

    /**
     * What to start.
     *
     * @param war the application
     * @param containers one node each, at least one
     * @param ownStore whose servers are started first, for the sessions to be kept there; null: none
     * @param settings of the session filter, without their prefix
     * @param withFilter false takes the session filter out of the application's web.xml
     * @param port of the balancer, 0 for any free one
     */
    public record Plan(
            Path war,
            List<Container> containers,
            @Nullable OwnStore ownStore,
            Map<String, String> settings,
            boolean withFilter,
            int port) {}

    /**
     * Starts the store's servers if there are to be any, the nodes and then the balancer. Blocks until all are ready.
     *
     * @throws BindException if the port is taken; nothing has been started then
     * @throws IllegalStateException if one of them does not start, with the end of its log; none is left then
     */
    public static DemoCluster start(Plan plan) throws Exception {
        requireFree(plan.port());
        TemporaryDirectory directory = TemporaryDirectory.create();
        Map<String, NodeProcess> nodes = new LinkedHashMap<>();
        List<StoreProcess> stores = new ArrayList<>();
        try {
            Map<String, String> settings = new LinkedHashMap<>(plan.settings());
            if (plan.ownStore() != null) {
                plan.ownStore().start(directory.path(), stores);
                settings.putAll(plan.ownStore().settings(stores));
            }
            startNodes(plan, settings, directory.path(), nodes);
            List<Upstream> upstreams = nodes.values().stream()
                    .map(node -> new Upstream(node.name(), LOOPBACK, node.port()))
                    .toList();
            Balancer balancer = Balancer.start(LOOPBACK, plan.port(), upstreams);
            return new DemoCluster(balancer, directory, stores, nodes);
        } catch (Exception e) {
            nodes.values().forEach(NodeProcess::kill);
            stores.forEach(StoreProcess::kill);
            directory.delete();
            throw e;
        }
    }

    private static void startNodes(
            Plan plan, Map<String, String> settings, Path directory, Map<String, NodeProcess> nodes) {
        List<String> names = names(plan.containers());
        // The first alone, so that the others find a cluster to join; then those side by side.
        List<NodeProcess.Starting> starting = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            NodeProcess.Starting node =
                    NodeProcess.launch(plan.containers().get(i), options(plan, settings, directory, names.get(i)));
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

    private static NodeOptions options(Plan plan, Map<String, String> settings, Path directory, String name) {
        NodeOptions options = NodeOptions.named(name)
                .webapp("/", plan.war())
                .directory(directory)
                .property("demo.node", name)
                .property("demo.event-log", eventLog(directory, name).toString());
        if (!plan.withFilter()) {
            // nor its settings: with a store named, the filter installs itself
            return options.withoutFilter("/");
        }
        settings.forEach((key, value) -> options.property("holdfast." + key, value));
        return options;
    }

    /** A container's id, with a number if it is asked for more than once. */
    private static List<String> names(List<Container> containers) {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < containers.size(); i++) {
            Container container = containers.get(i);
            long same = containers.stream().filter(container::equals).count();
            long before =
                    containers.subList(0, i).stream().filter(container::equals).count();
            names.add(same == 1 ? container.id() : container.id() + "-" + (before + 1));
        }
        return names;
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
        return URI.create("http://localhost:" + balancer.port() + "/");
    }

    /** The servers of the demo's own store, dead or alive; empty if it has none. */
    public List<StoreProcess> stores() {
        return stores;
    }

    public BalancerCounts balancerCounts() {
        return balancer.counts();
    }

    /** The nodes as they were last started, dead ones included, in the order they were asked for. */
    public synchronized List<NodeProcess> nodes() {
        return List.copyOf(nodes.values());
    }

    /** The files to which the nodes append their session events. */
    public List<Path> eventLogs() {
        return nodes().stream()
                .map(node -> eventLog(directory.path(), node.name()))
                .filter(Files::exists)
                .toList();
    }

    /** Where the nodes' logs are, until {@link #close}. */
    public Path directory() {
        return directory.path();
    }

    private static Path eventLog(Path directory, String name) {
        return directory.resolve(name + ".events");
    }

    /**
     * Starts a node that has died, on the port that it had. Blocks until it is ready.
     *
     * @throws IllegalStateException if it does not start
     */
    public NodeProcess restart(NodeProcess dead) {
        NodeProcess started = NodeProcess.start(
                dead.container(), dead.options().copy(dead.name()).port(dead.port()));
        synchronized (this) {
            nodes.put(started.name(), started);
        }
        return started;
    }

    /** Lets {@link #close} leave the nodes' logs behind, for who wants to know what went wrong. */
    public void keepFiles() {
        filesKept = true;
    }

    /** Ends all nodes at once, without ceremony, then the store's servers and the balancer, and deletes what they have written. */
    @Override
    public void close() throws IOException {
        nodes().forEach(NodeProcess::kill);
        stores.forEach(StoreProcess::kill);
        try {
            balancer.close();
        } finally {
            if (!filesKept) {
                directory.delete();
            }
        }
    }
}
