package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What each operation costs, counted at the server. Prints what it measured. */
class BudgetIT {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));
    private static final int TIMES = 200;

    private static RedisServer server;
    private static RedisStore store;
    private static final Random RANDOM = new Random(1);

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        store = Opening.store(Map.of("store", server.uri()), "demo", POLICY);
        // scripts and connections are there once everything has been done once
        SessionSnapshot session = create(attributes(1, 10));
        store.load(session.key(), session.version(), Access.NOW);
        store.load(session.key(), 0, Access.NOW);
        store.touch(List.of(new Touch(session.key(), Duration.ZERO)));
        store.claimExpired(List.of(session.key()), 1, Duration.ofSeconds(60));
        store.confirm(List.of(new Claim(session, 1)));
    }

    @AfterAll
    static void stop() {
        store.close();
        server.close();
    }

    private static SessionKey newKey() {
        StringBuilder id = new StringBuilder();
        for (int i = 0; i < 27; i++) {
            id.append("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".charAt(RANDOM.nextInt(64)));
        }
        return new SessionKey("demo", id.toString());
    }

    private static Map<String, byte[]> attributes(int count, int size) {
        Map<String, byte[]> attributes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            byte[] value = new byte[size];
            RANDOM.nextBytes(value);
            attributes.put(String.format("attr%02d", i), value);
        }
        return attributes;
    }

    private static SessionSnapshot create(Map<String, byte[]> attributes) {
        return save(
                SessionSnapshot.initial(
                        newKey(), Instant.ofEpochMilli(System.currentTimeMillis()), Duration.ofMinutes(30)),
                attributes);
    }

    private static SessionSnapshot save(SessionSnapshot base, Map<String, byte[]> changed) {
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), changed, Set.of(), Duration.ZERO, null);
        Saved saved = store.save(base, delta);
        assertThat(saved).isInstanceOf(Saved.Done.class);
        return base.apply(delta, ((Saved.Done) saved).version(), System.currentTimeMillis());
    }

    /** What one of many calls costs, without what the counting itself costs. */
    private record Cost(double trips, double bytes) {

        static Cost of(String what, int times, Runnable once) {
            Count nothing = Count.now().to(Count.now());
            Count before = Count.now();
            for (int i = 0; i < times; i++) {
                once.run();
            }
            Count spent = before.to(Count.now());
            Cost cost = new Cost(
                    (double) (spent.calls - nothing.calls) / times, (double) (spent.bytes - nothing.bytes) / times);
            System.out.printf("Redis, %s: %.2f commands, %.0f bytes both ways%n", what, cost.trips, cost.bytes);
            return cost;
        }
    }

    /** @param calls of scripts: nothing else is sent, but for cold loads */
    private record Count(long calls, long bytes) {

        static Count now() {
            long bytes = server.netBytes();
            Map<String, Long> calls = server.commandCalls();
            return new Count(calls.getOrDefault("evalsha", 0L) + calls.getOrDefault("eval", 0L), bytes);
        }

        Count to(Count later) {
            return new Count(later.calls - calls, later.bytes - bytes);
        }
    }

    @Test
    void aReadOfAnUnchangedSessionIsOneSmallTrip() {
        SessionSnapshot session = create(attributes(20, 500));

        Cost cost = Cost.of(
                "unchanged read",
                TIMES,
                () -> assertThat(store.load(session.key(), session.version(), Access.NOW))
                        .isInstanceOf(Loaded.Unchanged.class));

        assertThat(cost.trips).isEqualTo(1);
        assertThat(cost.bytes).isLessThanOrEqualTo(150);
    }

    @Test
    void aChangeOfOneAttributeOfTwentyCostsThatAttribute() {
        List<SessionSnapshot> session = new ArrayList<>(List.of(create(attributes(20, 500))));

        Cost cost = Cost.of("read, then one attribute of 500 bytes changed", TIMES, () -> {
            SessionSnapshot mine = session.get(0);
            assertThat(store.load(mine.key(), mine.version(), Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
            session.set(0, save(mine, Map.of("attr07", attributes(1, 500).get("attr00"))));
        });

        assertThat(cost.trips).isEqualTo(2);
        assertThat(cost.bytes).isLessThan(1200);
    }

    @Test
    void aChangeByNodesInTurnCostsThatAttributeTwice() {
        List<SessionSnapshot> nodes = new ArrayList<>();
        nodes.add(create(attributes(20, 500)));
        nodes.add(save(nodes.get(0), Map.of("attr07", attributes(1, 500).get("attr00"))));
        assertThat(store.load(nodes.get(0).key(), nodes.get(0).version(), Access.NOW))
                .as("from here on what saves set is remembered")
                .isInstanceOf(Loaded.Found.class);
        nodes.set(0, save(nodes.get(1), Map.of("attr07", attributes(1, 500).get("attr00"))));

        Cost cost = Cost.of("another node's change of 500 bytes read, then the same attribute changed", TIMES, () -> {
            SessionSnapshot mine = nodes.remove(1);
            Loaded loaded = store.load(mine.key(), mine.version(), Access.NOW);
            assertThat(loaded).isInstanceOf(Loaded.Changed.class);
            SessionSnapshot now = ((Loaded.Changed) loaded).onto(mine).snapshot();
            nodes.add(0, save(now, Map.of("attr07", attributes(1, 500).get("attr00"))));
        });

        assertThat(cost.trips).isEqualTo(2);
        assertThat(cost.bytes).isLessThan(1700);
    }

    @Test
    void aNewSessionIsOneTrip() {
        Cost cost = Cost.of("new session of 10 attributes, 1 KB", TIMES, () -> create(attributes(10, 100)));

        assertThat(cost.trips).isEqualTo(1);
        assertThat(cost.bytes).isLessThan(1024 + 600);
    }

    @Test
    void touchesShareCommands() {
        List<Touch> touches = new ArrayList<>();
        for (int i = 0; i < 2560; i++) {
            touches.add(new Touch(create(attributes(1, 10)).key(), Duration.ZERO));
        }

        Cost cost = Cost.of(
                "2,560 touches", 1, () -> assertThat(store.touch(touches)).isEmpty());

        // one for each bucket at most
        assertThat(cost.trips).isLessThanOrEqualTo(Keys.BUCKETS);
        assertThat(cost.bytes / touches.size()).isLessThan(90);
    }
}
