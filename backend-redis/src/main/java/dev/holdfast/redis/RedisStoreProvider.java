package dev.holdfast.redis;

import dev.holdfast.redis.server.RedisSettings;
import dev.holdfast.redis.server.Servers;
import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import java.util.Set;

/** {@code store=redis://…} and its relatives. See docs/stores/redis.md. */
public final class RedisStoreProvider implements SessionStoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster");
    }

    @Override
    public ConfiguredStore configure(String store, Settings settings) {
        RedisSettings redis = RedisSettings.from(store, settings);
        return context -> new RedisStore(Servers.open(redis), context);
    }
}
