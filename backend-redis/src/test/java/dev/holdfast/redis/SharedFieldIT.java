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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where the attributes of a session are: small ones in one field, until they change. */
class SharedFieldIT {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));
    private static final String APPLICATION = "shared";

    private static RedisServer server;
    private static RedisStore store;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        store = Opening.store(Map.of("store", server.uri()), APPLICATION, POLICY);
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    @Test
    void attributeThatChangesGetsAFieldOfItsOwn() {
        SessionSnapshot session = create("changes", Map.of("a", new byte[100], "b", new byte[100]));
        assertThat(fields(session.key())).containsExactlyInAnyOrder("h", "p");

        save(session, Map.of("a", new byte[] {1}), Set.of());

        assertThat(fields(session.key())).containsExactlyInAnyOrder("h", "p", "aa");
        assertThat(sizeOfShared(session.key())).isEqualTo(4 + 1 + 100);
        assertThat(attributes(session.key()).get("a")).containsExactly(1);
    }

    /** Reading and writing it is what most of the server's time went into. */
    @Test
    void changingItAgainLeavesTheSharedFieldAlone() {
        SessionSnapshot session = create("again", Map.of("a", new byte[100], "b", new byte[100]));
        save(session, Map.of("a", new byte[] {1}), Set.of());
        Map<String, Long> before = server.commandCalls();

        save(session, Map.of("a", new byte[] {2}), Set.of());

        Map<String, Long> after = server.commandCalls();
        assertThat(more(before, after, "hmget")).as("of the head").isEqualTo(1);
        assertThat(more(before, after, "hget")).as("of the shared field").isZero();
        assertThat(more(before, after, "hexists")).isEqualTo(1);
        assertThat(more(before, after, "hset")).isEqualTo(1);
        assertThat(more(before, after, "hdel")).isZero();
        assertThat(attributes(session.key()).get("a")).containsExactly(2);
    }

    @Test
    void theLastOneToLeaveTakesTheSharedFieldWithIt() {
        SessionSnapshot session = create("last", Map.of("a", new byte[100]));

        save(session, Map.of("a", new byte[] {1}), Set.of());

        assertThat(fields(session.key())).containsExactlyInAnyOrder("h", "aa");
    }

    @Test
    void newSmallAttributeJoinsThem() {
        SessionSnapshot session = create("joins", Map.of("a", new byte[100]));

        save(session, Map.of("b", new byte[10]), Set.of());

        assertThat(fields(session.key())).containsExactlyInAnyOrder("h", "p");
        assertThat(attributes(session.key())).containsOnlyKeys("a", "b");
    }

    @Test
    void whateverIsSetAndRemovedIsThere() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 40; run++) {
            Map<String, byte[]> expected = new HashMap<>(someAttributes(random));
            SessionSnapshot session = create("random" + run, expected);
            for (int step = 0; step < 25; step++) {
                Map<String, byte[]> changed = someAttributes(random);
                Set<String> removed = new HashSet<>(someAttributes(random).keySet());
                removed.removeAll(changed.keySet());
                save(session, changed, removed);
                expected.putAll(changed);
                expected.keySet().removeAll(removed);
                assertThat(attributes(session.key()))
                        .as("seed %d, run %d, step %d", seed, run, step)
                        .containsExactlyInAnyOrderEntriesOf(expected);
                assertThat(sizeOfShared(session.key())).isLessThanOrEqualTo(4080);
            }
        }
    }

    private static long more(Map<String, Long> before, Map<String, Long> after, String command) {
        return after.getOrDefault(command, 0L) - before.getOrDefault(command, 0L);
    }

    /** Of sizes at which small ends, and so many that the shared field gets full. */
    private static Map<String, byte[]> someAttributes(Random random) {
        Map<String, byte[]> attributes = new HashMap<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            int name = random.nextInt(30);
            byte[] value = new byte[List.of(0, 1, 100, 255, 256, 257, 2000).get(random.nextInt(7))];
            random.nextBytes(value);
            attributes.put(name < 2 ? "n".repeat(255 + name) : "name" + name, value);
        }
        return attributes;
    }

    private static SessionSnapshot create(String id, Map<String, byte[]> attributes) {
        SessionKey key = new SessionKey(APPLICATION, id);
        SessionSnapshot none = SessionSnapshot.initial(key, Instant.EPOCH, Duration.ofHours(1));
        save(none, attributes, Set.of());
        return ((Loaded.Found) store.load(key, 0, Access.NONE)).snapshot();
    }

    private static void save(SessionSnapshot base, Map<String, byte[]> changed, Set<String> removed) {
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), changed, removed, Duration.ZERO, null);
        assertThat(store.save(base, delta)).isInstanceOf(Saved.Done.class);
    }

    private static Map<String, byte[]> attributes(SessionKey key) {
        Map<String, byte[]> all = new HashMap<>();
        ((Loaded.Found) store.load(key, 0, Access.NONE))
                .snapshot()
                .attributes()
                .forEach((name, value) -> all.put(name, value.bytes()));
        return all;
    }

    private static List<String> fields(SessionKey key) {
        return ((List<?>) server.command("HKEYS", redisName(key)))
                .stream().map(String.class::cast).toList();
    }

    private static long sizeOfShared(SessionKey key) {
        return (Long) server.command("HSTRLEN", redisName(key), "p");
    }

    private static String redisName(SessionKey key) {
        return new String(new Keys(APPLICATION).session(key), StandardCharsets.US_ASCII);
    }
}
