package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.Opening;
import dev.holdfast.redis.servers.FaultProxy;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Version;
import dev.holdfast.spi.servers.Poll;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A replica that lacks the last write becomes the master, and counts on from there: the same number, another content. */
class LaggingReplicaIT {

    private static final SessionKey KEY = new SessionKey("faults", "lagging");

    @Test
    void whoKnowsTheLostVersionIsToldTheNewContentThoughTheCounterIsTheSame() throws Exception {
        try (RedisServer master = RedisServer.start();
                FaultProxy between = FaultProxy.before(master);
                RedisServer replica = RedisServer.builder()
                        .option("replicaof", "127.0.0.1", String.valueOf(between.port()))
                        .start()) {
            SessionSnapshot lost;
            SessionSnapshot before;
            try (SessionStore store = Opening.store(Map.of("store", master.uri()), "faults", Load.POLICY)) {
                SessionSnapshot session = SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ofMinutes(30));
                for (int i = 1; i <= 6; i++) {
                    session = saved(store, session, "write " + i);
                }
                before = session;
                awaitAllOf(master, replica);
                between.pause();
                lost = saved(store, session, "acknowledged and lost");
            }
            master.kill();
            between.close();
            replica.command("REPLICAOF", "NO", "ONE");

            try (SessionStore store = Opening.store(Map.of("store", replica.uri()), "faults", Load.POLICY)) {
                assertThat(store.load(KEY, before.version(), Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
                assertThat(found(store, lost.version())).isEqualTo("write 6");

                SessionSnapshot other = saved(store, before, "written later");

                assertThat(Version.counter(other.version())).isEqualTo(Version.counter(lost.version()));
                assertThat(found(store, lost.version())).isEqualTo("written later");
                SessionDelta delta = delta("y", "by who still has the lost state");
                Saved.Done done = (Saved.Done) store.save(lost, delta);
                // So its copy is not taken for the current state.
                assertThat(done.merged()).isTrue();
                assertThat(found(store, lost.version())).isEqualTo("written later");
            }
        }
    }

    private static void awaitAllOf(RedisServer master, RedisServer replica) {
        Poll.until("the replica has everything", Duration.ofMinutes(1), () -> {
            Map<String, String> state = replica.info("replication");
            return "up".equals(state.get("master_link_status"))
                    && state.get("slave_repl_offset")
                            .equals(master.info("replication").get("master_repl_offset"));
        });
    }

    private static SessionSnapshot saved(SessionStore store, SessionSnapshot base, String value) {
        SessionDelta delta = delta("x", value);
        Saved.Done done = (Saved.Done) store.save(base, delta);
        assertThat(done.merged()).isFalse();
        return base.apply(delta, done.version(), 0);
    }

    private static SessionDelta delta(String name, String value) {
        return new SessionDelta(
                SessionDelta.newStamp(),
                Map.of(name, value.getBytes(StandardCharsets.UTF_8)),
                Set.of(),
                Duration.ZERO,
                null);
    }

    /** The content that somebody with that version is told; it must not be "unchanged". */
    private static String found(SessionStore store, long knownVersion) {
        Loaded.Found found = (Loaded.Found) store.load(KEY, knownVersion, Access.NOW);
        return new String(found.snapshot().attributes().get("x").bytes(), StandardCharsets.UTF_8);
    }
}
