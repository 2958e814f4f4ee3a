package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What sessions take of a server's memory, its own overhead and the deadlines included. Prints what it measured. */
class MemoryIT {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(5), Duration.ofMinutes(10), Duration.ofMinutes(30));
    private static final int THREADS = 8;

    /** Ten Strings, 1 KB in all with the eight bytes that the codec puts around each. */
    @Test
    void aSmallSessionTakesLessThanTwiceItsBytes() throws Exception {
        double bytes = bytesPerSession("10 attributes, 1 KB", 100_000, 10, 102);

        assertThat(bytes).isLessThan(1_900);
    }

    @Test
    void tinyAttributesTakeLittleMoreThanTheirBytes() throws Exception {
        double bytes = bytesPerSession("10 attributes, 200 bytes", 20_000, 10, 20);

        assertThat(bytes).isLessThan(1_000);
    }

    @Test
    void aLargerSessionTakesAQuarterMoreThanItsBytes() throws Exception {
        double bytes = bytesPerSession("20 attributes, 10 KB", 10_000, 20, 512);

        assertThat(bytes).isLessThan(10_240 * 1.3);
    }

    @Test
    void aTombstoneIsSmall() throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisStore store = Opening.store(Map.of("store", server.uri()), "demo", POLICY)) {
            store.ping();
            long before = server.usedMemory();
            int count = 10_000;
            Random random = new Random(1);
            for (int i = 0; i < count; i++) {
                store.remove(newKey(random), Removal.invalidation());
            }
            double bytes = (double) (server.usedMemory() - before) / count;
            System.out.printf("Redis, memory of a tombstone: %.0f bytes%n", bytes);
            assertThat(bytes).isLessThan(350);
        }
    }

    private static double bytesPerSession(String what, int count, int attributes, int size) throws Exception {
        try (RedisServer server = RedisServer.start();
                RedisStore store = Opening.store(Map.of("store", server.uri()), "demo", POLICY)) {
            create(store, new Random(0), 1, attributes, size);
            long before = server.usedMemory();
            ExecutorService threads = Executors.newFixedThreadPool(THREADS);
            List<Future<?>> running = new ArrayList<>();
            for (int thread = 1; thread <= THREADS; thread++) {
                Random random = new Random(thread);
                running.add(threads.submit(() -> create(store, random, count / THREADS, attributes, size)));
            }
            threads.shutdown();
            for (Future<?> each : running) {
                each.get();
            }
            double bytes = (double) (server.usedMemory() - before) / (count / THREADS * THREADS);
            System.out.printf("Redis, memory of a session, %s, %,d of them: %.0f bytes%n", what, count, bytes);
            return bytes;
        }
    }

    private static SessionKey newKey(Random random) {
        byte[] id = new byte[20];
        random.nextBytes(id);
        return new SessionKey("demo", Base64.getUrlEncoder().withoutPadding().encodeToString(id));
    }

    private static void create(RedisStore store, Random random, int count, int attributes, int size) {
        for (int i = 0; i < count; i++) {
            Map<String, byte[]> values = new HashMap<>();
            for (int k = 0; k < attributes; k++) {
                // Half as much to half as much again: the server's allocator rounds some sizes up more than others.
                byte[] value = new byte[size / 2 + random.nextInt(size + 1)];
                random.nextBytes(value);
                values.put("attr" + k, value);
            }
            Saved saved = store.save(
                    SessionSnapshot.initial(
                            newKey(random), Instant.ofEpochMilli(System.currentTimeMillis()), Duration.ofMinutes(30)),
                    new SessionDelta(SessionDelta.newStamp(), values, Set.of(), Duration.ZERO, null));
            assertThat(saved).isInstanceOf(Saved.Done.class);
        }
    }
}
