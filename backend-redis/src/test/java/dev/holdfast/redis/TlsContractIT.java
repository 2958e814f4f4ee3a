package dev.holdfast.redis;

import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.redis.servers.TlsFiles;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Over TLS, as a user that may do no more than docs/stores/redis.md says. */
class TlsContractIT extends RedisContract {

    /** What {@code ACL SETUSER} is told there. DUMP and RESTORE are the kit's, to go back in time. */
    private static final String RULES = "on >very:secret@word ~hf:* -@all +ping +info +role +select"
            + " +eval +evalsha +wait +time +hget +hset +hdel +hgetall +hmget +hexists +exists +del +persist"
            + " +pexpire +pexpireat +zadd +zrem +zrangebyscore +get +set";

    private static TlsFiles files;
    private static RedisServer server;

    @BeforeAll
    static void start() {
        files = TlsFiles.create();
        server = RedisServer.builder()
                .tls(files)
                .user("holdfast", RULES + " +dump +restore")
                .start();
    }

    @AfterAll
    static void stop() {
        server.close();
        files.close();
    }

    @Override
    Map<String, String> settings() {
        return Map.of(
                "store",
                "rediss://holdfast:very%3Asecret%40word@localhost:" + server.port(),
                "redis.trust-store",
                files.trustStore().toString(),
                "redis.trust-store-password",
                TlsFiles.TRUST_STORE_PASSWORD);
    }
}
