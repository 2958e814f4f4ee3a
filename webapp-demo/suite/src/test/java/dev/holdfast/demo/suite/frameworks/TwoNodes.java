package dev.holdfast.demo.suite.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.demo.suite.install.RoundRobinBrowser;
import dev.holdfast.demo.suite.install.ShopApplication;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An application at {@code /app} on two nodes, and who uses it. */
final class TwoNodes implements AutoCloseable {

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final List<NodeProcess> nodes = new ArrayList<>();
    private final List<AutoCloseable> servers = new ArrayList<>();

    /** @param application the name of its module */
    static TwoNodes start(Place place, String application, String... settings) throws Exception {
        TwoNodes started = new TwoNodes();
        try {
            started.launch(place, application, settings);
        } catch (Exception | Error e) {
            started.close();
            throw e;
        }
        return started;
    }

    private void launch(Place place, String application, String... settings) throws Exception {
        String store = store(place.store());
        Path libraries = ShopApplication.libraries("libraries", jar -> true);
        List<NodeProcess.Starting> starting = new ArrayList<>();
        for (var container : place.containers()) {
            NodeOptions options = NodeOptions.named(
                            application + "-" + container.id() + "-" + COUNTER.incrementAndGet())
                    .webapp("/app", Path.of("../frameworks", application, "target", application + ".war"))
                    .libraries(libraries)
                    .property("holdfast.store", store)
                    // the machine that runs the tests may stand still for a while
                    .property("holdfast.timeout", "6s")
                    // what cannot travel shows
                    .property("holdfast.unserializable", "refuse");
            if (place.store().equals(Place.PEER)) {
                options.property("holdfast.peer.join-timeout", "3s");
            }
            for (String setting : settings) {
                String[] pair = setting.split("=", 2);
                options.property("holdfast." + pair[0], pair[1]);
            }
            starting.add(NodeProcess.launch(container, options));
        }
        for (NodeProcess.Starting each : starting) {
            nodes.add(each.awaitReady());
        }
    }

    private String store(String kind) {
        switch (kind) {
            case Place.REDIS:
                RedisServer redis = RedisServer.builder().start();
                servers.add(redis);
                return redis.uri();
            case Place.MEMCACHED:
                MemcachedServer left = MemcachedServer.start();
                servers.add(left);
                MemcachedServer right = MemcachedServer.start();
                servers.add(right);
                return "memcached://" + left.address() + "," + right.address();
            default:
                Random random = new Random();
                return "peer://239.8.8." + random.nextInt(1, 255) + ":" + random.nextInt(30_000, 60_000);
        }
    }

    NodeProcess a() {
        return nodes.get(0);
    }

    NodeProcess b() {
        return nodes.get(1);
    }

    RoundRobinBrowser browser() {
        return new RoundRobinBrowser(nodes);
    }

    /** Somebody without a session who asks one node. */
    static String ask(NodeProcess node, String path) throws Exception {
        RoundRobinBrowser browser = new RoundRobinBrowser(List.of(node));
        browser.open(path);
        return browser.page();
    }

    static void awaitAnswer(NodeProcess node, String path, String expected) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!ask(node, path).equals(expected) && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        assertThat(ask(node, path)).isEqualTo(expected);
    }

    /** To be asked last: that neither container has made a session, and that nothing could not travel. */
    void assertOnlyOurSessions() {
        for (NodeProcess node : nodes) {
            assertThat(node.log())
                    .contains("session filter 'holdfast' ready: application '/app'")
                    .doesNotContain("of the container's own was made")
                    .doesNotContain("cannot travel")
                    .doesNotContain("cannot be read on this node");
        }
    }

    @Override
    public void close() throws Exception {
        nodes.forEach(NodeProcess::close);
        Collections.reverse(servers);
        for (AutoCloseable server : servers) {
            server.close();
        }
    }
}
