package dev.holdfast.benchmarks.stores;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreReport;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.servers.Ports;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.locks.LockSupport;

/** A store without a filter around it; of peers several members in this JVM. Thread-safe. */
public final class OpenStore implements AutoCloseable {

    /** Of all keys. */
    public static final String APPLICATION = "bench";

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofMinutes(1), Duration.ofSeconds(5), Duration.ofMinutes(10), Duration.ofMinutes(30));

    private static final long JOINED_WITHIN = Duration.ofSeconds(30).toNanos();

    private final List<SessionStore> nodes = new ArrayList<>();

    private OpenStore() {}

    /** @param address the value of the setting {@code store} */
    public static OpenStore of(String address) {
        OpenStore opened = new OpenStore();
        opened.open(address, Map.of());
        return opened;
    }

    /** A cluster on loopback, each of which has joined. */
    public static OpenStore peers(int members) {
        OpenStore opened = new OpenStore();
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < members) {
            int port = Ports.free(false);
            if (!ports.contains(port)) {
                ports.add(port);
            }
        }
        String list = "peer://127.0.0.1:"
                + String.join(",127.0.0.1:", ports.stream().map(String::valueOf).toList());
        for (int port : ports) {
            opened.open(
                    list,
                    Map.of("peer.bind", "127.0.0.1", "peer.port", Integer.toString(port), "peer.join-timeout", "1s"));
        }
        long begin = System.nanoTime();
        while (!opened.nodes.stream().allMatch(node -> hasJoined((StoreReport) node, members))) {
            if (System.nanoTime() - begin > JOINED_WITHIN) {
                opened.close();
                throw new IllegalStateException("the members have not found each other");
            }
            LockSupport.parkNanos(2_000_000);
        }
        return opened;
    }

    private static boolean hasJoined(StoreReport node, int members) {
        Map<String, Long> figures = node.figures();
        return figures.getOrDefault("members", 0L) == members && figures.getOrDefault("settled", 0L) == 1;
    }

    private void open(String address, Map<String, String> more) {
        Settings settings = new Settings(more);
        String scheme = address.substring(0, address.indexOf(':'));
        SessionStoreProvider provider = ServiceLoader.load(SessionStoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.schemes().contains(scheme))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(scheme));
        SessionStoreProvider.ConfiguredStore configured = provider.configure(address, settings);
        settings.check("bench");
        nodes.add(configured.open(new StoreContext(APPLICATION, POLICY, TimeSource.SYSTEM)));
    }

    /** The first node's. */
    public SessionStore store() {
        return nodes.get(0);
    }

    /** To each other, by all nodes; zero of what is no cluster. */
    public long bytesSent() {
        return nodes.stream()
                .filter(StoreReport.class::isInstance)
                .mapToLong(node -> ((StoreReport) node).figures().getOrDefault("bytesSent", 0L))
                .sum();
    }

    @Override
    public void close() {
        nodes.forEach(SessionStore::close);
    }
}
