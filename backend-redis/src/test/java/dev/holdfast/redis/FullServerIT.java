package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A server at its maxmemory with noeviction: nothing new gets in, but everybody can still log out, and sessions still end. */
class FullServerIT {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(30));

    private RedisServer server;
    private RedisStore store;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        store = Opening.store(Map.of("store", server.uri()), "full", POLICY);
    }

    @AfterEach
    void stop() {
        store.close();
        server.close();
    }

    private SessionSnapshot create(Duration maxInactive) {
        SessionSnapshot base = SessionSnapshot.initial(
                new SessionKey("full", UUID.randomUUID().toString()), Instant.EPOCH, maxInactive);
        SessionDelta delta = delta("a", 10);
        Saved.Done saved = (Saved.Done) store.save(base, delta);
        return base.apply(delta, saved.version(), 0);
    }

    private static SessionDelta delta(String name, int size) {
        return new SessionDelta(SessionDelta.newStamp(), Map.of(name, new byte[size]), Set.of(), Duration.ZERO, null);
    }

    private void fill() {
        server.command("CONFIG", "SET", "maxmemory", "1mb");
    }

    @Test
    void aSaveFailsWithWhatToDoAndLeavesTheSessionAsItWas() {
        SessionSnapshot session = create(Duration.ofHours(1));
        fill();

        for (SessionSnapshot base : List.of(
                session, SessionSnapshot.initial(new SessionKey("full", "new"), Instant.EPOCH, Duration.ofHours(1)))) {
            assertThatThrownBy(() -> store.save(base, delta("b", 1000)))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE))
                    .hasMessageContaining("maxmemory");
        }
        assertThat(store.load(session.key(), session.version(), Access.NONE)).isInstanceOf(Loaded.Unchanged.class);
    }

    @Test
    void everybodyCanLogOut() {
        SessionSnapshot session = create(Duration.ofHours(1));
        fill();

        assertThat(store.remove(session.key(), Removal.invalidation())).isInstanceOf(Removed.Done.class);
        assertThat(store.load(session.key(), 0, Access.NONE)).isEqualTo(new Loaded.Removed());
        assertThat(store.remove(new SessionKey("full", "nobody"), Removal.invalidation()))
                .isEqualTo(new Removed.Absent());
    }

    @Test
    void accessesAreNotedAndSessionsExpire() throws Exception {
        SessionSnapshot used = create(Duration.ofHours(1));
        SessionSnapshot due = create(Duration.ofMillis(300));
        Thread.sleep(400);
        fill();

        long touched = System.nanoTime();
        assertThat(store.touch(List.of(new Touch(used.key(), Duration.ZERO)))).isEmpty();
        Loaded.Unchanged loaded = (Loaded.Unchanged) store.load(used.key(), used.version(), Access.NONE);
        assertThat(loaded.idle())
                .isLessThanOrEqualTo(
                        Duration.ofNanos(System.nanoTime() - touched).plusMillis(10));
        List<Claim> claims = store.claimExpired(List.of(due.key()), 10, Duration.ofSeconds(60));
        assertThat(claims).hasSize(1);
        store.confirm(claims);
        assertThat(store.load(due.key(), 0, Access.NONE)).isEqualTo(new Loaded.Removed());
    }

    @Test
    void aLoadNotesItsAccess() throws Exception {
        SessionSnapshot used = create(Duration.ofHours(1));
        Thread.sleep(200);
        fill();

        Loaded.Unchanged loaded = (Loaded.Unchanged) store.load(used.key(), used.version(), Access.NOW);

        assertThat(loaded.accessNoted()).isTrue();
    }

    /** Who has to lock a session first could otherwise neither read nor log out. */
    @Test
    void sessionsCanBeLocked() {
        SessionSnapshot session = create(Duration.ofHours(1));
        fill();

        Lease lease = store.tryLock(session.key(), Duration.ofSeconds(30), Duration.ZERO)
                .orElseThrow();

        assertThat(lease.renew(Duration.ofSeconds(30))).isTrue();
        lease.release();
    }
}
