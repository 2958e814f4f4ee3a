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
import dev.holdfast.spi.Version;
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

/** What a node is told of a session that others have changed since it knew it. */
class ChangesIT {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));
    private static final String APPLICATION = "changes";

    private static RedisServer server;
    private static RedisStore store;

    private final Random random = new Random();

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
    void aSessionOfOneNodeHasNoHistory() {
        SessionSnapshot session = create("alone", Map.of("a", bytes(10)));
        for (int i = 0; i < 5; i++) {
            session = save(session, Map.of("a", bytes(10)), Set.of());
            assertThat(store.load(session.key(), session.version(), Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
        }
        assertThat(server.command("HEXISTS", redisName(session.key()), "r")).isEqualTo(0L);
    }

    @Test
    void theFirstLoadOfAnotherVersionIsWholeAndTheNextOnesTellChanges() {
        SessionSnapshot first = create("turns", Map.of("a", bytes(10), "large", bytes(5_000)));
        SessionSnapshot second = save(first, Map.of("a", bytes(10)), Set.of());
        assertThat(store.load(first.key(), first.version(), Access.NOW)).isInstanceOf(Loaded.Found.class);

        SessionSnapshot third = save(second, Map.of("a", bytes(11)), Set.of());
        SessionSnapshot fourth = save(third, Map.of("b", bytes(12)), Set.of());

        assertThat(changes(second)).containsOnlyKeys("a", "b");
        assertThat(changes(third)).containsKey("b").doesNotContainKey("large");
        assertThat(store.load(first.key(), fourth.version(), Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
        assertThat(store.load(first.key(), Version.of(2, 77), Access.NOW))
                .as("a version of another history")
                .isInstanceOf(Loaded.Found.class);
    }

    @Test
    void whatIsRemovedIsToldByAWholeSession() {
        SessionSnapshot first = inTurn("removal", Map.of("a", bytes(10), "b", bytes(10)));
        SessionSnapshot second = save(first, Map.of("a", bytes(3)), Set.of("b"));
        SessionSnapshot third = save(second, Map.of("a", bytes(4)), Set.of());

        assertThat(store.load(first.key(), first.version(), Access.NOW)).isInstanceOf(Loaded.Found.class);
        assertThat(changes(second)).containsOnlyKeys("a");
        assertThat(store.load(first.key(), third.version(), Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
    }

    /** Long names, many of them, removals: what is remembered stays small, and what cannot be told is not. */
    @Test
    void eachNodeAlwaysHasWhatTheLastSaveLeft() {
        long seed = random.nextLong();
        random.setSeed(seed);
        int told = 0;
        for (int run = 0; run < 30; run++) {
            SessionSnapshot created = inTurn("random" + run, someAttributes());
            SessionKey key = created.key();
            Map<String, byte[]> expected = attributes(created);
            SessionSnapshot[] nodes = {created, created, created};
            for (int step = 0; step < 40; step++) {
                String where = "seed %d, run %d, step %d".formatted(seed, run, step);
                int node = random.nextInt(nodes.length);
                Loaded loaded = store.load(key, nodes[node].version(), Access.NOW);
                if (loaded instanceof Loaded.Changed changed) {
                    told++;
                    nodes[node] = changed.onto(nodes[node]).snapshot();
                } else if (loaded instanceof Loaded.Found found) {
                    nodes[node] = found.snapshot();
                }
                assertThat(attributes(nodes[node])).as(where).containsExactlyInAnyOrderEntriesOf(expected);
                Map<String, byte[]> changed = someAttributes();
                Set<String> removed = new HashSet<>();
                if (random.nextInt(4) == 0) {
                    removed.addAll(someAttributes().keySet());
                    removed.removeAll(changed.keySet());
                }
                nodes[node] = save(nodes[node], changed, removed);
                expected.putAll(changed);
                expected.keySet().removeAll(removed);
                assertThat((Long) server.command("HSTRLEN", redisName(key), "r"))
                        .as(where)
                        .isLessThanOrEqualTo(208);
            }
        }
        assertThat(told).as("seed %d", seed).isGreaterThan(100);
    }

    @Test
    void aDamagedHistoryIsNotBelieved() {
        SessionSnapshot first = inTurn("damaged", Map.of("a", bytes(10)));
        SessionSnapshot second = save(first, Map.of("a", bytes(3)), Set.of());
        assertThat(changes(first)).containsOnlyKeys("a");
        for (String history : List.of("", "x", "xxxxxxx", "x".repeat(300))) {
            server.command("HSET", redisName(first.key()), "r", history);
            assertThat(store.load(first.key(), first.version(), Access.NOW)).isInstanceOf(Loaded.Found.class);
        }
        SessionSnapshot third = save(second, Map.of("a", bytes(4)), Set.of());
        assertThat(changes(second)).containsOnlyKeys("a");
        assertThat(store.load(first.key(), third.version(), Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
    }

    private static Map<String, byte[]> changes(SessionSnapshot known) {
        Loaded loaded = store.load(known.key(), known.version(), Access.NOW);
        assertThat(loaded).isInstanceOf(Loaded.Changed.class);
        Map<String, byte[]> all = new HashMap<>();
        ((Loaded.Changed) loaded).attributes().forEach((name, value) -> all.put(name, value.bytes()));
        return all;
    }

    /** As it is once two nodes have served it. */
    private static SessionSnapshot inTurn(String id, Map<String, byte[]> attributes) {
        SessionSnapshot created = create(id, attributes);
        SessionSnapshot saved = save(created, Map.of(), Set.of());
        assertThat(store.load(created.key(), created.version(), Access.NOW)).isInstanceOf(Loaded.Found.class);
        return saved;
    }

    private static SessionSnapshot create(String id, Map<String, byte[]> attributes) {
        SessionKey key = new SessionKey(APPLICATION, id);
        return save(SessionSnapshot.initial(key, Instant.EPOCH, Duration.ofHours(1)), attributes, Set.of());
    }

    private static SessionSnapshot save(SessionSnapshot base, Map<String, byte[]> changed, Set<String> removed) {
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), changed, removed, Duration.ZERO, null);
        Saved saved = store.save(base, delta);
        assertThat(saved).isInstanceOf(Saved.Done.class);
        return base.apply(delta, ((Saved.Done) saved).version(), 0);
    }

    private Map<String, byte[]> someAttributes() {
        Map<String, byte[]> attributes = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            int name = random.nextInt(20);
            byte[] value = bytes(List.of(0, 1, 100, 255, 256, 257, 2000).get(random.nextInt(7)));
            random.nextBytes(value);
            attributes.put(
                    name < 2 ? "n".repeat(190 + name) : name < 4 ? "l".repeat(254 + name) : "name" + name, value);
        }
        return attributes;
    }

    private static Map<String, byte[]> attributes(SessionSnapshot snapshot) {
        Map<String, byte[]> all = new HashMap<>();
        snapshot.attributes().forEach((name, value) -> all.put(name, value.bytes()));
        return all;
    }

    private static byte[] bytes(int size) {
        return new byte[size];
    }

    private static String redisName(SessionKey key) {
        return new String(new Keys(APPLICATION).session(key), StandardCharsets.US_ASCII);
    }
}
