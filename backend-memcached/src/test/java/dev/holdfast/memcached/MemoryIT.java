package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a copy of a session takes of a server's memory, with what is lost to the sizes of its slabs. Prints what it measured. */
class MemoryIT {

    private static final int COUNT = 2_000;

    @Test
    void aCopyTakesItsBytesAndLittleMore() {
        assertThat(bytes("10 attributes, 200 bytes", 10, 20)).isLessThan(700);
        assertThat(bytes("10 attributes, 1 KB", 10, 102)).isLessThan(1_700);
        assertThat(bytes("20 attributes, 10 KB", 20, 512)).isLessThan(14_000);
    }

    @Test
    void aTombstoneIsSmall() {
        try (MemcachedServer server = MemcachedServer.start();
                SessionStore store = open(server)) {
            Random random = new Random(1);
            for (int i = 0; i < COUNT; i++) {
                SessionSnapshot created = create(store, random, 10, 102);
                store.remove(created.key(), Removal.invalidation());
            }
            double bytes = (double) used(server) / COUNT;
            System.out.printf("memcached, memory of a tombstone: %.0f bytes%n", bytes);
            assertThat(bytes).isLessThan(300);
        }
    }

    private static double bytes(String what, int attributes, int size) {
        try (MemcachedServer server = MemcachedServer.start();
                SessionStore store = open(server)) {
            Random random = new Random(0);
            for (int i = 0; i < COUNT; i++) {
                SessionSnapshot ignored = create(store, random, attributes, size);
            }
            double bytes = (double) used(server) / COUNT;
            System.out.printf("memcached, memory of a copy of a session, %s: %.0f bytes%n", what, bytes);
            return bytes;
        }
    }

    private static SessionStore open(MemcachedServer server) {
        return StartIT.open("memcached://" + server.address(), "memcached.replicas", "1");
    }

    /** What the items occupy: whole chunks, whose sizes the server has chosen. */
    private static long used(MemcachedServer server) {
        Map<String, Long> chunkSizes = new HashMap<>();
        Map<String, Long> chunks = new HashMap<>();
        for (String line : server.command("stats slabs")) {
            String[] words = line.split("[ :]");
            if (words.length == 4 && words[2].equals("chunk_size")) {
                chunkSizes.put(words[1], Long.valueOf(words[3]));
            } else if (words.length == 4 && words[2].equals("used_chunks")) {
                chunks.put(words[1], Long.valueOf(words[3]));
            }
        }
        return chunks.entrySet().stream()
                .mapToLong(slab -> slab.getValue() * chunkSizes.get(slab.getKey()))
                .sum();
    }

    private static SessionSnapshot create(SessionStore store, Random random, int attributes, int size) {
        Map<String, byte[]> values = new HashMap<>();
        for (int k = 0; k < attributes; k++) {
            // Half as much to half as much again: the server rounds some sizes up more than others.
            byte[] value = new byte[size / 2 + random.nextInt(size + 1)];
            random.nextBytes(value);
            values.put("attr" + k, value);
        }
        byte[] id = new byte[20];
        random.nextBytes(id);
        SessionSnapshot initial = SessionSnapshot.initial(
                new SessionKey("shop", Base64.getUrlEncoder().withoutPadding().encodeToString(id)),
                Instant.ofEpochMilli(System.currentTimeMillis()),
                Duration.ofMinutes(30));
        Saved saved =
                store.save(initial, new SessionDelta(SessionDelta.newStamp(), values, Set.of(), Duration.ZERO, null));
        assertThat(saved).isInstanceOf(Saved.Done.class);
        return initial;
    }
}
