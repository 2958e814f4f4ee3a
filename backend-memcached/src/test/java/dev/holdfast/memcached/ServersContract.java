package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.NodeOptions;
import dev.holdfast.memcached.node.XmemcachedNode;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.SessionLocksContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.StoredBytesContract;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** The contract kit on real servers, which each group has for itself. */
abstract class ServersContract extends SessionStoreContract {

    private final int count;
    private final NodeOptions.Protocol protocol;

    ServersContract(int count, NodeOptions.Protocol protocol) {
        this.count = count;
        this.protocol = protocol;
    }

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return new Fixture();
    }

    @Nested
    class Claims extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Fixture();
        }
    }

    @Nested
    class Locks extends SessionLocksContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Fixture();
        }
    }

    @Nested
    class Evictions extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) {
            return new Fixture();
        }
    }

    @Nested
    class DamagedBytes extends StoredBytesContract {
        @Override
        protected StoreFixture.Corruptible backend(ExpiryPolicy policy) {
            return new Fixture();
        }
    }

    @Nested
    class Histories extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) {
            return new Fixture();
        }
    }

    private final class Fixture
            implements StoreFixture, StoreFixture.Evicting, StoreFixture.Rewinding, StoreFixture.Corruptible {

        private final List<MemcachedServer> servers = new ArrayList<>();
        private final List<Node> behind;

        Fixture() {
            for (int i = 0; i < count; i++) {
                servers.add(MemcachedServer.start());
            }
            behind = nodes();
        }

        private List<Node> nodes() {
            List<Node> nodes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                InetSocketAddress address =
                        new InetSocketAddress("127.0.0.1", servers.get(i).port());
                nodes.add(XmemcachedNode.open(new NodeOptions("n" + i, address, RealStores.TIMEOUT, protocol, null)));
            }
            return nodes;
        }

        @Override
        public SessionStore open(StoreContext context) {
            return new MemcachedStore(new Homes(nodes(), Map.of(), 2), context, Duration.ofSeconds(10));
        }

        private static String key(SessionKey key) {
            return "hf:" + key.application() + ":" + key.opaque();
        }

        @Override
        public void evict(SessionKey key) {
            for (Node node : behind) {
                Node.Item item = node.get(key(key));
                if (item != null && !node.delete(key(key), item.token())) {
                    throw new AssertionError("somebody else wrote it");
                }
            }
        }

        @Override
        public Object copy(SessionKey key) {
            List<byte @Nullable []> copy = new ArrayList<>();
            for (Node node : behind) {
                Node.Item item = node.get(key(key));
                copy.add(item == null ? null : item.value());
            }
            return copy;
        }

        @Override
        @SuppressWarnings("unchecked")
        public void restore(SessionKey key, @Nullable Object copy) {
            evict(key);
            for (int i = 0; i < count; i++) {
                byte[] bytes = ((List<byte[]>) copy).get(i);
                if (bytes != null && behind.get(i).add(key(key), bytes, 0) == null) {
                    throw new AssertionError("somebody else wrote it");
                }
            }
        }

        @Override
        public void corrupt(SessionKey key, Random random) {
            for (Node node : behind) {
                Node.Item item = node.get(key(key));
                if (item != null) {
                    byte[] bytes = item.value().clone();
                    switch (random.nextInt(3)) {
                        case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
                        case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
                        default -> random.nextBytes(bytes);
                    }
                    if (node.replace(key(key), item.token(), bytes, 0) == null) {
                        throw new AssertionError("somebody else wrote it");
                    }
                }
            }
        }

        @Override
        public void close() {
            behind.forEach(Node::close);
            servers.forEach(MemcachedServer::close);
        }
    }
}
