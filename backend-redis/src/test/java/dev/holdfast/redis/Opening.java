package dev.holdfast.redis;

import dev.holdfast.redis.server.RedisSettings;
import dev.holdfast.redis.server.Servers;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;

/** Opens stores as the filter does: from settings. */
public final class Opening {

    private Opening() {}

    /** @param settings {@code store} and what else is to be set; bad ones fail as they do at the start of a filter */
    public static Servers servers(Map<String, String> settings) {
        Settings read = new Settings(settings, new Properties(), Map.of());
        RedisSettings redis = RedisSettings.from(read.required("store"), read);
        read.check("test");
        return Servers.open(redis);
    }

    public static RedisStore store(Map<String, String> settings, String application, ExpiryPolicy policy) {
        return new RedisStore(servers(settings), new StoreContext(application, policy, TimeSource.SYSTEM));
    }

    /** The slot of a Cluster that a session is in. */
    public static int slotOf(SessionKey key) {
        return new Keys(key.application()).slotOf(Keys.bucketOf(key));
    }

    /** The key of the sorted set that a session's deadline is in. */
    public static String deadlinesOf(SessionKey key) {
        return new String(new Keys(key.application()).deadlines(Keys.bucketOf(key)), StandardCharsets.US_ASCII);
    }
}
