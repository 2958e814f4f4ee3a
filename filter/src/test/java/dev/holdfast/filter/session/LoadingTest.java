package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Gate;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadingTest {

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
    void idsThatAreNotOursCostNoCall() {
        List<String> ids = List.of(
                "",
                "x",
                "a".repeat(26),
                "a".repeat(28),
                "a".repeat(26) + "b",
                "a".repeat(26) + " ",
                "../../../etc/passwd-aaaaaaa",
                "é".repeat(27),
                "a".repeat(26) + "\u0000",
                "a".repeat(100_000));
        for (String id : ids) {
            assertThat(a.knows(id)).isFalse();
        }
        assertThat(a.counts.calls()).isEmpty();
    }

    @Test
    void anUnknownIdIsNotAdoptedAndLeavesNothing() {
        String id = "a".repeat(26) + "A";

        assertThat(a.knows(id)).isFalse();

        assertThat(a.counts.calls()).hasSize(1);
        assertThat(a.sessions.cached(id)).isNull();
    }

    @Test
    void aStoreThatFailsIsNoAbsence() {
        String id = a.create(live -> null);
        a.faults.plan(Fault.failsBefore(Operation.LOAD));
        b.faults.plan(Fault.failsBefore(Operation.LOAD));

        assertThatThrownBy(() -> a.knows(id)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> b.knows(id)).isInstanceOf(StoreException.class);
        assertThat(a.knows(id)).isTrue();
        assertThat(b.knows(id)).isTrue();
    }

    @Test
    void aSessionWhoseStoredBytesAreDamagedCountsAsEnded() {
        String id = a.create(live -> null);
        a.faults.plan(Fault.failsBefore(Operation.LOAD).with(StoreException.Kind.CORRUPT));
        b.faults.plan(Fault.failsBefore(Operation.LOAD).with(StoreException.Kind.CORRUPT));

        assertThat(a.knows(id)).isFalse();
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void aRequestIsNotAnsweredFromALoadThatBeganBeforeIt() throws Exception {
        String id = a.create(live -> set(live, "n", 1));
        b.read(id, "n");
        Gate gate = new Gate();
        b.faults.plan(Fault.replyHeld(Operation.LOAD, gate));
        Future<Object> early = b.async(() -> b.read(id, "n"));
        gate.awaitArrivals(1);
        a.write(id, "n", 2);

        assertThat(b.read(id, "n")).isEqualTo(2);
        gate.open();
        Node.get(early);
        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void anAnswerThatWasOvertakenByALaterLoadChangesNothing() throws Exception {
        String id = a.create(live -> set(live, "n", 1));
        b.read(id, "n");
        a.write(id, "n", 2);
        Gate gate = new Gate();
        b.faults.plan(Fault.replyHeld(Operation.LOAD, gate));
        Future<Object> early = b.async(() -> b.read(id, "n"));
        gate.awaitArrivals(1);
        a.write(id, "n", 3);
        assertThat(b.read(id, "n")).isEqualTo(3);
        gate.open();
        Node.get(early);
        b.counts.forget();

        assertThat(b.read(id, "n")).isEqualTo(3);
        assertThat(b.counts.receivedBytes()).isZero();
    }

    @Test
    void anAnswerThatWasOvertakenByASaveDoesNotTakeItBack() throws Exception {
        String id = a.create(live -> set(live, "n", 1));
        b.read(id, "n");
        a.write(id, "m", 1);
        LiveSession live = Objects.requireNonNull(b.enter(id));
        a.write(id, "m", 2);
        Gate gate = new Gate();
        b.faults.plan(Fault.replyHeld(Operation.LOAD, gate));
        Future<Object> early = b.async(() -> b.read(id, "n"));
        gate.awaitArrivals(1);
        live.setAttribute("n", 5);
        b.sessions.commit(live);
        b.sessions.leave(live);
        gate.open();

        assertThat(Node.get(early)).isEqualTo(5);
        assertThat(b.read(id, "n")).isEqualTo(5);
        assertThat(b.read(id, "m")).isEqualTo(2);
    }

    @Test
    void aLoadThatOvertakesTheReplyOfASaveDoesNotHideWhatAnotherNodeWroteAfterIt() throws Exception {
        String id = a.create(live -> set(live, "n", 1));
        b.read(id, "n");
        Gate gate = new Gate();
        b.faults.plan(Fault.replyHeld(Operation.SAVE, gate));
        Future<Object> save = b.async(() -> {
            b.write(id, "n", 2);
            return id;
        });
        gate.awaitArrivals(1);
        a.write(id, "n", 3);
        LiveSession overtaking = Objects.requireNonNull(b.enter(id));
        gate.open();
        Node.get(save);
        b.sessions.leave(overtaking);

        assertThat(a.read(id, "n")).isEqualTo(3);
        assertThat(b.read(id, "n")).isEqualTo(3);
        b.counts.forget();
        assertThat(b.read(id, "n")).isEqualTo(3);
        assertThat(b.counts.receivedBytes()).isZero();
    }

    @Test
    void whatHasChangedIsPutTogetherWithWhatIsHere() {
        String id = a.create(live -> {
            live.setAttribute("large", "x".repeat(1000));
            live.setAttribute("n", "0");
            return true;
        });
        assertThat(b.read(id, "large")).isEqualTo("x".repeat(1000));
        for (int i = 1; i < 6; i++) {
            (i % 2 == 0 ? a : b).write(id, "n", "" + i);
            Node other = i % 2 == 0 ? b : a;
            assertThat(other.read(id, "n")).isEqualTo("" + i);
            assertThat(other.read(id, "large")).isEqualTo("x".repeat(1000));
        }
        assertThat(a.changes.told()).isEqualTo(3);
        a.write(id, "large", null);
        assertThat(b.read(id, "large")).isNull();
        assertThat(b.read(id, "n")).isEqualTo("5");
        assertThat(b.changes.told()).isEqualTo(2);
    }

    @Test
    void requestsThatArriveBeforeALoadShareIt() throws Exception {
        String id = a.create(live -> set(live, "n", 1));
        b.read(id, "n");
        b.time.advance(Duration.ofMillis(1));
        long arrived = b.time.nanos();
        b.time.advance(Duration.ofMillis(1));
        b.counts.forget();
        Gate gate = b.faults.hold(Operation.LOAD);
        List<Future<?>> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            requests.add(b.async(() -> {
                LiveSession live = Objects.requireNonNull(b.sessions.enter(id, arrived));
                b.sessions.leave(live);
                return null;
            }));
            if (i == 0) {
                gate.awaitArrivals(1);
            }
        }
        gate.open();
        for (Future<?> request : requests) {
            Node.get(request);
        }

        assertThat(b.counts.count(Operation.LOAD)).isEqualTo(1);
    }

    @Test
    void concurrentRequestsHaveTheSameObject() throws Exception {
        String id = a.create(live -> set(live, "n", 1));
        List<Future<LiveSession>> requests = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            requests.add(b.async(() -> b.enter(id)));
        }
        LiveSession first = Node.get(requests.get(0));
        for (Future<LiveSession> request : requests) {
            assertThat(Node.get(request)).isSameAs(first);
        }
        assertThat(first.view()).isSameAs(first.view());
    }

    @Test
    void pendingChangesWinOverLoadedValues() {
        String id = a.create(live -> set(live, "n", 1));
        LiveSession live = Objects.requireNonNull(b.enter(id));
        live.setAttribute("n", 10);
        a.write(id, "n", 2);
        LiveSession again = Objects.requireNonNull(b.enter(id));

        assertThat(again.attribute("n")).isEqualTo(10);
        b.sessions.commit(live);
        b.sessions.leave(live);
        b.sessions.leave(again);
        assertThat(a.read(id, "n")).isEqualTo(10);
    }

    @Test
    void whatWasChangedInPlaceAndNotSavedYetWinsToo() {
        String id = a.create(live -> set(live, "cart", new ArrayList<>(List.of(1))));
        LiveSession live = Objects.requireNonNull(b.enter(id));
        cart(live).add(2);
        a.request(id, session -> cart(session).add(99));
        LiveSession again = Objects.requireNonNull(b.enter(id));

        assertThat(again.attribute("cart")).isEqualTo(List.of(1, 2));
        b.sessions.commit(live);
        b.sessions.leave(live);
        b.sessions.leave(again);
        assertThat(a.read(id, "cart")).isEqualTo(List.of(1, 2));
    }

    @Test
    void aLongRequestDoesNotHideWhatAnotherNodeWrote() {
        String id = a.create(live -> set(live, "cart", new ArrayList<>(List.of(1))));
        LiveSession streaming = Objects.requireNonNull(b.enter(id));
        streaming.attribute("cart");
        a.request(id, session -> cart(session).add(2));

        assertThat(b.read(id, "cart")).isEqualTo(List.of(1, 2));
        b.sessions.leave(streaming);
    }

    @Test
    void anObjectThatALoadReplacedComesBackIfItsRequestChangesIt() {
        String id = a.create(live -> set(live, "cart", new ArrayList<>(List.of(1))));
        LiveSession live = Objects.requireNonNull(b.enter(id));
        List<Object> held = cart(live);
        a.request(id, session -> cart(session).add(2));
        b.read(id, "cart");

        held.add(77);
        b.sessions.commit(live);
        b.sessions.leave(live);

        assertThat(b.read(id, "cart")).isEqualTo(List.of(1, 77));
        assertThat(a.read(id, "cart")).isEqualTo(List.of(1, 77));
    }

    @Test
    void withoutComparisonAReplacedObjectThatWasOnlyReadDoesNotComeBack() {
        SessionRules setOnly = new SessionRules(
                "app", Node.POLICY, Node.MAX_INACTIVE, 1000, Duration.ofSeconds(60), true, false, false, 1 << 24);
        try (Node trusting = new Node(store.member(Node.context(time)), time, setOnly)) {
            String id = a.create(live -> set(live, "cart", new ArrayList<>(List.of(1))));
            LiveSession slow = Objects.requireNonNull(trusting.enter(id));
            cart(slow);
            a.write(id, "cart", new ArrayList<>(List.of(1, 2)));
            trusting.read(id, "cart");

            trusting.sessions.commit(slow);
            trusting.sessions.leave(slow);

            assertThat(a.read(id, "cart")).isEqualTo(List.of(1, 2));
        }
    }

    @Test
    void anAttributeThatCannotBeReadIsAbsentHereAndStaysInTheStore() {
        String id = a.create(live -> {
            live.setAttribute("good", "1");
            live.setAttribute("bad", new Fragile());
            return null;
        });

        assertThat(b.read(id, "bad")).isNull();
        assertThat(Objects.requireNonNull(b.request(id, LiveSession::attributeNames)))
                .containsExactly("good");
        b.write(id, "good", "2");
        assertThat(a.read(id, "bad")).isInstanceOf(Fragile.class);
        assertThat(a.read(id, "good")).isEqualTo("2");
    }

    @Test
    void aValueThatCannotTravelStaysHere() {
        Object local = new Object();
        String id = a.create(live -> set(live, "local", local));

        assertThat(a.read(id, "local")).isSameAs(local);
        assertThat(b.read(id, "local")).isNull();
        b.write(id, "other", "1");
        assertThat(a.read(id, "local")).isSameAs(local);
        assertThat(a.read(id, "other")).isEqualTo("1");
    }

    @Test
    void aValueThatTurnsOutNotToTravelStaysHereAndHidesTheOlderOne() {
        String id = a.create(live -> set(live, "x", "older"));
        List<Object> local = new ArrayList<>(List.of(new Object()));
        a.write(id, "x", local);

        assertThat(a.read(id, "x")).isSameAs(local);
        assertThat(b.read(id, "x")).isNull();
    }

    @Test
    void isNewUntilTheClientComesBackOnAnyNode() {
        String id = a.create(live -> {
            assertThat(live.isNew()).isTrue();
            return null;
        });

        assertThat(b.request(id, LiveSession::isNew)).isFalse();
        assertThat(a.request(id, LiveSession::isNew)).isFalse();
    }

    @Test
    void lastAccessedIsTheStartOfTheRequestBefore() {
        long created = time.wallMillis();
        String id = a.create(live -> null);
        time.advance(Duration.ofMinutes(2));
        long first = time.wallMillis();
        assertThat(a.request(id, LiveSession::lastAccessedMillis)).isEqualTo(created);
        time.advance(Duration.ofMinutes(2));
        assertThat(a.request(id, LiveSession::lastAccessedMillis)).isEqualTo(first);
        time.advance(Duration.ofMinutes(2));
        long second = time.wallMillis() - Duration.ofMinutes(2).toMillis();
        assertThat(b.request(id, LiveSession::lastAccessedMillis)).isEqualTo(second);
        assertThat(b.request(id, LiveSession::createdAtMillis)).isEqualTo(created);
    }

    @Test
    void lastAccessedIsTheStartOfTheRequestBeforeOnAnotherNode() {
        String id = a.create(live -> null);
        time.advance(Duration.ofSeconds(5));
        a.knows(id);
        time.advance(Duration.ofSeconds(5));
        long second = time.wallMillis();
        b.write(id, "x", "1");
        time.advance(Duration.ofSeconds(5));

        assertThat(a.request(id, LiveSession::lastAccessedMillis)).isEqualTo(second);
        time.advance(Duration.ofSeconds(5));
        long fourth = time.wallMillis();
        b.write(id, "x", "2");
        time.advance(Duration.ofSeconds(5));
        long arrived = time.nanos();
        a.sessions.noteAccess(id, arrived);
        LiveSession live = Objects.requireNonNull(a.sessions.enter(id, arrived));
        assertThat(live.lastAccessedMillis()).isEqualTo(fourth);
        a.sessions.leave(live);
    }

    @Test
    void notingAndEnteringAreOneAccess() {
        String id = a.create(live -> null);
        long created = time.wallMillis();
        time.advance(Duration.ofMinutes(2));
        long arrived = time.nanos();
        assertThat(a.sessions.noteAccess(id, arrived)).isTrue();
        LiveSession live = Objects.requireNonNull(a.sessions.enter(id, arrived));

        assertThat(live.lastAccessedMillis()).isEqualTo(created);
        a.sessions.leave(live);
    }

    @Test
    void theNearCacheIsBoundedAndNeverEvictsASessionInUse() {
        SessionRules small = new SessionRules(
                "app", Node.POLICY, Node.MAX_INACTIVE, 10, Duration.ofSeconds(60), true, true, false, 1 << 24);
        try (Node node = new Node(store.member(Node.context(time)), time, small)) {
            String id = node.create(live -> set(live, "n", 1));
            LiveSession inUse = Objects.requireNonNull(node.enter(id));
            for (int i = 0; i < 100; i++) {
                time.advance(Duration.ofMillis(1));
                node.create(live -> null);
            }

            assertThat(node.sessions.cached(id)).isSameAs(inUse);
            int cached = 0;
            for (LiveSession ignored : node.sessions.all()) {
                cached++;
            }
            assertThat(cached).isLessThanOrEqualTo(11);
            node.sessions.leave(inUse);
        }
    }

    /** Can be written, and read only where its maker is. */
    private static final class Fragile implements java.io.Serializable {
        private static final long serialVersionUID = 1;

        private Object readResolve() throws java.io.ObjectStreamException {
            throw new java.io.InvalidObjectException("this node lacks what it needs");
        }
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
