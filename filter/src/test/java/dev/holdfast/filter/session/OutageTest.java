package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.BehindLocalStore;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node that goes on while its store is away; the other one still reaches it. */
class OutageTest {

    private static final WriteRules LOCAL = new WriteRules(false, true, false, 100, 1 << 20);

    private final ManualTime time = new ManualTime();
    private final LocalStore store = Node.store(time);
    private final Node a = new Node(store, time, Node.rules().with(LOCAL));
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

    private boolean replay() {
        a.faults.heal();
        a.sessions.background().expire();
        return a.sessions.backlog().drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void usersGoOnAndAfterwardsTheStoreHasWhatTheyDid() {
        String id = a.create(live -> {
            live.setAttribute("n", 0);
            live.setAttribute("gone", 0);
            live.setAttribute("cart", new ArrayList<>(List.of("kelp")));
            return true;
        });
        a.faults.down();
        for (int i = 1; i <= 5; i++) {
            a.write(id, "n", i);
            assertThat(a.read(id, "n")).isEqualTo(i);
        }
        a.request(id, live -> {
            live.setAttribute("gone", null);
            live.setMaxInactiveSeconds(99);
            @SuppressWarnings("unchecked")
            List<String> cart = (List<String>) live.attribute("cart");
            return cart.add("rope");
        });
        assertThat(a.read(id, "gone")).isNull();
        assertThat(b.read(id, "n")).isEqualTo(0);

        assertThat(replay()).isTrue();

        assertThat(b.read(id, "n")).isEqualTo(5);
        assertThat(b.read(id, "gone")).isNull();
        assertThat(b.read(id, "cart")).isEqualTo(List.of("kelp", "rope"));
        assertThat((Integer) b.request(id, LiveSession::maxInactiveSeconds)).isEqualTo(99);
        assertThat(a.sessions.waitingSessions()).isZero();
        assertThat(a.sessions.writeCounts().replayed.sum()).isEqualTo(1);
        assertThat(a.sessions.writeCounts().conflicts.sum()).isZero();
    }

    @Test
    void theFirstRequestAfterTheOutageBringsItsSessionBackByItself() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        a.write(id, "n", 1);
        a.faults.heal();
        b.write(id, "other", 7);
        assertThat(a.read(id, "other")).isEqualTo(7);
        assertThat(b.read(id, "n")).isEqualTo(1);
    }

    @Test
    void whatSomebodyElseChangedMeanwhileIsNotOverwritten() {
        String id = a.create(live -> {
            live.setAttribute("x", 0);
            live.setAttribute("y", 0);
            live.setAttribute("z", 0);
            return true;
        });
        a.faults.down();
        a.request(id, live -> {
            live.setAttribute("x", 1);
            live.setAttribute("y", 1);
            live.setAttribute("z", null);
            live.setAttribute("new", 1);
            return true;
        });
        b.write(id, "y", 2);
        b.write(id, "z", 2);
        b.write(id, "new", 2);
        assertThat(replay()).isTrue();
        for (Node node : List.of(a, b)) {
            assertThat(node.read(id, "x")).isEqualTo(1);
            assertThat(node.read(id, "y")).isEqualTo(2);
            assertThat(node.read(id, "z")).isEqualTo(2);
            assertThat(node.read(id, "new")).isEqualTo(2);
        }
        assertThat(a.sessions.writeCounts().conflicts.sum()).isEqualTo(3);
    }

    @Test
    void aCommitThatMeetsTheStoreAgainBringsWhatWaitedFirst() {
        String id = a.create(live -> {
            live.setAttribute("x", 0);
            live.setAttribute("y", 0);
            return true;
        });
        a.faults.down();
        a.write(id, "y", 1);
        b.write(id, "y", 2);
        a.request(id, live -> {
            a.faults.heal();
            live.setAttribute("x", 1);
            return true;
        });
        assertThat(b.read(id, "x")).isEqualTo(1);
        assertThat(b.read(id, "y")).isEqualTo(2);
        assertThat(a.sessions.waitingSessions()).isZero();
    }

    @Test
    void aSaveWithoutAnAnswerIsOursThoughItArrived() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.plan(Fault.replyLost(Operation.SAVE));
        a.write(id, "n", 1);
        assertThat(b.read(id, "n")).isEqualTo(1);
        a.faults.down();
        a.write(id, "n", 2);
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(2);
        assertThat(a.sessions.writeCounts().conflicts.sum()).isZero();
    }

    @Test
    void whatASaveWithoutAnAnswerAddedCanBeRemoved() {
        String id = a.create(live -> true);
        a.faults.plan(Fault.replyLost(Operation.SAVE));
        a.write(id, "n", 1);
        a.faults.down();
        a.request(id, live -> set(live, "n", null));
        assertThat(a.read(id, "n")).isNull();
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isNull();
        assertThat(a.read(id, "n")).isNull();
    }

    @Test
    void whatASaveWithoutAnAnswerRemovedCanBeSetAgain() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.plan(Fault.replyLost(Operation.SAVE));
        a.request(id, live -> set(live, "n", null));
        a.faults.down();
        a.write(id, "n", 0);
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(0);
        assertThat(a.read(id, "n")).isEqualTo(0);
    }

    @Test
    void aReplayWhoseAnswerIsLostIsDoneAgain() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        a.write(id, "n", 1);
        a.faults.heal().plan(Fault.replyLost(Operation.SAVE));
        assertThat(a.sessions.backlog().drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(30)))
                .isFalse();
        a.faults.down();
        a.write(id, "n", 2);
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(2);
        assertThat(a.sessions.writeCounts().conflicts.sum()).isZero();
    }

    @Test
    void aLogoutElsewhereWins() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        a.write(id, "n", 1);
        b.request(id, live -> {
            live.invalidate();
            return true;
        });
        assertThat(replay()).isTrue();
        assertThat(b.knows(id)).isFalse();
        assertThat(a.knows(id)).isFalse();
        assertThat(a.sessions.writeCounts().superseded.sum()).isEqualTo(1);
        assertThat(a.sessions.waitingSessions()).isZero();
    }

    @Test
    void whoOnlyKnewTheOldIdWritesNothingIntoTheSessionUnderItsNewOne() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        a.write(id, "n", 1);
        String newId = b.request(id, live -> b.sessions.changeId(live, id));
        assertThat(replay()).isTrue();
        assertThat(b.read(newId, "n")).isEqualTo(0);
        assertThat(a.knows(id)).isFalse();
        assertThat(a.sessions.writeCounts().superseded.sum()).isEqualTo(1);
    }

    @Test
    void aSessionThatBeginsMeanwhileIsStoredLater() {
        a.faults.down();
        String id = a.create(live -> set(live, "n", 0));
        a.write(id, "n", 1);
        String renamed = a.request(id, live -> a.sessions.changeId(live, id));
        a.write(renamed, "n", 2);
        assertThat(a.knows(id)).isFalse();
        assertThat(replay()).isTrue();
        assertThat(b.read(renamed, "n")).isEqualTo(2);
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void aSessionWhoseCreationWasNotAnsweredIsGoneOnWith() {
        a.faults.plan(Fault.replyLost(Operation.SAVE));
        String id = a.create(live -> {
            live.setAttribute("n", 0);
            live.setAttribute("m", 0);
            return true;
        });
        a.faults.down();
        a.write(id, "n", 1);
        b.write(id, "m", 5);
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(1);
        assertThat(b.read(id, "m")).isEqualTo(5);
    }

    @Test
    void aSessionThatBeganInALongOutageIsStoredThoughItsCreationWasTried() {
        a.faults.down();
        String id = a.create(live -> {
            live.setMaxInactiveSeconds(0);
            return set(live, "n", 0);
        });
        time.advance(Node.POLICY.tombstoneLife().multipliedBy(2));
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(0);
    }

    @Test
    void aSessionThatBeganMeanwhileAndGotANewIdLeavesNoneUnderItsOld() {
        a.faults.plan(Fault.replyLost(Operation.SAVE));
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        String renamed = a.request(id, live -> a.sessions.changeId(live, id));
        assertThat(replay()).isTrue();
        assertThat(b.knows(id)).isFalse();
        assertThat(b.read(renamed, "n")).isEqualTo(0);
    }

    @Test
    void aSessionThatBeginsAndEndsMeanwhileNeverGetsThere() {
        a.faults.down();
        String id = a.create(live -> set(live, "user", "ada"));
        a.request(id, live -> {
            live.invalidate();
            return true;
        });
        a.faults.heal();
        a.counts.forget();
        assertThat(replay()).isTrue();
        assertThat(a.counts.count(Operation.SAVE)).isZero();
        assertThat(a.events.of("destroyed")).containsExactly("destroyed ada");
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void aSessionThatBeganMeanwhileExpiresHere() {
        a.faults.down();
        String id = a.create(live -> set(live, "user", "ada"));
        String idle = a.create(live -> set(live, "user", "grace"));
        time.advance(Node.MAX_INACTIVE);
        assertThat(a.knows(id)).isFalse();
        assertThat(a.events.of("destroyed")).containsExactly("destroyed ada");
        a.sessions.background().expire();
        assertThat(a.events.of("destroyed")).containsExactly("destroyed ada", "destroyed grace");
        assertThat(replay()).isTrue();
        assertThat(b.knows(id)).isFalse();
        assertThat(b.knows(idle)).isFalse();
        assertThat(a.sessions.waitingSessions()).isZero();
    }

    @Test
    void whoLogsOutMeanwhileIsLoggedOutHereAtOnceAndElsewhereAfterwards() {
        String id = a.create(live -> set(live, "user", "ada"));
        a.faults.down();
        a.request(id, live -> {
            live.invalidate();
            assertThat(live.isValid()).isFalse();
            return true;
        });
        assertThat(a.events.of("destroyed")).containsExactly("destroyed ada");
        assertThat(a.knows(id)).as("not even as unavailable").isFalse();
        assertThat(b.knows(id)).as("another node knows nothing of it yet").isTrue();
        a.faults.heal();
        assertThat(a.knows(id)).as("the store still has it").isFalse();
        assertThat(replay()).isTrue();
        assertThat(b.knows(id)).isFalse();
        assertThat(a.knows(id)).isFalse();
        assertThat(a.events.of("destroyed")).hasSize(1);
        assertThat(a.sessions.writeCounts().endsKept.sum()).isEqualTo(1);
    }

    @Test
    void whoLogsOutHereIsLoggedOutOfTheSessionThatGotANewIdElsewhere() {
        String id = a.create(live -> set(live, "user", "ada"));
        a.faults.down();
        a.request(id, live -> {
            live.invalidate();
            return true;
        });
        String newId = b.request(id, live -> b.sessions.changeId(live, id));
        assertThat(replay()).isTrue();
        assertThat(replay()).isTrue();
        assertThat(b.knows(newId)).isFalse();
    }

    @Test
    void aSessionThatIsNotHereCannotBeServed() {
        String id = b.create(live -> set(live, "n", 0));
        a.faults.down();
        assertThatThrownBy(() -> a.read(id, "n")).isInstanceOf(StoreException.class);
        a.faults.heal();
        assertThat(a.read(id, "n")).isEqualTo(0);
    }

    @Test
    void aSessionPastItsIdleLimitIsNotServedFromHere() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        time.advance(Node.MAX_INACTIVE);
        assertThatThrownBy(() -> a.read(id, "n")).isInstanceOf(StoreException.class);
    }

    @Test
    void theIdOfASessionThatTheStoreHasCannotBeChangedMeanwhile() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        a.write(id, "n", 1);
        assertThatThrownBy(() -> a.request(id, live -> a.sessions.changeId(live, id)))
                .isInstanceOf(StoreException.class);
        assertThat(a.read(id, "n")).isEqualTo(1);
        assertThat(replay()).isTrue();
        String newId = a.request(id, live -> a.sessions.changeId(live, id));
        assertThat(b.read(newId, "n")).isEqualTo(1);
    }

    @Test
    void whatFindsNoRoomIsNotAcknowledged() {
        Node small = new Node(
                store.member(Node.context(time)),
                time,
                Node.rules().with(new WriteRules(false, true, false, 2, 1 << 20)));
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(small.create(live -> set(live, "n", 0)));
        }
        small.faults.down();
        small.write(ids.get(0), "n", 1);
        small.write(ids.get(1), "n", 1);
        assertThatThrownBy(() -> small.write(ids.get(2), "n", 1))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("2 sessions wait");
        small.write(ids.get(0), "n", 2);
        small.faults.heal();
        assertThat(small.read(ids.get(2), "n")).isEqualTo(0);
        assertThat(small.read(ids.get(0), "n")).isEqualTo(2);
        assertThat(small.read(ids.get(1), "n")).isEqualTo(1);
        assertThat(b.read(ids.get(0), "n")).isEqualTo(2);
        small.close();
    }

    @Test
    void aSessionThatTheStoreLostMeanwhileIsWrittenAgainIfItWasConfirmedNotLongAgo() {
        String id = a.create(live -> {
            live.setAttribute("n", 0);
            live.setAttribute("m", 0);
            return true;
        });
        a.faults.down();
        a.write(id, "n", 1);
        BehindLocalStore.forget(store, new SessionKey("app", id));
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(1);
        assertThat(b.read(id, "m")).isEqualTo(0);
    }

    @Test
    void aSessionThatTheStoreLostDuringALongOutageIsNotWrittenAgain() {
        String id = a.create(live -> {
            live.setMaxInactiveSeconds(0);
            return set(live, "n", 0);
        });
        a.faults.down();
        a.write(id, "n", 1);
        time.advance(Node.POLICY.tombstoneLife().plusSeconds(1));
        a.write(id, "n", 2);
        BehindLocalStore.forget(store, new SessionKey("app", id));
        assertThat(replay()).isTrue();
        assertThat(b.knows(id)).isFalse();
        assertThat(a.knows(id)).isFalse();
    }

    @Test
    void aLongOutageLosesNothingThatTheStoreStillHas() {
        String id = a.create(live -> {
            live.setMaxInactiveSeconds(0);
            return set(live, "n", 0);
        });
        a.faults.down();
        a.write(id, "n", 1);
        time.advance(Duration.ofDays(3));
        a.write(id, "n", 2);
        assertThat(replay()).isTrue();
        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void whoeverIsServedByOneNodeAtATimeIsNotServedWithAnOldCopy() {
        Node sticky = new Node(
                store.member(Node.context(time)),
                time,
                Node.rules().with(new WriteRules(false, true, true, 100, 1 << 20)));
        String id = sticky.create(live -> set(live, "n", 0));
        b.write(id, "n", 1);
        sticky.faults.down();
        assertThatThrownBy(() -> sticky.read(id, "n")).isInstanceOf(StoreException.class);
        time.advance(Duration.ofSeconds(1));
        LiveSession settled = Objects.requireNonNull(sticky.sessions.enterSettled(id, time.nanos()));
        assertThat(settled.attribute("n")).isEqualTo(0);
        sticky.sessions.leave(settled);
        sticky.close();
    }

    @Test
    void accessesDuringTheOutageKeepTheSessionAlive() {
        String id = a.create(live -> set(live, "n", 0));
        a.faults.down();
        for (int i = 0; i < 10; i++) {
            time.advance(Node.MAX_INACTIVE.dividedBy(2));
            a.write(id, "n", i);
        }
        assertThat(a.read(id, "n")).isEqualTo(9);
    }
}
