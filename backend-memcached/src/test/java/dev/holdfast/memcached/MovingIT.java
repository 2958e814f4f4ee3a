package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.memcached.servers.MemcachedServer;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One list of real servers replaces another, on one application server after the other. */
class MovingIT {

    private static final int SESSIONS = 60;

    private final List<MemcachedServer> servers = new ArrayList<>();
    private int stamp;

    @BeforeEach
    void start() {
        for (int i = 0; i < 4; i++) {
            servers.add(MemcachedServer.start());
        }
    }

    @AfterEach
    void stop() {
        servers.forEach(MemcachedServer::close);
    }

    @Test
    void nothingIsLostWhileOneListReplacesAnother() {
        String old = list(0, 1);
        String next = list(2, 3);
        SessionStore a = StartIT.open("memcached://" + old);
        SessionStore b = StartIT.open("memcached://" + old);
        for (int i = 0; i < SESSIONS; i++) {
            save(a, initial(key(i)), "begin");
        }

        a.close();
        a = StartIT.open("memcached://" + next, "memcached.previous-nodes", old);
        for (int i = 0; i < SESSIONS; i++) {
            // by turns, on one that knows the new list and one that does not
            change(i % 2 == 0 ? a : b, key(i), "first");
            assertThat(attributes(i % 2 == 0 ? b : a, key(i))).containsExactlyInAnyOrder("begin", "first");
        }
        assertThat(remove(a, key(0))).isInstanceOf(Removed.Done.class);
        assertThat(b.load(key(0), 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
        assertThat(remove(b, key(1))).isInstanceOf(Removed.Done.class);
        assertThat(a.load(key(1), 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
        save(b, initial(key(SESSIONS)), "begin");
        save(a, initial(key(SESSIONS + 1)), "begin");
        assertThat(attributes(a, key(SESSIONS))).containsExactly("begin");
        assertThat(attributes(b, key(SESSIONS + 1))).containsExactly("begin");

        b.close();
        b = StartIT.open("memcached://" + next, "memcached.previous-nodes", old);
        for (int i = 2; i < SESSIONS; i++) {
            change(b, key(i), "second");
        }
        a.close();
        a = StartIT.open("memcached://" + next);
        for (int i = 2; i < SESSIONS; i++) {
            assertThat(attributes(a, key(i))).containsExactlyInAnyOrder("begin", "first", "second");
            change(a, key(i), "third");
            assertThat(attributes(b, key(i))).containsExactlyInAnyOrder("begin", "first", "second", "third");
        }
        assertThat(a.load(key(0), 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
        b.close();

        servers.get(0).kill();
        servers.get(1).kill();
        for (int i = 2; i < SESSIONS; i++) {
            assertThat(attributes(a, key(i))).containsExactlyInAnyOrder("begin", "first", "second", "third");
        }
        a.close();
    }

    @Test
    void aServerThatDiesWhileListsChangeTakesNothingAlong() {
        for (int dies = 0; dies < 4; dies++) {
            String old = list(0, 1);
            SessionKey key = new SessionKey("shop", "dies" + dies);
            try (SessionStore before = StartIT.open("memcached://" + old);
                    SessionStore moving = StartIT.open("memcached://" + list(2, 3), "memcached.previous-nodes", old)) {
                save(before, initial(key), "begin");
                change(moving, key, "moved");
                servers.get(dies).kill();
                assertThat(attributes(moving, key)).containsExactlyInAnyOrder("begin", "moved");
                if (dies > 1) {
                    assertThat(attributes(before, key)).containsExactlyInAnyOrder("begin", "moved");
                }
                change(moving, key, "later");
                assertThat(attributes(moving, key)).containsExactlyInAnyOrder("begin", "moved", "later");
            }
            servers.get(dies).restart();
        }
    }

    @Test
    void aNodeThatIsAddedTakesOverItsShareOnly() {
        try (SessionStore before = StartIT.open("memcached://" + list(0, 1, 2))) {
            for (int i = 0; i < SESSIONS; i++) {
                save(before, initial(key(i)), "begin");
            }
        }
        long written = written(0) + written(1) + written(2);
        try (SessionStore moving =
                StartIT.open("memcached://" + list(0, 1, 2, 3), "memcached.previous-nodes", list(0, 1, 2))) {
            for (int i = 0; i < SESSIONS; i++) {
                assertThat(attributes(moving, key(i))).containsExactly("begin");
            }
        }
        // half of all get a copy there: two of four homes
        long moved = servers.get(3).count("curr_items");
        assertThat(moved).isBetween(SESSIONS / 4L, SESSIONS * 3 / 4L);
        assertThat(written(0) + written(1) + written(2) - written)
                .as("copies that are there are confirmed where one moves, and stay untouched where none does")
                .isLessThanOrEqualTo(2 * moved + 10);
        try (SessionStore after = StartIT.open("memcached://" + list(0, 1, 2, 3))) {
            for (int i = 0; i < SESSIONS; i++) {
                assertThat(attributes(after, key(i))).containsExactly("begin");
            }
        }
    }

    private long written(int server) {
        return servers.get(server).count("cmd_set");
    }

    private String list(int... which) {
        return Arrays.stream(which)
                .mapToObj(i -> "n" + i + ":" + servers.get(i).address())
                .collect(Collectors.joining(","));
    }

    private static SessionKey key(int number) {
        return new SessionKey("shop", "id" + number);
    }

    private static SessionSnapshot initial(SessionKey key) {
        return SessionSnapshot.initial(key, Instant.ofEpochMilli(System.currentTimeMillis()), Duration.ofHours(1));
    }

    private void save(SessionStore store, SessionSnapshot base, String name) {
        Map<String, byte[]> changed = Map.of(name, name.getBytes(StandardCharsets.UTF_8));
        assertThat(store.save(base, new SessionDelta(++stamp, changed, Set.of(), Duration.ZERO, null)))
                .isInstanceOf(Saved.Done.class);
    }

    private void change(SessionStore store, SessionKey key, String name) {
        save(store, found(store, key), name);
    }

    private static Removed remove(SessionStore store, SessionKey key) {
        return store.remove(key, Removal.invalidation());
    }

    private static SessionSnapshot found(SessionStore store, SessionKey key) {
        assertThat(store.load(key, 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
        return ((Loaded.Found) store.load(key, 0, Access.NONE)).snapshot();
    }

    private static Set<String> attributes(SessionStore store, SessionKey key) {
        return found(store, key).attributes().keySet();
    }
}
