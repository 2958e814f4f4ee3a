package dev.holdfast.spi.example;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.StoredBytesContract;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

class KeyValueStoreContractTest extends SessionStoreContract {

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return new Server();
    }

    @Nested
    class Claiming extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Server();
        }
    }

    @Nested
    class Searching extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Server();
        }
    }

    @Nested
    class Forgetting extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) {
            return new Server();
        }
    }

    @Nested
    class GoingBack extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) {
            return new Server();
        }
    }

    @Nested
    class Damage extends StoredBytesContract {
        @Override
        protected StoreFixture.Corruptible backend(ExpiryPolicy policy) {
            return new Server();
        }
    }

    private static final class Server
            implements StoreFixture.Evicting, StoreFixture.Rewinding, StoreFixture.Corruptible {

        private final ConcurrentMap<SessionKey, byte[]> map = new ConcurrentHashMap<>();
        private final ManualTime time = new ManualTime();

        @Override
        public SessionStore open(StoreContext context) {
            return new KeyValueStore(map, context);
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
        public void evict(SessionKey key) {
            map.remove(key);
        }

        @Override
        public @Nullable Object copy(SessionKey key) {
            return map.get(key);
        }

        @Override
        public void restore(SessionKey key, @Nullable Object copy) {
            if (copy == null) {
                map.remove(key);
            } else {
                map.put(key, (byte[]) copy);
            }
        }

        @Override
        public void corrupt(SessionKey key, Random random) {
            map.computeIfPresent(key, (same, bytes) -> switch (random.nextInt(3)) {
                case 0 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
                case 1 -> flipped(bytes, random.nextInt(bytes.length * 8));
                default -> {
                    byte[] other = new byte[random.nextInt(300)];
                    random.nextBytes(other);
                    yield other;
                }
            });
        }

        private static byte[] flipped(byte[] bytes, int bit) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            return flipped;
        }
    }
}
