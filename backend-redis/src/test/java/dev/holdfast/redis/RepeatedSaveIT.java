package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A save that finds itself applied already, on another connection perhaps. */
class RepeatedSaveIT {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));

    /**
     * WAIT waits for the replicas to have what its own connection wrote last. From Redis 7.2 on, a command that changed nothing
     * counts as none, and the repeat would count as confirmed although no replica has what the first one wrote.
     */
    @Test
    void writesSomethingThatReplicasCanBeWaitedForBy() {
        try (RedisServer server = RedisServer.start();
                RedisStore store = Opening.store(Map.of("store", server.uri()), "repeats", POLICY)) {
            for (Duration maxInactive : new Duration[] {Duration.ofHours(1), Duration.ZERO}) {
                SessionKey key = new SessionKey("repeats", "after" + maxInactive.toSeconds());
                SessionSnapshot base = SessionSnapshot.initial(key, Instant.EPOCH, maxInactive);
                SessionDelta delta = new SessionDelta(
                        SessionDelta.newStamp(), Map.of("a", new byte[10]), Set.of(), Duration.ZERO, null);
                Saved first = store.save(base, delta);
                long before = changes(server);

                assertThat(store.save(base, delta)).isEqualTo(first).isInstanceOf(Saved.Done.class);

                assertThat(changes(server)).isGreaterThan(before);
            }
        }
    }

    private static long changes(RedisServer server) {
        return Long.parseLong(server.info("persistence").get("rdb_changes_since_last_save"));
    }
}
