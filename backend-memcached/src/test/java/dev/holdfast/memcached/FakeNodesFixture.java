package dev.holdfast.memcached;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.StoreFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Members on nodes in this JVM, with a clock that the test moves. */
final class FakeNodesFixture
        implements StoreFixture, StoreFixture.Evicting, StoreFixture.Rewinding, StoreFixture.Corruptible {

    private final ManualTime time = new ManualTime();
    private final List<FakeNode> nodes = new ArrayList<>();
    private final int replicas;

    FakeNodesFixture(int count, int replicas) {
        this.replicas = replicas;
        for (int i = 0; i < count; i++) {
            nodes.add(new FakeNode("n" + i, time));
        }
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
    public SessionStore open(StoreContext context) {
        return new MemcachedStore(
                new Homes(nodes.stream().map(FakeNode::client).toList(), Map.of(), replicas),
                context,
                Duration.ofSeconds(10));
    }

    private static String key(SessionKey key) {
        return "hf:" + key.application() + ":" + key.opaque();
    }

    @Override
    public void evict(SessionKey key) {
        nodes.forEach(node -> node.put(key(key), null));
    }

    @Override
    public Object copy(SessionKey key) {
        List<byte @Nullable []> copy = new ArrayList<>();
        nodes.forEach(node -> copy.add(node.bytes(key(key))));
        return copy;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void restore(SessionKey key, @Nullable Object copy) {
        for (int i = 0; i < nodes.size(); i++) {
            nodes.get(i).put(key(key), ((List<byte[]>) copy).get(i));
        }
    }

    @Override
    public void corrupt(SessionKey key, Random random) {
        for (FakeNode node : nodes) {
            byte[] bytes = node.bytes(key(key));
            if (bytes != null) {
                switch (random.nextInt(3)) {
                    case 0 -> bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
                    case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                    default -> random.nextBytes(bytes);
                }
                node.put(key(key), bytes);
            }
        }
    }
}
