package dev.holdfast.redis;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.StoredBytesContract;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import org.junit.jupiter.api.Nested;
import redis.clients.jedis.Jedis;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

class RedisStoreIT extends SessionStoreContract {
    static final int PORT = Integer.getInteger("tmp.redis.port", 7391);

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return new Fixture();
    }

    static final class Fixture implements StoreFixture, StoreFixture.Evicting, StoreFixture.Rewinding, StoreFixture.Corruptible {
        final Jedis jedis = new Jedis("127.0.0.1", PORT);
        @Override
        public SessionStore open(StoreContext context) {
            return new RedisStore(new DirectServers(PORT), context);
        }
        static byte[] key(SessionKey key) { return new Keys(key.application()).session(key); }
        @Override
        public void evict(SessionKey key) { jedis.del(key(key)); }
        @Override
        public @Nullable Object copy(SessionKey key) { return jedis.dump(key(key)); }
        @Override
        public void restore(SessionKey key, @Nullable Object copy) {
            jedis.del(key(key));
            if (copy != null) jedis.restore(key(key), 0, (byte[]) copy);
        }
        @Override
        public void corrupt(SessionKey key, Random random) {
            byte[] name = key(key);
            byte[] head = jedis.hget(name, "h".getBytes());
            switch (random.nextInt(4)) {
                case 0 -> jedis.hset(name, "h".getBytes(), java.util.Arrays.copyOf(head, random.nextInt(head.length)));
                case 1 -> { head[random.nextInt(head.length)] ^= (byte) (1 << random.nextInt(8)); jedis.hset(name, "h".getBytes(), head); }
                case 2 -> { byte[] b = new byte[random.nextInt(80)]; random.nextBytes(b); jedis.hset(name, "h".getBytes(), b); }
                default -> { jedis.del(name); jedis.set(name, "text".getBytes()); }
            }
        }
        @Override
        public void close() { jedis.close(); }
    }

    @Nested
    class Claims extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) { return new Fixture(); }
    }
    @Nested
    class Search extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) { return new Fixture(); }
    }
    @Nested
    class Eviction extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) { return new Fixture(); }
    }
    @Nested
    class Damaged extends StoredBytesContract {
        @Override
        protected StoreFixture.Corruptible backend(ExpiryPolicy policy) { return new Fixture(); }
    }
    @Nested
    class Histories extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) { return new Fixture(); }
    }
}
