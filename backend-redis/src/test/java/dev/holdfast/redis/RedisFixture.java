package dev.holdfast.redis;

import dev.holdfast.redis.server.Command;
import dev.holdfast.redis.server.Servers;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.kit.StoreFixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Members on servers that run already; all that a contract may ask for behind their back goes by commands. */
final class RedisFixture
        implements StoreFixture, StoreFixture.Evicting, StoreFixture.Rewinding, StoreFixture.Corruptible {

    private final Map<String, String> settings;
    private final Servers behind;

    /** @param settings {@code store} and what else is to be set */
    RedisFixture(Map<String, String> settings) {
        this.settings = settings;
        behind = Opening.servers(settings);
    }

    @Override
    public SessionStore open(StoreContext context) {
        return new RedisStore(Opening.servers(settings), context);
    }

    @Override
    public void evict(SessionKey key) {
        Object ignored = command(key, "DEL");
    }

    @Override
    public @Nullable Object copy(SessionKey key) {
        return command(key, "DUMP");
    }

    @Override
    public void restore(SessionKey key, @Nullable Object copy) {
        evict(key);
        if (copy != null) {
            Object ignored = command(key, "RESTORE", ascii("0"), (byte[]) copy);
        }
    }

    @Override
    public void corrupt(SessionKey key, Random random) {
        byte[] head = (byte[]) command(key, "HGET", ascii("h"));
        byte[] damaged = switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(head, random.nextInt(head.length));
            case 1 -> flipped(head, random);
            case 2 -> randomBytes(random);
            default -> null;
        };
        if (damaged != null) {
            Object ignored = command(key, "HSET", ascii("h"), damaged);
        } else {
            Object ignored = command(key, "SET", ascii("something else"));
        }
    }

    private static byte[] flipped(byte[] bytes, Random random) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(80)];
        random.nextBytes(bytes);
        return bytes;
    }

    @Nullable
    Object command(SessionKey key, String name, byte[]... arguments) {
        Keys keys = new Keys(key.application());
        List<byte[]> all = new ArrayList<>(List.of(keys.session(key)));
        all.addAll(Arrays.asList(arguments));
        Command command = new Command(keys.slotOf(Keys.bucketOf(key)), name, null, 1, all, true, null);
        return behind.send(
                        List.of(command),
                        System.nanoTime() + Duration.ofSeconds(10).toNanos())
                .get(0);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public void close() {
        behind.close();
    }
}
