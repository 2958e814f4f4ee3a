package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.memcached.MemcachedSettings.Read;
import dev.holdfast.memcached.node.Node;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three nodes, two of them homes of the session, which are away, come back empty, or with what they had. */
class HomesLostAndFoundTest {

    private static final SessionKey KEY = new SessionKey("shop", "id");
    private static final String ITEM = "hf:shop:id";
    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(20), Duration.ofMinutes(10), Duration.ofMinutes(30));

    private final ManualTime time = new ManualTime();
    private final List<FakeNode> nodes =
            Stream.of("n0", "n1", "n2").map(name -> new FakeNode(name, time)).toList();
    private final MemcachedStore store = store();
    private final FakeNode primary;
    private final FakeNode backup;
    private final FakeNode standIn;

    {
        List<String> order = new Homes(clients(), Map.of(), 2)
                .order(ITEM).nodes().stream().map(Node::name).toList();
        primary = nodes.get(Integer.parseInt(order.get(0).substring(1)));
        backup = nodes.get(Integer.parseInt(order.get(1).substring(1)));
        standIn = nodes.get(Integer.parseInt(order.get(2).substring(1)));
    }

    private List<Node> clients() {
        return nodes.stream().map(FakeNode::client).toList();
    }

    private MemcachedStore store() {
        return new MemcachedStore(
                new Homes(clients(), Map.of(), 2),
                new Together(),
                new StoreContext("shop", POLICY, time),
                Duration.ofSeconds(10),
                Read.BOTH,
                null);
    }

    private static SessionDelta put(String name, String value) {
        return new SessionDelta(
                SessionDelta.newStamp(),
                Map.of(name, value.getBytes(StandardCharsets.UTF_8)),
                Set.of(),
                Duration.ZERO,
                null);
    }

    private SessionSnapshot create(Duration maxInactive) {
        SessionSnapshot base = SessionSnapshot.initial(KEY, Instant.ofEpochMilli(time.wallMillis()), maxInactive);
        SessionDelta delta = put("begin", "1");
        Saved.Done done = (Saved.Done) store.save(base, delta);
        return base.apply(delta, done.version(), time.wallMillis()).withToken(done.token());
    }

    private SessionSnapshot found() {
        return ((Loaded.Found) store.load(KEY, 0, Access.NONE)).snapshot();
    }

    @Test
    void whatStoodInForAHomeIsDeletedOnceTheHomeIsBackAndHasItAll() {
        create(Duration.ofHours(1));
        for (FakeNode away : List.of(primary, backup)) {
            for (boolean isEmpty : List.of(true, false)) {
                if (isEmpty) {
                    away.kill();
                } else {
                    away.cutOff();
                }
                String name = away.name() + isEmpty;
                assertThat(store.save(found(), put(name, "1"))).isInstanceOf(Saved.Done.class);
                assertThat(standIn.bytes(ITEM)).as("in place of " + away.name()).isNotNull();

                away.start();
                assertThat(found().attributes()).containsKey(name);
                assertThat(standIn.bytes(ITEM)).as("in place of " + away.name()).isNull();
            }
        }
        assertThat(found().attributes()).hasSize(5);
    }

    /** Also if the home has it all by then: nothing was written while it was away, but it was read. */
    @Test
    void aStandInOfASessionThatWasOnlyReadIsDeletedToo() {
        create(Duration.ofHours(1));
        backup.cutOff();
        found();
        assertThat(standIn.bytes(ITEM)).isNotNull();
        backup.start();
        found();
        assertThat(standIn.bytes(ITEM)).isNull();
    }

    /** A copy that was written together with the primary's does not count once that has changed, and is repaired all the same. */
    @Test
    void aHomeThatComesBackWithAnOldCopyIsRepairedByWhoeverReads() {
        create(Duration.ofHours(1));
        assertThat(store.save(found(), put("a", "1"))).isInstanceOf(Saved.Done.class);
        backup.cutOff();
        assertThat(store.save(found(), put("b", "1"))).isInstanceOf(Saved.Done.class);
        backup.start();
        found();

        standIn.kill();
        standIn.start();
        primary.kill();
        primary.start();
        assertThat(found().attributes()).containsKeys("a", "b");
    }

    @Test
    void soIsOneThatMissedARemoval() {
        create(Duration.ofHours(1));
        assertThat(store.save(found(), put("a", "1"))).isInstanceOf(Saved.Done.class);
        backup.cutOff();
        assertThat(store.remove(KEY, Removal.invalidation())).isInstanceOf(Removed.Done.class);
        backup.start();
        assertThat(store.load(KEY, 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);

        standIn.kill();
        standIn.start();
        primary.kill();
        primary.start();
        assertThat(store.load(KEY, 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
    }

    @Test
    void aStandInThatIsAwayItselfIsDeletedWhenItIsBack() {
        create(Duration.ofHours(1));
        backup.cutOff();
        assertThat(store.save(found(), put("a", "1"))).isInstanceOf(Saved.Done.class);
        standIn.cutOff();
        backup.start();
        assertThat(store.save(found(), put("b", "1"))).isInstanceOf(Saved.Done.class);
        assertThat(store.remove(KEY, Removal.invalidation())).isInstanceOf(Removed.Done.class);

        standIn.start();
        assertThat(store.load(KEY, 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
        assertThat(standIn.bytes(ITEM)).isNull();
    }

    @Test
    void whatOnlyAStandInHasIsTakenOverBeforeItIsDeleted() {
        SessionSnapshot created = create(Duration.ofHours(1));
        backup.cutOff();
        assertThat(store.save(found(), put("a", "1"))).isInstanceOf(Saved.Done.class);
        byte[] newest = standIn.bytes(ITEM);
        assertThat(newest).isNotNull();
        // as if the primary's part were an older one, written while another server saw another node as away
        backup.start();
        primary.kill();
        primary.start();
        backup.put(ITEM, null);

        assertThat(found().attributes()).containsKeys("begin", "a");
        assertThat(found().version()).isNotEqualTo(created.version());
        assertThat(standIn.bytes(ITEM)).isNull();
        assertThat(primary.bytes(ITEM)).isNotNull();
        assertThat(backup.bytes(ITEM)).isNotNull();
    }

    /** Nobody asks for a session that was logged out; a home that comes back later with what it had must find the tombstone. */
    @ParameterizedTest
    @ValueSource(longs = {8 * 60, 20 * 24 * 60, 0})
    void aSessionThatWasRemovedWhileAHomeWasAwayStaysRemovedAsLongAsThatHomeHasIt(long minutes) {
        create(Duration.ofMinutes(minutes));
        primary.cutOff();
        assertThat(store.remove(KEY, Removal.invalidation())).isInstanceOf(Removed.Done.class);
        primary.start();

        Duration last =
                minutes == 0 ? Duration.ofDays(29) : Duration.ofMinutes(minutes).minusMinutes(1);
        time.advance(last);
        assertThat(store.load(KEY, 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
        assertThat(primary.bytes(ITEM)).isNotNull();
        assertThat(store.save(SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ofHours(1)), put("a", "1")))
                .isInstanceOf(Saved.Removed.class);
    }

    /** A creation asks nobody first; but the one that takes it at once may have lost what it had. */
    @Test
    void aTombstoneThatOnlyTheBackupHasKeepsASessionFromBeingCreatedAgain() {
        create(Duration.ofHours(1));
        SessionKey successor = new SessionKey("shop", "next");
        assertThat(store.remove(KEY, Removal.renaming(0, successor))).isInstanceOf(Removed.Done.class);
        primary.kill();
        primary.start();

        Saved saved = store.save(SessionSnapshot.initial(KEY, Instant.EPOCH, Duration.ofHours(1)), put("a", "1"));

        assertThat(saved).isEqualTo(new Saved.Removed(successor));
        assertThat(store.load(KEY, 0, Access.NONE)).isInstanceOf(Loaded.Removed.class);
    }

    @Test
    void aSessionThatOnlyTheBackupHasIsNotCreatedAgain() {
        create(Duration.ofHours(1));
        primary.kill();
        primary.start();

        assertThat(store.save(
                        SessionSnapshot.initial(KEY, Instant.ofEpochMilli(1), Duration.ofHours(1)), put("a", "1")))
                .isInstanceOf(Saved.Exists.class);
        assertThat(found().attributes()).containsKey("begin");
    }

    /** What a load has read is good for writing over it. That the session has expired since, it does not say. */
    @Test
    void aSaveByWhatWasReadLongAgoIsNotRefusedWithoutAskingAgain() {
        create(Duration.ofMinutes(10));
        SessionSnapshot loaded = found();
        for (int i = 0; i < 3; i++) {
            time.advance(Duration.ofMinutes(8));
            assertThat(store.touch(List.of(new Touch(KEY, Duration.ZERO)))).isEmpty();
        }

        assertThat(store.save(loaded, put("a", "1"))).isInstanceOf(Saved.Done.class);
    }

    @Test
    void aSessionThatOneOfItsHomesDoesNotTakeIsNotStoredAnywhere() {
        for (FakeNode small : List.of(primary, backup)) {
            nodes.forEach(node -> node.put(ITEM, null));
            SessionSnapshot created = create(Duration.ofHours(1));
            byte[] before = primary.bytes(ITEM);
            small.largestItem(500);

            assertThatThrownBy(() -> store.save(created, put("large", "x".repeat(1000))))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TOO_LARGE))
                    .hasMessageContaining("stays as it was");

            assertThat(primary.bytes(ITEM)).isEqualTo(before);
            assertThat(found().attributes()).containsOnlyKeys("begin");
            assertThat(store.save(found(), put("small", "x"))).isInstanceOf(Saved.Done.class);
            small.largestItem(Integer.MAX_VALUE);
        }
    }

    /** As the limit may become known only by the refusal. */
    @Test
    void aHomeThatRefusesASessionForItsSizeDoesNotKeepItFromBeingRead() {
        create(Duration.ofHours(1));
        backup.refusesAbove(500);
        assertThatThrownBy(() -> store.save(found(), put("large", "x".repeat(1000))))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isNotEqualTo(StoreException.Kind.TOO_LARGE))
                .hasMessageContaining("did not reach the others");
        assertThat(found().attributes()).containsKey("begin");
        List<String> names = new ArrayList<>(found().attributes().keySet());
        assertThat(names).contains("large");
    }

    @Test
    void anEmptyHomeThatTakesNoItemOfThatSizeDoesNotKeepTheSessionFromBeingRead() {
        create(Duration.ofHours(1));
        assertThat(store.save(found(), put("large", "x".repeat(1000)))).isInstanceOf(Saved.Done.class);
        for (FakeNode home : List.of(primary, backup)) {
            home.kill();
            home.start();
            home.refusesAbove(500);
            for (int i = 0; i < 3; i++) {
                assertThat(found().attributes()).containsOnlyKeys("begin", "large");
                time.advance(Duration.ofMinutes(5));
                assertThat(store.load(KEY, 0, Access.NOW)).isInstanceOf(Loaded.Found.class);
            }
            home.refusesAbove(Integer.MAX_VALUE);
            assertThat(found().attributes()).containsOnlyKeys("begin", "large");
            assertThat(home.bytes(ITEM)).isNotNull();
        }
    }

    @Test
    void aSessionThatServersWouldNoLongerTakeCanBeRead() {
        create(Duration.ofHours(1));
        assertThat(store.save(found(), put("large", "x".repeat(1000)))).isInstanceOf(Saved.Done.class);
        nodes.forEach(node -> node.largestItem(500));
        time.advance(Duration.ofMinutes(5));

        Loaded loaded = store.load(KEY, 0, Access.NOW);

        assertThat(((Loaded.Found) loaded).accessNoted()).isFalse();
        assertThat(store.remove(KEY, Removal.invalidation())).isInstanceOf(Removed.Done.class);
    }

    @Test
    void aSessionThatNeverExpiresAndOneOfManyDaysHaveNoEndAtTheServersAndOthersALaterOne() {
        create(Duration.ofSeconds(-1));
        assertThat(primary.expirySeconds(ITEM)).isZero();
        nodes.forEach(node -> node.put(ITEM, null));
        create(Duration.ofDays(31));
        assertThat(primary.expirySeconds(ITEM)).isZero();
        nodes.forEach(node -> node.put(ITEM, null));
        create(Duration.ofMillis(1));
        assertThat(primary.expirySeconds(ITEM))
                .isBetween(POLICY.reapTime().toSeconds() + 1, POLICY.reapTime().toSeconds() + 60);
        assertThat(backup.expirySeconds(ITEM)).isEqualTo(primary.expirySeconds(ITEM));
    }
}
