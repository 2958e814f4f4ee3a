package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.NodeOptions;
import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.memcached.node.XmemcachedNode;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** Real servers and stores on them, for a test; and what stores are asked. */
final class RealStores implements AutoCloseable {

    /** Longer than this machine, busy with other tests, keeps a sound server from answering. */
    static final Duration TIMEOUT = Duration.ofSeconds(2);

    private static final Duration OPERATION_TIMEOUT = Duration.ofSeconds(20);

    private final Protocol protocol;
    private final Duration timeout;
    private final List<MemcachedServer> servers = new ArrayList<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    RealStores(int count, Protocol protocol, String... serverOptions) {
        this(count, protocol, TIMEOUT, serverOptions);
    }

    RealStores(int count, Protocol protocol, Duration timeout, String... serverOptions) {
        this.protocol = protocol;
        this.timeout = timeout;
        for (int i = 0; i < count; i++) {
            servers.add(MemcachedServer.start(serverOptions));
        }
    }

    List<MemcachedServer> servers() {
        return servers;
    }

    /** The one of that name. */
    MemcachedServer server(Node node) {
        return servers.get(Integer.parseInt(node.name().substring(1)));
    }

    /** A connection of its own to each server, the first of them named n0. Closed at the end of the test. */
    List<Node> nodes() {
        return nodes(servers.stream().map(MemcachedServer::port).toList());
    }

    List<Node> nodes(List<Integer> ports) {
        List<Node> nodes = new ArrayList<>();
        IntStream.range(0, ports.size()).forEach(i -> {
            InetSocketAddress address = new InetSocketAddress("127.0.0.1", ports.get(i));
            nodes.add(XmemcachedNode.open(new NodeOptions("n" + i, address, timeout, protocol, null)));
        });
        open.addAll(nodes);
        return nodes;
    }

    MemcachedStore store() {
        return store(2, MemcachedSettings.Read.BOTH);
    }

    MemcachedStore store(int replicas, MemcachedSettings.Read read) {
        return store(homes(nodes(), replicas), read);
    }

    MemcachedStore store(Homes homes, MemcachedSettings.Read read) {
        return store(homes, read, OPERATION_TIMEOUT);
    }

    MemcachedStore store(Homes homes, MemcachedSettings.Read read, Duration operationTimeout) {
        ExpiryPolicy policy = new ExpiryPolicy(
                Duration.ofMinutes(1), operationTimeout, Duration.ofMinutes(10), Duration.ofMinutes(30));
        StoreContext context = new StoreContext("shop", policy, TimeSource.SYSTEM);
        MemcachedStore store = new MemcachedStore(homes, new Together(), context, Duration.ofSeconds(10), read, null);
        open.add(store);
        return store;
    }

    static Homes homes(List<Node> nodes, int replicas) {
        return new Homes(nodes, Map.of(), replicas);
    }

    static String itemKey(SessionKey key) {
        return "hf:" + key.application() + ":" + key.opaque();
    }

    static SessionSnapshot initial(String id) {
        return SessionSnapshot.initial(
                new SessionKey("shop", id), Instant.ofEpochMilli(System.currentTimeMillis()), Duration.ofHours(1));
    }

    static SessionDelta put(String name, String value) {
        return put(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static SessionDelta put(String name, byte[] value) {
        return new SessionDelta(SessionDelta.newStamp(), Map.of(name, value), Set.of(), Duration.ZERO, null);
    }

    static SessionSnapshot found(MemcachedStore store, SessionKey key) {
        Loaded loaded = store.load(key, 0, Access.NOW);
        if (loaded instanceof Loaded.Found found) {
            return found.snapshot();
        }
        throw new AssertionError("found " + loaded);
    }

    static Saved.Done done(Saved saved) {
        if (saved instanceof Saved.Done done) {
            return done;
        }
        throw new AssertionError("saved " + saved);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        servers.forEach(MemcachedServer::close);
    }
}
