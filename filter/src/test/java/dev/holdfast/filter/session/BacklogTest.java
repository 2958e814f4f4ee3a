package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Gate;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commits that wait for a thread of the node's own: here the test is that thread, unless a test says otherwise. */
class BacklogTest {

    private static final WriteRules ASYNC = new WriteRules(true, false, true, 100, 1 << 20);

    private final ManualTime time = new ManualTime();
    private final LocalStore store = Node.store(time);
    private final Node a = new Node(store, time, Node.rules().with(ASYNC));
    private final Node b = new Node(store.member(Node.context(time)), time);

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    private static Object set(LiveSession live, String name, Object value) {
        live.setAttribute(name, value);
        return live;
    }

    private static boolean drain(Node node) {
        return node.sessions.backlog().drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void aChangeIsAcknowledgedWithoutASaveAndStoredLater() {
        String id = a.create(live -> set(live, "n", 1));
        a.counts.forget();

        a.write(id, "n", 2);

        assertThat(a.counts.count(Operation.SAVE)).isZero();
        assertThat(b.read(id, "n")).as("before it is stored").isEqualTo(1);
        assertThat(a.read(id, "n")).as("on its own node").isEqualTo(2);
        assertThat(a.sessions.waitingSessions()).isEqualTo(1);
        assertThat(a.sessions.waitingBytes()).isPositive();
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(2);
        assertThat(a.sessions.waitingSessions()).isZero();
        assertThat(a.sessions.waitingBytes()).isZero();
    }

    @Test
    void aNewSessionIsStoredBeforeAnybodyHasItsId() {
        String id = a.create(live -> set(live, "n", 1));

        assertThat(a.sessions.waitingSessions()).isZero();
        assertThat(b.read(id, "n")).isEqualTo(1);
    }

    @Test
    void changesOfSeveralRequestsAreOneSaveWithTheLatestOfEach() {
        String id = a.create(live -> set(live, "old", 0));
        a.counts.forget();
        for (int i = 1; i <= 10; i++) {
            int value = i;
            a.request(id, live -> {
                live.setAttribute("n", value);
                live.setAttribute("own" + value, value);
                live.setAttribute("old", null);
                return true;
            });
        }
        assertThat(drain(a)).isTrue();

        assertThat(a.counts.count(Operation.SAVE)).isEqualTo(1);
        assertThat(b.read(id, "n")).isEqualTo(10);
        assertThat(b.read(id, "own3")).isEqualTo(3);
        assertThat(b.read(id, "old")).isNull();
    }

    @Test
    void whatWasChangedInPlaceIsKeptThoughItsRequestIsOver() {
        String id = a.create(live -> set(live, "cart", new ArrayList<>(List.of("kelp"))));
        a.request(id, live -> cart(live).add("rope"));
        a.request(id, live -> cart(live).add("knot"));
        int encoded = a.codec.encoded.get();

        assertThat(drain(a)).isTrue();

        assertThat(b.read(id, "cart")).isEqualTo(List.of("kelp", "rope", "knot"));
        assertThat(a.codec.encoded.get())
                .as("nothing is encoded in the background")
                .isEqualTo(encoded);
    }

    @SuppressWarnings("unchecked")
    private static List<String> cart(LiveSession live) {
        return (List<String>) live.attribute("cart");
    }

    @Test
    void whatIsNotAcknowledgedYetDoesNotGoWithWhatIs() {
        String id = a.create(live -> set(live, "n", 0));
        a.write(id, "n", 1);
        a.request(id, live -> {
            live.setAttribute("n", 2);
            live.setAttribute("other", null);
            assertThat(drain(a)).isTrue();
            assertThat(b.read(id, "n")).isEqualTo(1);
            return true;
        });
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void aRemovalAfterAnAcknowledgedChangeFollowsIt() {
        String id = a.create(live -> true);
        a.write(id, "n", 1);
        a.request(id, live -> {
            live.setAttribute("n", null);
            assertThat(drain(a)).isTrue();
            assertThat(b.read(id, "n")).as("acknowledged").isEqualTo(1);
            return true;
        });
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "n")).isNull();
        assertThat(a.read(id, "n")).isNull();

        a.write(id, "n", 2);
        a.request(id, live -> set(live, "n", null));
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "n")).isNull();
    }

    @Test
    void valuesThatReturnToWhatTheStoreHasAreNotLeftAtTheirOldState() {
        String id = a.create(live -> set(live, "n", 1));
        a.faults.plan(Fault.replyLost(Operation.SAVE));
        a.write(id, "n", 2);
        assertThat(drain(a)).as("the reply was lost").isFalse();
        a.write(id, "n", 1);
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(1);
    }

    @Test
    void aFullBacklogMakesRequestsSaveByThemselves() {
        Node small = new Node(
                store.member(Node.context(time)),
                time,
                Node.rules().with(new WriteRules(true, false, true, 2, 1 << 20)));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            ids.add(small.create(live -> set(live, "n", 0)));
        }
        small.sessions.backlog().close(); // nobody waits for room in a test
        small.counts.forget();
        for (String id : ids) {
            small.write(id, "n", 1);
        }
        assertThat(small.counts.count(Operation.SAVE)).isEqualTo(5);
        assertThat(small.sessions.writeCounts().full.sum()).isEqualTo(5);
        small.close();
    }

    @Test
    void theBoundsOfNumberAndMemoryHold() {
        Node few = node(new WriteRules(true, false, true, 2, 1 << 20));
        Node little = node(new WriteRules(true, false, true, 100, 4000));
        for (Node node : List.of(few, little)) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                ids.add(node.create(live -> set(live, "n", 0)));
            }
            for (String id : ids) {
                node.request(id, live -> {
                    live.setAttribute("text", "x".repeat(1000));
                    return true;
                });
                // what found no room was saved by its request, which makes none: the bounds are those that were set
                assertThat(node.sessions.waitingSessions()).isLessThanOrEqualTo(2);
                assertThat(node.sessions.waitingBytes()).isLessThanOrEqualTo(4000);
            }
            assertThat(node.sessions.waitingSessions()).isEqualTo(2);
            assertThat(drain(node)).isTrue();
            for (String id : ids) {
                assertThat(b.read(id, "text")).isEqualTo("x".repeat(1000));
            }
            assertThat(node.sessions.waitingBytes()).isZero();
            node.close();
        }
    }

    private Node node(WriteRules rules) {
        // a policy with a short timeout: that is how long a request waits for room
        return new Node(store.member(Node.context(time)), time, shortTimeout().with(rules));
    }

    private static SessionRules shortTimeout() {
        return new SessionRules(
                "app",
                new ExpiryPolicy(
                        Duration.ofSeconds(60), Duration.ofMillis(20), Duration.ofMinutes(10), Duration.ofMinutes(30)),
                Node.MAX_INACTIVE,
                1000,
                Duration.ofSeconds(60),
                true,
                true,
                false,
                1 << 24);
    }

    @Test
    void whileTheStoreIsAwayWhatWaitsIsTriedAgainAndNothingNewIsAcknowledged() {
        String id = a.create(live -> set(live, "n", 0));
        String other = a.create(live -> set(live, "n", 0));
        a.write(id, "n", 1);
        a.faults.down();
        assertThat(drain(a)).isFalse();

        LiveSession live = Objects.requireNonNull(a.sessions.cached(other));
        assertThat(live.enter()).isTrue();
        live.activate();
        live.setAttribute("n", 5);
        assertThatThrownBy(() -> a.sessions.commit(live)).isInstanceOf(StoreException.class);
        a.sessions.leave(live);
        assertThat(a.sessions.waitingSessions()).isEqualTo(1);

        a.faults.heal();
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(1);
        assertThat(a.read(other, "n")).isEqualTo(0);
    }

    @Test
    void whatOthersWroteWhileASaveWaitedForLongIsNotOverwritten() {
        String id = a.create(live -> {
            live.setAttribute("x", 0);
            live.setAttribute("y", 0);
            return true;
        });
        a.request(id, live -> {
            live.setAttribute("x", 1);
            live.setAttribute("y", 1);
            return true;
        });
        time.advance(Duration.ofSeconds(3));
        b.write(id, "y", 2);
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "x")).isEqualTo(1);
        assertThat(b.read(id, "y")).isEqualTo(2);
        assertThat(a.read(id, "y")).isEqualTo(2);
        assertThat(a.sessions.writeCounts().conflicts.sum()).isEqualTo(1);
    }

    @Test
    void whoEndsASessionSupersedesWhatWaits() {
        String here = a.create(live -> set(live, "n", 0));
        String elsewhere = a.create(live -> set(live, "n", 0));
        a.write(here, "n", 1);
        a.write(elsewhere, "n", 1);
        a.request(here, live -> {
            live.invalidate();
            return true;
        });
        b.request(elsewhere, live -> {
            live.invalidate();
            return true;
        });
        assertThat(drain(a)).isTrue();
        for (String id : List.of(here, elsewhere)) {
            assertThat(a.knows(id)).isFalse();
            assertThat(b.knows(id)).isFalse();
        }
        assertThat(a.sessions.waitingSessions()).isZero();
        assertThat(a.sessions.waitingBytes()).isZero();
    }

    @Test
    void aChangeOfTheIdTakesAlongWhatWaits() {
        String id = a.create(live -> set(live, "n", 0));
        a.write(id, "n", 1);
        String newId = a.request(id, live -> a.sessions.changeId(live, id));
        assertThat(a.sessions.waitingSessions()).isZero();
        assertThat(b.read(newId, "n")).isEqualTo(1);
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void whoHasALockIsNotContentWithWaiting() {
        String id = a.create(live -> set(live, "n", 0));
        a.write(id, "x", 1);
        a.request(id, live -> {
            live.setAttribute("n", 1);
            a.sessions.commitStored(live);
            assertThat(b.read(id, "n")).isEqualTo(1);
            assertThat(b.read(id, "x")).isEqualTo(1);
            return true;
        });
        assertThat(a.sessions.waitingSessions()).isZero();
    }

    @Test
    void aSessionThatWaitsIsNotEvicted() {
        SessionRules oneCopy = new SessionRules(
                "app", Node.POLICY, Node.MAX_INACTIVE, 1, Duration.ofSeconds(60), true, true, false, 1 << 24);
        Node small = new Node(store.member(Node.context(time)), time, oneCopy.with(ASYNC));
        String id = small.create(live -> set(live, "n", 0));
        small.write(id, "n", 1);
        for (int i = 0; i < 20; i++) {
            small.create(live -> true);
        }
        assertThat(small.read(id, "n")).isEqualTo(1);
        assertThat(drain(small)).isTrue();
        for (int i = 0; i < 20; i++) {
            small.create(live -> true);
        }
        assertThat(small.sessions.cached(id)).isNull();
        assertThat(small.read(id, "n")).isEqualTo(1);
        small.close();
    }

    @Test
    void aValueThatIsRefusedFailsItsOwnRequestAndNotWhatWaits() {
        SessionRules tiny = new SessionRules(
                "app", Node.POLICY, Node.MAX_INACTIVE, 1000, Duration.ofSeconds(60), true, true, false, 200);
        Node small = new Node(store.member(Node.context(time)), time, tiny.with(ASYNC));
        String id = small.create(live -> set(live, "n", 0));
        small.write(id, "n", 1);
        assertThatThrownBy(() -> small.write(id, "large", "x".repeat(200))).isInstanceOf(EncodingException.class);
        assertThat(b.read(id, "n")).as("stored before the copy goes").isEqualTo(1);
        assertThat(small.read(id, "n")).isEqualTo(1);
        assertThat(small.read(id, "large")).isNull();
        small.close();
    }

    @Test
    void whatTheStoreRefusesForItselfIsGivenUpAndCounted() {
        String id = a.create(live -> set(live, "n", 0));
        a.write(id, "n", 1);
        a.faults.plan(new Fault(Operation.SAVE, Fault.When.BEFORE, Kind.TOO_LARGE, null, 0, 1));
        assertThat(drain(a)).isTrue();
        assertThat(a.sessions.writeCounts().lost.sum()).isEqualTo(1);
        assertThat(a.sessions.waitingSessions()).isZero();
        assertThat(a.read(id, "n")).isEqualTo(0);
        a.write(id, "n", 2);
        assertThat(drain(a)).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void whatWaitsIsStoredBeforeTheNodeStops() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String id = a.create(live -> set(live, "n", 0));
            a.write(id, "n", 1);
            ids.add(id);
        }
        a.sessions.close();
        for (String id : ids) {
            assertThat(b.read(id, "n")).isEqualTo(1);
        }
        assertThat(a.sessions.writeCounts().lost.sum()).isZero();
    }

    @Test
    void aNodeThatStopsWhileTheStoreIsAwaySaysWhatIsLost() {
        for (int i = 0; i < 10; i++) {
            String id = a.create(live -> set(live, "n", 0));
            a.write(id, "n", 1);
        }
        a.faults.down();
        a.counts.forget();
        a.sessions.close();
        assertThat(a.sessions.writeCounts().lost.sum()).isEqualTo(10);
        assertThat(a.counts.count(Operation.SAVE))
                .as("it does not try for ever")
                .isEqualTo(3);
    }

    @Test
    void changesOfASessionAreStoredInTheirOrderWhileThreadsSendThem() throws Exception {
        Node running =
                new Node(store.member(Node.context(time)), time, Node.rules().with(ASYNC));
        running.sessions.start();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ids.add(running.create(live -> set(live, "n", 0)));
        }
        List<Future<Boolean>> users = new ArrayList<>();
        for (String id : ids) {
            users.add(running.async(() -> {
                for (int n = 1; n <= 300; n++) {
                    running.write(id, "n", n);
                }
                return true;
            }));
        }
        for (String id : ids) {
            int seen = 0;
            while (users.stream().anyMatch(user -> !user.isDone())) {
                int now = (Integer) b.read(id, "n");
                assertThat(now).isGreaterThanOrEqualTo(seen);
                seen = now;
            }
        }
        for (Future<Boolean> user : users) {
            assertThat(Node.get(user)).isTrue();
        }
        running.close();
        for (String id : ids) {
            assertThat(b.read(id, "n")).isEqualTo(300);
        }
    }

    @Test
    void whatASessionChangesWithinABeatIsOneSave() {
        Node running =
                new Node(store.member(Node.context(time)), time, Node.rules().with(ASYNC));
        running.sessions.start();
        String id = running.create(live -> set(live, "n", 0));
        running.counts.forget();
        long begun = System.nanoTime();
        for (int n = 1; n <= 300; n++) {
            running.write(id, "n", n);
        }
        running.close();
        long ends = (System.nanoTime() - begun) / Backlog.BEAT_NANOS + 1;

        assertThat(running.counts.count(Operation.SAVE))
                .as("at the end of each beat, and when the node stopped")
                .isBetween(1, (int) ends + 1);
        assertThat(b.read(id, "n")).isEqualTo(300);
    }

    @Test
    void aRequestWaitsForRoomAndGoesOnWhenThereIsSome() throws Exception {
        Node running = new Node(
                store.member(Node.context(time)),
                time,
                Node.rules().with(new WriteRules(true, false, true, 1, 1 << 20)));
        running.sessions.start();
        String one = running.create(live -> set(live, "n", 0));
        String two = running.create(live -> set(live, "n", 0));
        Gate gate = running.faults.hold(Operation.SAVE);
        running.write(one, "n", 1);
        gate.awaitArrivals(1);
        Future<Boolean> waits = running.async(() -> {
            running.write(two, "n", 1);
            return true;
        });
        gate.open();
        assertThat(Node.get(waits)).isTrue();
        running.close();
        assertThat(b.read(one, "n")).isEqualTo(1);
        assertThat(b.read(two, "n")).isEqualTo(1);
    }
}
