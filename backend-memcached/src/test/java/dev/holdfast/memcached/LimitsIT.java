package dev.holdfast.memcached;

import static dev.holdfast.memcached.RealStores.done;
import static dev.holdfast.memcached.RealStores.found;
import static dev.holdfast.memcached.RealStores.initial;
import static dev.holdfast.memcached.RealStores.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What memcached cannot hold, and what it reads as something else. */
class LimitsIT {

    @ParameterizedTest
    @EnumSource
    void whatIsTooLargeIsRefusedWithItsSizeTheLimitAndTheOptionAndWhatWasThereStays(Protocol protocol)
            throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            MemcachedStore store = stores.store();
            SessionKey key = initial("id").key();
            done(store.save(initial("id"), put("a", "1")));
            for (int size : new int[] {1_100_000, 2_000_000}) {
                assertThatThrownBy(() -> store.save(found(store, key), put("large", bytes(size))))
                        .isInstanceOfSatisfying(
                                StoreException.class,
                                e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TOO_LARGE))
                        .hasMessageMatching("the session was not stored, and stays as it was: memcached n[01]: "
                                + size / 1000
                                + "[0-9]{3} bytes are more than the server takes in an item: up to 1048576"
                                + " with key and header; memcached's option -I \\(such as -I 4m\\) sets it")
                        .hasMessageNotContaining("id");
                assertThatThrownBy(() -> store.save(initial("new" + size), put("large", bytes(size))))
                        .isInstanceOf(StoreException.class);
            }
            assertThat(found(store, key).attributes()).containsOnlyKeys("a");
            done(store.save(found(store, key), put("b", bytes(900_000))));
            for (MemcachedServer server : stores.servers()) {
                assertThat(server.count("curr_items")).isEqualTo(1);
            }
        }
    }

    /** Each size around the limit is either on both homes or on none. */
    @ParameterizedTest
    @EnumSource
    void aroundTheLimitASessionIsStoredWhollyOrNotAtAll(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            MemcachedStore store = stores.store();
            SessionKey key = initial("id").key();
            done(store.save(initial("id"), put("a", "1")));
            int refused = 0;
            for (int size = 1_048_200; size < 1_048_600; size += 13) {
                int before = found(store, key).attributes().get("a").bytes().length;
                boolean isStored;
                try {
                    done(store.save(found(store, key), put("a", bytes(size))));
                    isStored = true;
                } catch (StoreException e) {
                    assertThat(e.kind()).as("size " + size).isEqualTo(StoreException.Kind.TOO_LARGE);
                    isStored = false;
                    refused++;
                }
                assertThat(found(store, key).attributes().get("a").bytes().length)
                        .isEqualTo(isStored ? size : before);
            }
            assertThat(refused).isBetween(1, 30);
        }
    }

    @ParameterizedTest
    @EnumSource
    void sessionsLiveHoweverLongOrShortTheyMayBeIdle(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            MemcachedStore store = stores.store();
            Duration[] idle = {
                Duration.ofDays(30),
                Duration.ofDays(30).plusSeconds(1),
                Duration.ofDays(365),
                Duration.ofSeconds(Integer.MAX_VALUE),
                Duration.ZERO,
                Duration.ofSeconds(-1),
                Duration.ofSeconds(Integer.MIN_VALUE),
                Duration.ofMillis(900)
            };
            for (int i = 0; i < idle.length; i++) {
                SessionKey key = new SessionKey("shop", "s" + i);
                SessionSnapshot created =
                        SessionSnapshot.initial(key, Instant.ofEpochMilli(System.currentTimeMillis()), idle[i]);
                done(store.save(created, put("a", "1")));
                assertThat(found(store, key).maxInactive()).isEqualTo(idle[i]);
            }
            // At the servers too: there is none that they have taken for a date of long ago.
            for (MemcachedServer server : stores.servers()) {
                assertThat(server.count("curr_items")).isEqualTo(idle.length);
            }
        }
    }

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}
