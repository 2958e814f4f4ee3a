package dev.holdfast.redis;

import dev.holdfast.redis.servers.RedisSentinels;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A master with two replicas and three Sentinels, every write confirmed by both replicas. */
class SentinelContractIT extends RedisContract {

    private static RedisSentinels sentinels;

    @BeforeAll
    static void start() {
        sentinels = RedisSentinels.start();
    }

    @AfterAll
    static void stop() {
        sentinels.close();
    }

    @Override
    Map<String, String> settings() {
        return Map.of("store", sentinels.uri(), "redis.wait-replicas", "2");
    }
}
