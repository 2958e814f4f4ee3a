package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Members of one cluster in this JVM, over real JGroups channels on loopback; nobody else's cluster meets it. */
final class Cluster implements AutoCloseable {

    static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(3), Duration.ofMinutes(10), Duration.ofMinutes(30));

    private final String store;
    private final String name =
            "test-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    private final StoreContext context;
    private final String replicas;
    private final Transport transport;
    final List<PeerStore> members = new ArrayList<>();

    Cluster() {
        this(new StoreContext("shop", POLICY, TimeSource.SYSTEM));
    }

    Cluster(StoreContext context) {
        this(context, "2", Transport.TCP);
    }

    /** @param replicas as in the setting */
    Cluster(StoreContext context, String replicas, Transport transport) {
        this.context = context;
        this.replicas = replicas;
        this.transport = transport;
        ThreadLocalRandom random = ThreadLocalRandom.current();
        store = "peer://228." + random.nextInt(1, 255) + "." + random.nextInt(255) + "." + random.nextInt(1, 255) + ":"
                + random.nextInt(20_000, 60_000);
    }

    /** The multicast address and port at which members find each other. */
    String group() {
        return store.substring("peer://".length());
    }

    PeerStore join() {
        return join(context);
    }

    PeerStore join(StoreContext memberContext) {
        Settings settings = new Settings(
                Map.of(
                        "peer.cluster",
                        name,
                        "peer.replicas",
                        replicas,
                        "peer.transport",
                        transport.toString(),
                        "peer.bind",
                        "127.0.0.1",
                        "peer.join-timeout",
                        "300ms"),
                new Properties(),
                Map.of());
        var configured = new PeerStoreProvider().configure(store, settings);
        PeerStore member = (PeerStore) configured.open(memberContext);
        members.add(member);
        // On a busy machine it may have started alone, and meets the others a few seconds later.
        await(
                "joined",
                () -> members.stream().allMatch(m -> m.node().epoch().members().size() == members.size()));
        return member;
    }

    /** A cluster of so many members that have moved what there was to move. */
    Cluster of(int size) {
        while (members.size() < size) {
            join();
        }
        awaitSettled();
        return this;
    }

    void awaitSettled() {
        await(
                "settled",
                () -> members.stream().allMatch(m -> {
                    Epoch epoch = m.node().epoch();
                    return epoch != null
                            && epoch.members().size() == members.size()
                            && m.node().isSettled();
                }));
    }

    static void await(String what, java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("not " + what + " within 30 s");
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        members.forEach(PeerStore::close);
        members.clear();
    }
}
