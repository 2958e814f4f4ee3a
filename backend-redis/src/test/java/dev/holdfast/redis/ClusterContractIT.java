package dev.holdfast.redis;

import dev.holdfast.redis.servers.RedisCluster;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Three masters with a replica each. */
class ClusterContractIT extends RedisContract {

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    Map<String, String> settings() {
        return Map.of("store", cluster.uri());
    }
}
