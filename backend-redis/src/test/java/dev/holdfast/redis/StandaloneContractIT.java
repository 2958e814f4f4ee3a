package dev.holdfast.redis;

import dev.holdfast.redis.servers.RedisServer;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class StandaloneContractIT extends RedisContract {

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    Map<String, String> settings() {
        return Map.of("store", server.uri());
    }
}
