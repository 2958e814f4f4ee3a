package dev.holdfast.demo.launcher.console;

import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.demo.launcher.balancer.BalancerCounts;
import dev.holdfast.demo.launcher.cluster.DemoCluster;
import dev.holdfast.demo.launcher.cluster.OwnServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Looks at a cluster twice a second, and asks each node for its figures. Thread-safe. */
final class ClusterWatch implements AutoCloseable {
    private static final long LOOK_MILLIS = 500;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(1);

    private final DemoCluster cluster;
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    /** Used by the watching thread alone. */
    private final Figures figures = new Figures();

    private final Thread thread = new Thread(this::watch, "watch-cluster");

    /** JSON. Guarded by {@code this}. */
    private String state = "";

    private ClusterWatch(DemoCluster cluster) {
        this.cluster = cluster;
    }

    static ClusterWatch start(DemoCluster cluster) {
        ClusterWatch watch = new ClusterWatch(cluster);
        watch.thread.setDaemon(true);
        watch.thread.start();
        return watch;
    }

    /** What there is to show, as soon as it is something else, at the latest after this time. */
    synchronized String awaitOther(String known, long millis) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (state.equals(known)) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                break;
            }
            wait(left);
        }
        return state;
    }

    private void watch() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                String seen = look();
                synchronized (this) {
                    state = seen;
                    notifyAll();
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            // it is closed
            Thread.currentThread().interrupt();
        }
    }

    private String look() throws InterruptedException {
        Map<NodeProcess, CompletableFuture<@Nullable String>> asked = new LinkedHashMap<>();
        for (NodeProcess node : cluster.nodes()) {
            if (cluster.state(node.name()) == DemoCluster.State.UP) {
                asked.put(node, ask(node));
            }
        }
        StringJoiner nodes = new StringJoiner(",", "[", "]");
        for (NodeProcess node : cluster.nodes()) {
            CompletableFuture<@Nullable String> answer = asked.get(node);
            String status = answer == null ? null : answer.join();
            if (status != null) {
                figures.note(node.pid(), status);
            }
            DemoCluster.State now = cluster.state(node.name());
            boolean silent = now == DemoCluster.State.UP && answer != null && status == null;
            // what it told before would be old news
            Long members = now == DemoCluster.State.UP && status != null ? figures.members(node.pid()) : null;
            nodes.add(server(node.name(), node.port(), node.pid(), silent ? "silent" : text(now), members));
        }
        StringJoiner stores = new StringJoiner(",", "[", "]");
        for (OwnServer store : cluster.stores()) {
            stores.add(server(store.name(), store.port(), store.pid(), text(cluster.state(store.name())), null));
        }
        return "{\"nodes\":" + nodes + ",\"stores\":" + stores + ",\"note\":" + quoted(cluster.storeNote())
                + ",\"counters\":{\"requests\":" + figures.requests() + ",\"reads\":" + figures.reads() + ",\"hits\":"
                + figures.hits() + ",\"trips\":" + figures.trips() + ",\"bytes\":" + figures.bytes()
                + ",\"failovers\":" + failovers() + "}}";
    }

    /** JSON: null if the balancer does not tell. */
    private String failovers() {
        BalancerCounts counts = cluster.balancerCounts();
        return counts == null ? "null" : String.valueOf(counts.retried());
    }

    /** Null if it does not answer in time. */
    private CompletableFuture<@Nullable String> ask(NodeProcess node) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/status"))
                .timeout(ANSWER_LIMIT)
                .build();
        return client.sendAsync(request, BodyHandlers.ofString())
                .<@Nullable String>handle(
                        (answer, failure) -> failure == null && answer.statusCode() == 200 ? answer.body() : null);
    }

    /** @param members of the cluster that it is in, as it sees them; null if it is in none, or cannot tell */
    private static String server(String name, int port, long pid, String state, @Nullable Long members) {
        return "{\"name\":" + quoted(name) + ",\"port\":" + port + ",\"pid\":" + pid + ",\"state\":" + quoted(state)
                + ",\"members\":" + members + "}";
    }

    private static String text(DemoCluster.State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /** What is quoted here was written in this program. */
    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
