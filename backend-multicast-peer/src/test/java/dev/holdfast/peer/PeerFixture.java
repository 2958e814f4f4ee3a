package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.StoreFixture;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** A cluster per application, over real JGroups channels in this JVM. */
final class PeerFixture implements StoreFixture {

    private final ManualTime time = new ManualTime();
    private final Map<String, Cluster> clusters = new HashMap<>();
    private final int bystanders;
    private final String replicas;
    private final Transport transport;

    /**
     * @param bystanders members beside those that the contract asks for, so that not every session has a home at its caller
     * @param replicas as in the setting
     */
    PeerFixture(int bystanders, String replicas, Transport transport) {
        this.bystanders = bystanders;
        this.replicas = replicas;
        this.transport = transport;
    }

    @Override
    public SessionStore open(StoreContext context) {
        Cluster cluster = clusters.computeIfAbsent(context.application(), application -> {
            Cluster started = new Cluster(context, replicas, transport);
            for (int i = 0; i < bystanders; i++) {
                started.join();
            }
            return started;
        });
        SessionStore member = cluster.join(context);
        cluster.awaitSettled();
        return member;
    }

    @Override
    public TimeSource time() {
        return time;
    }

    @Override
    public void pass(Duration duration) {
        time.advance(duration);
    }

    @Override
    public void close() {
        clusters.values().forEach(Cluster::close);
    }
}
