package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers whose memory is full and that refuse (-M) rather than evict. */
class FullMemoryIT {

    private static final int MOST = 100_000;

    @ParameterizedTest
    @ValueSource(strings = {"binary", "text"})
    void whatIsThereStaysAndCanBeUsedAndEndedAndWhoBringsMoreIsRefusedAtOnce(String protocol) {
        try (MemcachedServer one = MemcachedServer.start("-M", "-m", "4");
                MemcachedServer two = MemcachedServer.start("-M", "-m", "4");
                SessionStore store = StartIT.open(
                        "memcached://n1:" + one.address() + ",n2:" + two.address(), "memcached.protocol", protocol)) {
            List<SessionSnapshot> stored = new ArrayList<>();
            StoreException refused = fill(store, stored);

            assertThat(refused.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE);
            assertThat(refused).hasMessageContaining("refused by the server").hasMessageContaining("emory");
            for (SessionSnapshot each : stored) {
                assertThat(store.load(each.key(), 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
            }
            for (SessionSnapshot each : stored.subList(0, 20)) {
                assertThat(store.remove(each.key(), Removal.invalidation())).isInstanceOf(Removed.Done.class);
                assertThat(store.load(each.key(), 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
            }
        }
    }

    /** It would have asked again and again until its time, 5 s, was over, each time. */
    @Test
    void nobodyWaitsForAServerThatHasSaidNo() {
        try (MemcachedServer server = MemcachedServer.start("-M", "-m", "4");
                SessionStore store = StartIT.open("memcached://" + server.address(), "memcached.replicas", "1")) {
            StoreException ignored = fill(store, new ArrayList<>());
            long before = server.count("cmd_set");
            for (int i = 0; i < 3; i++) {
                String id = "refused" + i;
                assertThatThrownBy(() -> save(store, id)).isInstanceOf(StoreException.class);
            }
            assertThat(server.count("cmd_set") - before).as("writes").isLessThanOrEqualTo(4);
        }
    }

    private static StoreException fill(SessionStore store, List<SessionSnapshot> stored) {
        for (int i = 0; i < MOST; i++) {
            SessionSnapshot initial = initial("id" + i);
            try {
                save(store, initial);
                stored.add(initial);
            } catch (StoreException e) {
                return e;
            }
        }
        throw new AssertionError("never full");
    }

    private static Saved save(SessionStore store, String id) {
        return save(store, initial(id));
    }

    private static Saved save(SessionStore store, SessionSnapshot initial) {
        return store.save(
                initial,
                new SessionDelta(SessionDelta.newStamp(), Map.of("a", new byte[8_000]), Set.of(), Duration.ZERO, null));
    }

    private static SessionSnapshot initial(String id) {
        return SessionSnapshot.initial(
                new SessionKey("shop", id), Instant.ofEpochMilli(System.currentTimeMillis()), Duration.ofHours(1));
    }
}
