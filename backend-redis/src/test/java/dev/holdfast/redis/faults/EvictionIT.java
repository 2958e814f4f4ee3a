package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.Opening;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** A server that drops keys when it is full, against all advice. */
class EvictionIT {

    private static final long MEMORY = 8L * 1024 * 1024;
    private static final int SESSIONS = 12_000;

    /** Every fourth is ended right after it was made. */
    private static final int ONE_ENDED_IN = 4;

    private static final int SAMPLE = 300;

    private RedisServer server;
    private SessionStore store;

    @Test
    void whatIsEvictedReadsAsAbsentAndNeverAsSomethingElse() {
        List<String> warnings = new ArrayList<>();
        server = RedisServer.builder().maxMemory(MEMORY, "allkeys-lru").start();
        try (RedisServer closing = server) {
            store = openAndListen(warnings);
            try (SessionStore closed = store) {
                assertThat(warnings).anyMatch(text -> text.contains("allkeys-lru") && text.contains("noeviction"));
                SessionSnapshot first = create(0);
                for (int i = 1; i < SESSIONS; i++) {
                    SessionSnapshot session = create(i);
                    if (i % ONE_ENDED_IN == 0) {
                        assertThat(store.remove(session.key(), Removal.invalidation()))
                                .isInstanceOf(Removed.Done.class);
                    }
                }
                countAndPrint();

                assertThat(store.load(first.key(), first.version(), Access.NOW)).isEqualTo(new Loaded.Absent());
                assertThat(store.save(first, delta(1))).isEqualTo(new Saved.Lost());
                assertThat(store.load(first.key(), 0, Access.NOW)).isEqualTo(new Loaded.Absent());
            }
        }
    }

    private void countAndPrint() {
        List<SessionKey> alive = new ArrayList<>();
        int ended = 0;
        int remembered = 0;
        for (int i = 1; i < SESSIONS; i++) {
            Loaded loaded = store.load(key(i), 0, Access.NONE);
            if (i % ONE_ENDED_IN == 0) {
                ended++;
                remembered += loaded instanceof Loaded.Removed ? 1 : 0;
                assertThat(loaded).isInstanceOfAny(Loaded.Removed.class, Loaded.Absent.class);
            } else if (loaded instanceof Loaded.Found found) {
                alive.add(key(i));
                assertThat(History.values(found.snapshot())).containsEntry("x", (long) i);
            } else {
                assertThat(loaded).isEqualTo(new Loaded.Absent());
            }
        }
        int without = 0;
        for (int i = 0; i < SAMPLE; i++) {
            SessionKey key = alive.get(i * alive.size() / SAMPLE);
            without += server.command("ZSCORE", Opening.deadlinesOf(key), key.opaque()) == null ? 1 : 0;
        }
        int made = SESSIONS - ended;
        System.out.printf(
                Locale.ROOT,
                "Redis fault eviction (allkeys-lru, filled %.1f times): %.0f %% of sessions evicted, %.0f %% of tombstones;"
                        + " of the sessions that are left %.0f %% have lost their deadlines%n",
                (double) made / alive.size(),
                100.0 * (made - alive.size()) / made,
                100.0 * (ended - remembered) / ended,
                100.0 * without / SAMPLE);
        assertThat(alive).hasSizeBetween(SAMPLE, made - 1);
    }

    private SessionStore openAndListen(List<String> warnings) {
        Logger logger = Logger.getLogger("dev.holdfast.redis.server.StartCheck");
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                warnings.add(logged.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(handler);
        try {
            return Opening.store(Map.of("store", server.uri()), "faults", Load.POLICY);
        } finally {
            logger.removeHandler(handler);
        }
    }

    private SessionSnapshot create(int number) {
        SessionSnapshot base = SessionSnapshot.initial(key(number), Instant.EPOCH, Duration.ofMinutes(30));
        SessionDelta delta = delta(number);
        Saved.Done saved = (Saved.Done) store.save(base, delta);
        return base.apply(delta, saved.version(), 0);
    }

    private static SessionKey key(int number) {
        return new SessionKey("faults", "session-" + number);
    }

    private static SessionDelta delta(int number) {
        byte[] filling = "0".repeat(1500).getBytes(StandardCharsets.US_ASCII);
        return new SessionDelta(
                SessionDelta.newStamp(),
                Map.of("x", Client.bytes(number), "filling", filling),
                Set.of(),
                Duration.ZERO,
                null);
    }
}
