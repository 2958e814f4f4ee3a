package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Gate;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IdChangeTest {

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
    void theOldIdIsDeadOnEveryNodeAndTheAttributesStay() {
        String old = a.create(live -> set(live, "user", "ada"));
        b.read(old, "user");
        String id = changeId(a, old);

        assertThat(id).isNotEqualTo(old);
        assertThat(a.knows(old)).isFalse();
        assertThat(b.knows(old)).isFalse();
        assertThat(a.read(id, "user")).isEqualTo("ada");
        assertThat(b.read(id, "user")).isEqualTo("ada");
        assertThat(a.events.of("idChanged")).hasSize(1);
        assertThat(a.events.of("destroyed")).isEmpty();
    }

    @Test
    void unsavedChangesGoAlong() {
        String old = a.create(live -> null);
        AtomicReference<String> id = new AtomicReference<>();
        a.request(old, live -> {
            live.setAttribute("before", "1");
            id.set(a.sessions.changeId(live, live.id()));
            live.setAttribute("after", "2");
            return null;
        });

        assertThat(b.read(id.get(), "before")).isEqualTo("1");
        assertThat(b.read(id.get(), "after")).isEqualTo("2");
    }

    @Test
    void anUnsavedSessionChangesItsIdWithoutACall() {
        String id = a.create(live -> {
            String first = live.id();
            a.sessions.changeId(live, live.id());
            assertThat(live.id()).isNotEqualTo(first);
            return null;
        });

        assertThat(a.counts.calls()).hasSize(1);
        assertThat(b.knows(id)).isTrue();
    }

    @Test
    void aWriteOfARequestThatLoadedTheSessionBeforeGoesToItsSuccessor() {
        String old = a.create(live -> null);
        LiveSession parallel = Objects.requireNonNull(b.enter(old));
        String id = changeId(a, old);

        parallel.setAttribute("ajax", "kept");
        b.sessions.commit(parallel);
        b.sessions.leave(parallel);

        assertThat(a.read(id, "ajax")).isEqualTo("kept");
        assertThat(b.knows(old)).isFalse();
    }

    @Test
    void anotherRequestThatFindsTheOldIdDeadDoesNotTakeThatWriteAway() {
        String old = a.create(live -> null);
        LiveSession parallel = Objects.requireNonNull(b.enter(old));
        parallel.setAttribute("ajax", "kept");
        String id = changeId(a, old);
        assertThat(b.knows(old)).isFalse();

        b.sessions.commit(parallel);
        b.sessions.leave(parallel);

        assertThat(a.read(id, "ajax")).isEqualTo("kept");
        assertThat(b.read(id, "ajax")).isEqualTo("kept");
    }

    @Test
    void aWriteBetweenCopyAndRemovalIsCopiedToo() throws Exception {
        String old = a.create(live -> {
            live.setAttribute("n", 1);
            live.setAttribute("gone", "x");
            return null;
        });
        Gate gate = a.faults.hold(Operation.REMOVE);
        Future<String> change = a.async(() -> changeId(a, old));
        gate.awaitArrivals(1);
        b.request(old, live -> {
            live.setAttribute("n", 2);
            live.setAttribute("gone", null);
            live.setAttribute("more", "y");
            return null;
        });
        gate.open();
        String id = Node.get(change);

        for (Node node : List.of(a, b)) {
            assertThat(node.read(id, "n")).isEqualTo(2);
            assertThat(node.read(id, "gone")).isNull();
            assertThat(node.read(id, "more")).isEqualTo("y");
            assertThat(node.knows(old)).isFalse();
        }
    }

    @Test
    void theSecondOfTwoClicksAdoptsTheIdOfTheFirst() {
        String old = a.create(live -> set(live, "user", "ada"));
        LiveSession onA = Objects.requireNonNull(a.enter(old));
        LiveSession onB = Objects.requireNonNull(b.enter(old));
        String first = a.sessions.changeId(onA, old);
        String second = b.sessions.changeId(onB, old);
        a.sessions.leave(onA);
        b.sessions.leave(onB);

        assertThat(second).isEqualTo(first);
        assertThat(b.read(second, "user")).isEqualTo("ada");
        assertThat(a.read(second, "user")).isEqualTo("ada");
    }

    @Test
    void twoClicksOnOneNodeGetTheSameId() {
        String old = a.create(live -> set(live, "user", "ada"));
        LiveSession one = Objects.requireNonNull(a.enter(old));
        LiveSession two = Objects.requireNonNull(a.enter(old));
        String first = a.sessions.changeId(one, old);
        String second = a.sessions.changeId(two, old);
        a.sessions.leave(one);
        a.sessions.leave(two);

        assertThat(second).isEqualTo(first);
        assertThat(a.events.of("idChanged")).hasSize(1);
        assertThat(b.read(second, "user")).isEqualTo("ada");
    }

    @Test
    void aSecondClickWhoseSaveLearnsOfTheFirstAdoptsItsId() {
        String old = a.create(live -> set(live, "user", "ada"));
        LiveSession parallel = Objects.requireNonNull(b.enter(old));
        parallel.setAttribute("n", 1);
        String first = changeId(a, old);
        b.sessions.commit(parallel);

        assertThat(b.sessions.changeId(parallel, old)).isEqualTo(first);
        b.sessions.leave(parallel);
        assertThat(a.read(first, "n")).isEqualTo(1);
    }

    @Test
    void aLostReplyToTheRemovalLogsNobodyOut() {
        String old = a.create(live -> set(live, "user", "ada"));
        a.faults.plan(Fault.replyLost(Operation.REMOVE));

        String id = changeId(a, old);

        assertThat(b.read(id, "user")).isEqualTo("ada");
        assertThat(b.knows(old)).isFalse();
    }

    @Test
    void aChangeThatTheStoreRefusedLeavesTheOldSession() {
        String old = a.create(live -> set(live, "user", "ada"));
        a.faults.plan(Fault.failsBefore(Operation.SAVE));
        assertThatThrownBy(() -> changeId(a, old)).isInstanceOf(StoreException.class);
        a.faults.plan(Fault.failsBefore(Operation.REMOVE).times(2));
        assertThatThrownBy(() -> changeId(a, old)).isInstanceOf(StoreException.class);

        assertThat(a.read(old, "user")).isEqualTo("ada");
        assertThat(b.read(old, "user")).isEqualTo("ada");
    }

    @Test
    void aSessionThatEndedElsewhereCannotChangeItsId() {
        String old = a.create(live -> null);
        LiveSession live = Objects.requireNonNull(a.enter(old));
        b.request(old, other -> {
            other.invalidate();
            return null;
        });

        assertThatThrownBy(() -> a.sessions.changeId(live, live.id())).isInstanceOf(IllegalStateException.class);
        a.sessions.leave(live);
    }

    @Test
    void whoLogsOutWhileTheIdChangesElsewhereIsLoggedOutThereToo() {
        String old = a.create(live -> set(live, "user", "ada"));
        LiveSession leaving = Objects.requireNonNull(b.enter(old));
        String id = changeId(a, old);
        leaving.invalidate();
        b.sessions.leave(leaving);

        assertThat(a.knows(id)).isFalse();
        assertThat(b.events.of("destroyed")).hasSize(1);
    }

    @Test
    void noWriteIsLostWhileIdsChangeAllTheTime() throws Exception {
        String[] current = {a.create(live -> null)};
        AtomicBoolean done = new AtomicBoolean();
        List<Future<List<String>>> writers = new ArrayList<>();
        for (int w = 0; w < 4; w++) {
            Node node = w % 2 == 0 ? a : b;
            int writer = w;
            writers.add(node.async(() -> {
                List<String> acknowledged = new ArrayList<>();
                for (int i = 0; !done.get(); i++) {
                    String name = "w" + writer + "." + i % 20;
                    String value = "v" + i;
                    String id;
                    synchronized (current) {
                        id = current[0];
                    }
                    Boolean written = null;
                    try {
                        written = node.request(id, live -> {
                            live.setAttribute(name, value);
                            return live.isValid();
                        });
                    } catch (StoreException e) {
                        // One that gets little of the processor may meet a new id each time that it looks: refused
                        // then.
                        assertThat(e).hasMessageContaining("another state of its session");
                    }
                    if (written != null) {
                        acknowledged.removeIf(entry -> entry.startsWith(name + "="));
                        acknowledged.add(name + "=" + value);
                    }
                }
                return acknowledged;
            }));
        }
        for (int i = 0; i < 50; i++) {
            Node node = i % 2 == 0 ? a : b;
            String id = changeIdAgainstWriters(node, current[0]);
            synchronized (current) {
                current[0] = id;
            }
        }
        done.set(true);
        for (Future<List<String>> writer : writers) {
            for (String entry : Node.get(writer)) {
                String name = entry.substring(0, entry.indexOf('='));
                assertThat(a.read(current[0], name)).isEqualTo(entry.substring(entry.indexOf('=') + 1));
            }
        }
    }

    /** Writers without a pause can outrun a change for ever; it is refused then, with nothing lost, and asked for again. */
    private static String changeIdAgainstWriters(Node node, String id) {
        while (true) {
            try {
                return changeId(node, id);
            } catch (StoreException e) {
                assertThat(e).hasMessageContaining("other nodes wrote to the session");
            }
        }
    }

    private static String changeId(Node node, String id) {
        return Objects.requireNonNull(node.request(id, live -> node.sessions.changeId(live, id)));
    }

    private static Object set(LiveSession live, String name, Object value) {
        live.setAttribute(name, value);
        return live;
    }
}
