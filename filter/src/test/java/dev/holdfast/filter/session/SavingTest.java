package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Gate;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SavingTest {

    private final ManualTime time = new ManualTime();
    private final LocalStore store = Node.store(time);
    private final Node a = new Node(store, time);
    private final Node b = new Node(store.member(Node.context(time)), time);

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    @Test
    void aNewSessionCostsOneCallAndIsThereOnTheOtherNode() {
        String id = a.create(live -> {
            live.setAttribute("user", "ada");
            live.setAttribute("n", 1);
            return null;
        });

        assertThat(a.counts.calls()).hasSize(1);
        assertThat(b.read(id, "user")).isEqualTo("ada");
        assertThat(b.read(id, "n")).isEqualTo(1);
    }

    @Test
    void aSessionThatGrowsTooLargeIsRefusedByNameAndStaysAsItWas() {
        Node small = new Node(store.member(Node.context(time)), time, rulesWithMaxSize(1000));
        String id = a.create(live -> {
            live.setAttribute("basket", "kelp".repeat(150));
            live.setAttribute("user", "ada");
            return null;
        });

        assertThatThrownBy(() -> small.write(id, "history", "page ".repeat(100)))
                .isInstanceOf(EncodingException.class)
                .hasMessageMatching(
                        "the session would have 11[0-9]{2} bytes in 3 attributes, max-session-size allows 1000;"
                                + " the largest: 'basket' 6[0-9]{2}, 'history' 5[0-9]{2}, 'user' [0-9]{1,2}");
        assertThat(small.read(id, "history")).isNull();
        assertThat(small.read(id, "user")).isEqualTo("ada");

        small.write(id, "history", "short");
        assertThat(b.read(id, "history")).isEqualTo("short");
        small.close();
    }

    @Test
    void aSessionThatIsTooLargeAlreadyMayShrink() {
        Node small = new Node(store.member(Node.context(time)), time, rulesWithMaxSize(100));
        String id = a.create(live -> set(live, "basket", "kelp".repeat(150)));

        small.write(id, "basket", "kelp".repeat(100));
        assertThat(b.read(id, "basket")).isEqualTo("kelp".repeat(100));
        assertThatThrownBy(() -> small.write(id, "basket", "kelp".repeat(101))).isInstanceOf(EncodingException.class);
        assertThat(b.read(id, "basket")).isEqualTo("kelp".repeat(100));
        small.close();
    }

    private static SessionRules rulesWithMaxSize(int bytes) {
        return new SessionRules(
                "app", Node.POLICY, Node.MAX_INACTIVE, 1000, Duration.ofSeconds(60), true, true, false, bytes);
    }

    @Test
    void aValueThatReturnsAfterASaveWithoutAnAnswerIsSavedAgain() {
        String id = a.create(live -> set(live, "n", 1));
        a.request(id, live -> {
            live.setAttribute("n", 2);
            a.faults.plan(Fault.replyLost(Operation.SAVE));
            assertThatThrownBy(() -> a.sessions.commit(live)).isInstanceOf(StoreException.class);
            live.setAttribute("n", 1);
            return true;
        });
        assertThat(b.read(id, "n")).isEqualTo(1);
    }

    @Test
    void aNewSessionWithoutAttributesIsSavedToo() {
        String id = a.create(live -> null);

        assertThat(a.counts.count(Operation.SAVE)).isEqualTo(1);
        assertThat(b.knows(id)).isTrue();
    }

    @Test
    void aReadCostsOneCallAndDecodesNothingAgain() {
        String id = a.create(live -> set(live, "cart", new ArrayList<>(List.of("kelp"))));
        b.read(id, "cart");
        int decoded = b.codec.decoded.get();
        b.counts.forget();

        assertThat(b.read(id, "cart")).isEqualTo(List.of("kelp"));

        assertThat(b.counts.calls()).hasSize(1);
        assertThat(b.counts.receivedBytes()).isZero();
        assertThat(b.codec.decoded.get()).isEqualTo(decoded);
    }

    @Test
    void aChangeCostsTwoCallsAndCarriesOnlyWhatChanged() {
        String id = a.create(live -> {
            for (int i = 0; i < 100; i++) {
                live.setAttribute("a" + i, "x".repeat(100));
            }
            return null;
        });
        a.counts.forget();

        a.write(id, "a7", "y".repeat(100));

        assertThat(a.counts.calls()).hasSize(2);
        assertThat(a.counts.sentBytes()).isLessThan(1000).isGreaterThan(100);
        assertThat(b.read(id, "a7")).isEqualTo("y".repeat(100));
        assertThat(b.read(id, "a8")).isEqualTo("x".repeat(100));
    }

    @Test
    void onlyAttributesWhoseBytesDifferAreDecodedAgain() {
        String id = a.create(live -> {
            live.setAttribute("one", new ArrayList<>(List.of(1)));
            live.setAttribute("two", new ArrayList<>(List.of(2)));
            return null;
        });
        Object one = b.read(id, "one");
        b.read(id, "two");
        a.write(id, "two", new ArrayList<>(List.of(3)));
        int decoded = b.codec.decoded.get();

        assertThat(b.read(id, "one")).isSameAs(one);
        assertThat(b.read(id, "two")).isEqualTo(List.of(3));
        assertThat(b.codec.decoded.get()).isEqualTo(decoded + 1);
    }

    @Test
    void whatIsChangedInPlaceIsSaved() {
        String id = a.create(live -> set(live, "cart", new ArrayList<>()));

        for (int i = 0; i < 5; i++) {
            int item = i;
            Node node = i % 2 == 0 ? b : a;
            node.request(id, live -> cart(live).add(item));
        }

        assertThat(a.read(id, "cart")).isEqualTo(List.of(0, 1, 2, 3, 4));
        assertThat(b.read(id, "cart")).isEqualTo(List.of(0, 1, 2, 3, 4));
    }

    @Test
    void aMutableValueThatIsOnlyReadIsNotSaved() {
        String id = a.create(live -> set(live, "cart", new ArrayList<>(List.of(1))));
        a.counts.forget();
        b.read(id, "cart");
        a.read(id, "cart");

        assertThat(a.counts.count(Operation.SAVE)).isZero();
        assertThat(b.counts.count(Operation.SAVE)).isZero();
    }

    @Test
    void settingTheSameAgainSendsNothing() {
        String id = a.create(live -> set(live, "user", "ada"));
        a.counts.forget();

        a.write(id, "user", "ada");

        assertThat(a.counts.count(Operation.SAVE)).isZero();
    }

    @Test
    void aRemovedAttributeIsGoneOnTheOtherNode() {
        String id = a.create(live -> {
            live.setAttribute("one", "1");
            live.setAttribute("two", "2");
            return null;
        });
        b.read(id, "one");
        a.request(id, live -> set(live, "one", null));

        assertThat(b.read(id, "one")).isNull();
        assertThat(Objects.requireNonNull(b.request(id, LiveSession::attributeNames)))
                .containsExactly("two");
    }

    @Test
    void savesOfOneSessionDoNotOvertakeEachOther() throws Exception {
        String id = a.create(live -> set(live, "n", 0));
        Gate gate = a.faults.hold(Operation.SAVE);
        Future<?> first = a.async(() -> a.request(id, live -> set(live, "n", 1)));
        gate.awaitArrivals(1);

        Future<?> second = a.async(() -> a.request(id, live -> set(live, "n", 2)));
        // the second request cannot be done while the first save is held, as its own would come after
        assertThat(a.counts.count(Operation.SAVE)).isEqualTo(1);
        gate.open();
        Node.get(first);
        Node.get(second);

        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void aRequestIsNotAcknowledgedOnAnothersFailingSave() throws Exception {
        String id = a.create(live -> set(live, "n", 0));
        LiveSession one = Objects.requireNonNull(a.enter(id));
        LiveSession two = Objects.requireNonNull(a.enter(id));
        Gate gate = new Gate();
        a.faults.plan(Fault.held(Operation.SAVE, gate).with(StoreException.Kind.TIMEOUT));
        two.setAttribute("two", "2");
        Future<?> first = a.async(() -> {
            a.sessions.commit(one);
            return null;
        });
        gate.awaitArrivals(1);
        // the first save carries the change of the second request; when it fails, the second one's own has to carry it
        Future<?> second = a.async(() -> {
            a.sessions.commit(two);
            return null;
        });
        gate.open();

        assertThatThrownBy(() -> Node.get(first)).isInstanceOf(StoreException.class);
        Node.get(second);
        a.sessions.leave(one);
        a.sessions.leave(two);
        assertThat(b.read(id, "two")).isEqualTo("2");
    }

    @Test
    void aFailedSaveIsNotSeenByLaterRequests() {
        String id = a.create(live -> set(live, "n", 1));
        a.faults.plan(Fault.failsBefore(Operation.SAVE));

        assertThatThrownBy(() -> a.write(id, "n", 2)).isInstanceOf(StoreException.class);

        assertThat(a.read(id, "n")).isEqualTo(1);
    }

    @Test
    void aSaveWhoseReplyWasLostIsSeenAfterwards() {
        String id = a.create(live -> set(live, "n", 1));
        a.faults.plan(Fault.replyLost(Operation.SAVE));

        assertThatThrownBy(() -> a.write(id, "n", 2)).isInstanceOf(StoreException.class);

        assertThat(a.read(id, "n")).isEqualTo(2);
        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void theSameRequestMayTryAgainAfterAFailedSave() {
        String id = a.create(live -> set(live, "n", 1));
        LiveSession live = Objects.requireNonNull(a.enter(id));
        live.setAttribute("n", 2);
        a.faults.plan(Fault.failsBefore(Operation.SAVE));
        assertThatThrownBy(() -> a.sessions.commit(live)).isInstanceOf(StoreException.class);

        a.sessions.commit(live);
        a.sessions.leave(live);

        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void aCreationWhoseReplyWasLostCanBeCompletedInTheSameRequest() {
        LiveSession live = a.sessions.create();
        live.setAttribute("n", 1);
        a.faults.plan(Fault.replyLost(Operation.SAVE));
        assertThatThrownBy(() -> a.sessions.commit(live)).isInstanceOf(StoreException.class);
        live.setAttribute("n", 2);
        live.setAttribute("m", 3);

        a.sessions.commit(live);
        a.sessions.leave(live);

        assertThat(b.read(live.id(), "n")).isEqualTo(2);
        assertThat(b.read(live.id(), "m")).isEqualTo(3);
    }

    @Test
    void theCopyThatMergedWithOthersLoadsWhatTheyWrote() {
        String id = a.create(live -> set(live, "n", 1));
        LiveSession live = Objects.requireNonNull(a.enter(id));
        live.attribute("n");
        b.write(id, "other", "b");
        live.setAttribute("mine", "a");
        a.sessions.commit(live);
        a.sessions.leave(live);

        assertThat(a.read(id, "other")).isEqualTo("b");
        assertThat(b.read(id, "mine")).isEqualTo("a");
    }

    @Test
    void parallelRequestsOnTwoNodesLoseNothing() throws Exception {
        for (int round = 0; round < 20; round++) {
            String id = a.create(live -> null);
            List<Future<?>> requests = new ArrayList<>();
            for (int i = 0; i < 32; i++) {
                Node node = i % 2 == 0 ? a : b;
                String name = "a" + i;
                requests.add(node.async(() -> node.request(id, live -> set(live, name, "set"))));
            }
            for (Future<?> request : requests) {
                assertThat(Node.get(request)).as("its session was found").isNotNull();
            }
            assertThat(Objects.requireNonNull(a.request(id, LiveSession::attributeNames)))
                    .hasSize(32);
            assertThat(Objects.requireNonNull(b.request(id, LiveSession::attributeNames)))
                    .hasSize(32);
        }
    }

    @Test
    void requestsOfOneNodeShareSaves() throws Exception {
        String id = a.create(live -> null);
        Gate gate = a.faults.hold(Operation.SAVE);
        List<LiveSession> entered = new ArrayList<>();
        List<Future<?>> commits = new ArrayList<>();
        AtomicInteger started = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            entered.add(Objects.requireNonNull(a.enter(id)));
        }
        a.counts.forget();
        entered.get(0).setAttribute("first", "1");
        commits.add(a.async(() -> commit(a, entered.get(0), started)));
        gate.awaitArrivals(1);
        for (int i = 1; i < 10; i++) {
            LiveSession live = entered.get(i);
            live.setAttribute("a" + i, "1");
            commits.add(a.async(() -> commit(a, live, started)));
        }
        while (started.get() < 10) {
            Thread.onSpinWait();
        }
        gate.open();
        for (Future<?> commit : commits) {
            Node.get(commit);
        }
        entered.forEach(a.sessions::leave);

        assertThat(a.counts.count(Operation.SAVE)).isBetween(2, 9);
        assertThat(Objects.requireNonNull(b.request(id, LiveSession::attributeNames)))
                .hasSize(10);
    }

    @Test
    void theLastChangeOfEachRequestIsStoredWhenItIsAcknowledged() throws Exception {
        String id = a.create(live -> null);
        Map<String, Future<Integer>> last = new HashMap<>();
        for (int user = 0; user < 8; user++) {
            String name = "n" + user;
            Node node = user % 2 == 0 ? a : b;
            Node other = node == a ? b : a;
            last.put(name, node.async(() -> {
                for (int i = 1; i <= 100; i++) {
                    int n = i;
                    node.request(id, live -> set(live, name, n));
                    assertThat(other.read(id, name)).isEqualTo(n);
                }
                return 100;
            }));
        }
        for (Map.Entry<String, Future<Integer>> each : last.entrySet()) {
            assertThat(Node.get(each.getValue())).isEqualTo(100);
        }
        for (String name : last.keySet()) {
            assertThat(a.read(id, name)).isEqualTo(100);
            assertThat(b.read(id, name)).isEqualTo(100);
        }
    }

    @Test
    void aReferenceKeptOutsideRequestsSavesAtOnce() {
        LiveSession[] kept = new LiveSession[1];
        String id = a.create(live -> kept[0] = live);

        kept[0].setAttribute("late", "yes");

        assertThat(b.read(id, "late")).isEqualTo("yes");
    }

    @Test
    void aChangeFromOutsideThatComesAfterTheLastCommitOfARequestIsSavedWhenThatLeaves() {
        String id = a.create(live -> set(live, "n", 1));
        LiveSession live = Objects.requireNonNull(a.enter(id));
        a.sessions.commit(live);
        live.setAttribute("n", 2);
        a.sessions.leave(live);

        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void onlyTheIntervalChanged() {
        String id = a.create(live -> null);
        a.request(id, live -> {
            live.setMaxInactiveSeconds(7);
            return null;
        });

        assertThat(b.request(id, LiveSession::maxInactiveSeconds)).isEqualTo(7);
    }

    @Test
    void anIntervalThatThisNodeOnlyKnewDoesNotComeBack() {
        String id = a.create(live -> null);
        LiveSession live = Objects.requireNonNull(b.enter(id));
        a.request(id, session -> {
            session.setMaxInactiveSeconds(8 * 3600);
            return null;
        });
        live.setAttribute("x", "1");
        b.sessions.commit(live);
        b.sessions.leave(live);

        assertThat(a.request(id, LiveSession::maxInactiveSeconds)).isEqualTo(8 * 3600);
        assertThat(b.request(id, LiveSession::maxInactiveSeconds)).isEqualTo(8 * 3600);
    }

    private static Object commit(Node node, LiveSession live, AtomicInteger started) {
        started.incrementAndGet();
        node.sessions.commit(live);
        return live;
    }

    private static Object set(LiveSession live, String name, Object value) {
        live.setAttribute(name, value);
        return live;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> cart(LiveSession live) {
        return (List<Object>) Objects.requireNonNull(live.attribute("cart"));
    }
}
