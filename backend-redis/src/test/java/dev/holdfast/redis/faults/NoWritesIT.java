package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.Opening;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A master that answers, and refuses every write: too few replicas, or a disk that is full. */
class NoWritesIT {

    private static final SessionKey KEY = new SessionKey("faults", "read");

    /** Every access is to be noted. */
    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofNanos(1), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

    @Test
    void sessionsCanStillBeReadThoughTheirAccessesCannotBeNoted() throws Exception {
        try (RedisServer server = RedisServer.start();
                SessionStore store = Opening.store(Map.of("store", server.uri()), "faults", POLICY)) {
            SessionSnapshot base = SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ofMinutes(30));
            SessionDelta delta = delta();
            Saved.Done saved = (Saved.Done) store.save(base, delta);
            SessionSnapshot session = base.apply(delta, saved.version(), 0);
            assertThat(accessNoted(store, session.version())).isTrue();

            server.command("CONFIG", "SET", "min-replicas-to-write", "1");

            assertThat(accessNoted(store, session.version())).isFalse();
            assertThat(store.load(KEY, 1, Access.ago(Duration.ofNanos(1)))).isInstanceOf(Loaded.Found.class);
            assertThat(store.load(KEY, 0, Access.NOW)).isInstanceOf(Loaded.Found.class);
            assertThatThrownBy(() -> store.save(session, delta()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("min-replicas-to-write");
            server.command("CONFIG", "SET", "min-replicas-to-write", "0");
            assertThat(store.save(session, delta())).isInstanceOf(Saved.Done.class);
        }
    }

    /** Its state may be an old one. */
    @Test
    void aServerThatHasBecomeAReplicaIsNotRead() throws Exception {
        try (RedisServer server = RedisServer.start();
                SessionStore store = Opening.store(Map.of("store", server.uri()), "faults", POLICY)) {
            SessionSnapshot base = SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ofMinutes(30));
            Saved.Done saved = (Saved.Done) store.save(base, delta());
            assertThat(accessNoted(store, saved.version())).isTrue();

            server.command("REPLICAOF", "127.0.0.1", "1");

            assertThatThrownBy(() -> accessNoted(store, saved.version()))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("the server is a replica");
        }
    }

    /** After a time in which the access is due to be noted. */
    private static boolean accessNoted(SessionStore store, long version) throws InterruptedException {
        Thread.sleep(20);
        return ((Loaded.Unchanged) store.load(KEY, version, Access.NOW)).accessNoted();
    }

    private static SessionDelta delta() {
        return new SessionDelta(SessionDelta.newStamp(), Map.of("x", Client.bytes(1)), Set.of(), Duration.ZERO, null);
    }
}
