package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.kit.ManualTime;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What somebody else has written under a session's name: cut, flipped, random, another application's, a Java object. */
class HostileItemsTest {

    private static final SessionKey KEY = new SessionKey("shop", "id");
    private static final SessionKey OTHER = new SessionKey("bank", "id");

    private final ManualTime time = new ManualTime();
    private final List<FakeNode> nodes =
            Stream.of("n0", "n1").map(name -> new FakeNode(name, time)).toList();
    private final MemcachedStore store = new MemcachedStore(
            new Homes(nodes.stream().map(FakeNode::client).toList(), Map.of(), 2),
            new StoreContext(
                    "shop",
                    new ExpiryPolicy(
                            Duration.ofSeconds(30),
                            Duration.ofMillis(100),
                            Duration.ofMinutes(10),
                            Duration.ofMinutes(30)),
                    time),
            Duration.ofSeconds(10));

    private static SessionDelta put(String name) {
        return new SessionDelta(SessionDelta.newStamp(), Map.of(name, new byte[] {1}), Set.of(), Duration.ZERO, null);
    }

    private void create(SessionKey key) {
        assertThat(store.save(SessionSnapshot.initial(key, Instant.EPOCH, Duration.ofHours(1)), put("a")))
                .isInstanceOf(Saved.Done.class);
    }

    private static String item(SessionKey key) {
        return SessionItems.key(key);
    }

    /** By what they are; each is no item of {@link #KEY}. */
    private Map<String, byte[]> hostile() throws IOException {
        Random random = new Random(1);
        byte[] sound = nodes.get(0).bytes(item(KEY));
        Map<String, byte[]> all = new LinkedHashMap<>();
        for (int length = 0; length < sound.length; length++) {
            all.put("cut to " + length, Arrays.copyOf(sound, length));
        }
        for (int bit = 0; bit < 8 * sound.length; bit++) {
            byte[] flipped = sound.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            all.put("bit " + bit + " flipped", flipped);
        }
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            all.put("random " + i, bytes);
        }
        all.put("another application's session", nodes.get(0).bytes(item(OTHER)));
        all.put("a number", "1234567890123".getBytes(StandardCharsets.US_ASCII));
        all.put("a page", "<html><body>cached</body></html>".getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(stream)) {
            out.writeObject(new ArrayList<>(List.of("a", "b")));
        }
        all.put("a Java object", stream.toByteArray());
        byte[] longer = Arrays.copyOf(sound, sound.length + 1);
        all.put("one byte more", longer);
        return all;
    }

    @Test
    void whereAllHomesHoldThemTheyAreRefusedAndStayUntilTheSessionIsRemoved() throws IOException {
        create(KEY);
        create(OTHER);
        SessionSnapshot base = ((Loaded.Found) store.load(KEY, 0, Access.NONE)).snapshot();
        byte[] sound = nodes.get(0).bytes(item(KEY));
        hostile().forEach((what, bytes) -> {
            nodes.forEach(node -> node.put(item(KEY), bytes));

            assertCorrupt(what, () -> store.load(KEY, 0, Access.NOW));
            assertCorrupt(what, () -> store.save(base, put("b")));
            assertCorrupt(what, () -> store.save(SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ZERO), put("b")));
            assertThat(store.touch(List.of(new Touch(KEY, Duration.ZERO))))
                    .as(what)
                    .isEmpty();
            assertThat(store.claimExpired(List.of(KEY), 1, Duration.ofMinutes(1)))
                    .as(what)
                    .isEmpty();
            nodes.forEach(node -> assertThat(node.bytes(item(KEY))).as(what).isEqualTo(bytes));

            assertThat(store.remove(KEY, Removal.invalidation())).as(what).isInstanceOf(Removed.Absent.class);
            assertThat(store.load(KEY, 0, Access.NOW)).as(what).isInstanceOf(Loaded.Removed.class);
            nodes.forEach(node -> node.put(item(KEY), sound));
        });
    }

    @Test
    void whereOneHomeHoldsThemTheOthersWordCountsAndTheHomeIsRepaired() throws IOException {
        create(KEY);
        create(OTHER);
        byte[] sound = nodes.get(0).bytes(item(KEY));
        assertThat(nodes.get(1).bytes(item(KEY))).isEqualTo(sound);
        hostile().forEach((what, bytes) -> {
            for (FakeNode home : nodes) {
                home.put(item(KEY), bytes);

                Loaded loaded = store.load(KEY, 0, Access.NONE);

                assertThat(loaded).as(what).isInstanceOf(Loaded.Found.class);
                assertThat(((Loaded.Found) loaded).snapshot().attributes())
                        .as(what)
                        .containsOnlyKeys("a");
                assertThat(home.bytes(item(KEY))).as(what).isEqualTo(sound);
            }
        });
    }

    /** The home that is away may have it whole: who is told "damaged" is logged out. */
    @Test
    void whereOneHomeHoldsThemAndTheOtherIsAwayNobodyKnows() {
        create(KEY);
        byte[] cut = Arrays.copyOf(nodes.get(0).bytes(item(KEY)), 20);
        for (int damaged = 0; damaged < 2; damaged++) {
            byte[] sound = nodes.get(damaged).bytes(item(KEY));
            nodes.get(damaged).put(item(KEY), cut);
            nodes.get(1 - damaged).cutOff();

            assertThatThrownBy(() -> store.load(KEY, 0, Access.NOW))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));

            nodes.get(1 - damaged).start();
            nodes.get(damaged).put(item(KEY), sound);
            assertThat(store.load(KEY, 0, Access.NOW)).isInstanceOf(Loaded.Found.class);
        }
    }

    private static void assertCorrupt(String what, Runnable call) {
        assertThatThrownBy(call::run)
                .as(what)
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
                .hasMessageNotContaining("shop:id");
    }
}
