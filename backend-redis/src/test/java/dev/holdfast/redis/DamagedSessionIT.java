package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A session whose head is sound, and something else in its hash is not. */
class DamagedSessionIT {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofMillis(1), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));

    /** Nobody confirms it, as nobody can be told of it: it would be claimed after each lease again, and be kept for ever. */
    @Test
    void isEndedWhenItExpires() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisStore store = Opening.store(Map.of("store", server.uri()), "damaged", POLICY)) {
            SessionKey key = new SessionKey("damaged", "one");
            SessionSnapshot base = SessionSnapshot.initial(key, Instant.EPOCH, Duration.ofMillis(1));
            SessionDelta delta =
                    new SessionDelta(SessionDelta.newStamp(), Map.of("a", new byte[10]), Set.of(), Duration.ZERO, null);
            assertThat(store.save(base, delta)).isInstanceOf(Saved.Done.class);
            String name = new String(new Keys("damaged").session(key), StandardCharsets.US_ASCII);
            server.command("HSET", name, "p", "no sizes");
            Thread.sleep(20);

            assertThat(store.claimExpired(List.of(key), 10, Duration.ofMinutes(1)))
                    .isEmpty();

            assertThat(store.load(key, 0, Access.NONE)).isEqualTo(new Loaded.Removed());
            assertThat(server.command("HLEN", name)).isEqualTo(1L);
            String deadlines = new String(new Keys("damaged").deadlines(Keys.bucketOf(key)), StandardCharsets.US_ASCII);
            assertThat(server.command("ZCARD", deadlines)).isEqualTo(0L);
        }
    }
}
