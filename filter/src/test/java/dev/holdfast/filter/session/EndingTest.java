package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.BehindLocalStore;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Gate;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EndingTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime storeTime = new ManualTime();
    private final LocalStore store = Node.store(storeTime);
    private final ManualTime timeA = new ManualTime();
    private final ManualTime timeB = new ManualTime();
    private final Node a = new Node(store, timeA);
    private final Node b = new Node(store.member(Node.context(timeB)), timeB);

    @AfterEach
    void close() {
        a.close();
        b.close();
    }

    @Test
    void invalidationTellsTheListenersOnceWithTheDataReadable() {
        String id = a.create(live -> set(live, "user", "ada"));
        b.read(id, "user");
        a.request(id, live -> {
            live.invalidate();
            assertThat(live.isValid()).isFalse();
            assertThatThrownBy(() -> live.attribute("user")).isInstanceOf(IllegalStateException.class);
            assertThat(live.id()).isEqualTo(id);
            return null;
        });

        assertThat(a.events.all).containsSubsequence("destroyed ada", "unbound user visible=false", "removed user");
        assertThat(a.knows(id)).isFalse();
        assertThat(b.knows(id)).isFalse();
        assertThat(b.events.of("destroyed")).isEmpty();
    }

    @Test
    void theListenersSeeWhatOtherNodesWroteLast() {
        String id = a.create(live -> set(live, "user", "ada"));
        LiveSession live = Objects.requireNonNull(a.enter(id));
        b.write(id, "user", "grace");
        live.invalidate();
        a.sessions.leave(live);

        assertThat(a.events.of("destroyed")).containsExactly("destroyed grace");
    }

    @Test
    void aSessionThatWasNeverSavedEndsWithoutACall() {
        LiveSession live = a.sessions.create();
        live.setAttribute("user", "ada");
        live.invalidate();
        a.sessions.commit(live);
        a.sessions.leave(live);

        assertThat(a.counts.calls()).isEmpty();
        assertThat(a.events.of("destroyed")).hasSize(1);
    }

    @Test
    void aLateSaveDoesNotBringBackWhoLoggedOut() {
        String id = a.create(live -> set(live, "user", "ada"));
        LiveSession late = Objects.requireNonNull(b.enter(id));
        a.request(id, live -> {
            live.invalidate();
            return null;
        });

        late.setAttribute("report", "done");
        b.sessions.commit(late);

        assertThat(late.isValid()).isFalse();
        b.sessions.leave(late);
        assertThat(a.knows(id)).isFalse();
        assertThat(b.knows(id)).isFalse();
        assertThat(a.events.of("destroyed")).hasSize(1);
        assertThat(b.events.of("destroyed")).isEmpty();
    }

    @Test
    void aLostReplyLosesNoEventAndDoublesNone() {
        String id = a.create(live -> set(live, "user", "ada"));
        a.faults.plan(Fault.replyLost(Operation.REMOVE));
        a.request(id, live -> {
            live.invalidate();
            return null;
        });

        assertThat(a.events.of("destroyed")).hasSize(1);
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void aLogoutThatTheStoreDidNotAnswerIsRepeatedUntilItDoes() {
        String id = a.create(live -> set(live, "user", "ada"));
        LiveSession live = Objects.requireNonNull(a.enter(id));
        a.faults.plan(Fault.failsBefore(Operation.REMOVE).times(2));
        assertThatThrownBy(live::invalidate).isInstanceOf(StoreException.class);
        a.sessions.leave(live);

        a.sessions.background().expire();

        assertThat(b.knows(id)).isFalse();
        assertThat(a.events.of("destroyed")).containsExactly("destroyed ada");
    }

    @Test
    void aFailedLogoutThatTheApplicationHidesIsNotAcknowledged() {
        String id = a.create(live -> set(live, "user", "ada"));
        LiveSession live = Objects.requireNonNull(a.enter(id));
        a.faults.plan(Fault.failsBefore(Operation.REMOVE).times(4));
        assertThatThrownBy(live::invalidate).isInstanceOf(StoreException.class);
        assertThat(live.mayNeedCommit()).isTrue();
        assertThatThrownBy(() -> a.sessions.commit(live)).isInstanceOf(StoreException.class);

        a.sessions.commit(live);
        a.sessions.leave(live);

        assertThat(a.knows(id)).isFalse();
        assertThat(a.events.of("destroyed")).hasSize(1);
        a.sessions.background().expire();
        assertThat(a.events.of("destroyed")).hasSize(1);
    }

    @Test
    void aRequestThatFindsASessionRemovedDoesNotTakeItFromWhoIsEndingIt() throws Exception {
        String id = a.create(live -> set(live, "user", "ada"));
        LiveSession kept = Objects.requireNonNull(a.enter(id));
        a.sessions.leave(kept);
        Gate gate = new Gate();
        a.faults.plan(Fault.replyHeld(Operation.REMOVE, gate));
        Future<Object> logout = a.async(() -> {
            kept.invalidate();
            return id;
        });
        gate.awaitArrivals(1);
        assertThat(a.knows(id)).isFalse();
        gate.open();
        Node.get(logout);

        assertThat(a.events.of("destroyed")).containsExactly("destroyed ada");
    }

    @Test
    void whileTheListenersOfTheEndRunTheSessionStaysReadableToThem() {
        String id = a.create(live -> set(live, "user", "ada"));
        LiveSession kept = Objects.requireNonNull(a.enter(id));
        a.events.onDestroyed = session -> {
            a.sessions.ended(kept); // as a save does that learns of the removal meanwhile
            a.events.all.add("user was " + session.getAttribute("user"));
        };
        kept.invalidate();
        a.sessions.leave(kept);

        assertThat(a.events.of("user was")).containsExactly("user was ada");
        assertThat(kept.isValid()).isFalse();
    }

    @Test
    void ofRequestsThatComeTogetherNoneRevivesASessionPastItsIdleLimit() throws Exception {
        String id = a.create(live -> maxInactive(live, 10));
        advance(SECOND.multipliedBy(10).plusMillis(10));
        Gate gate = new Gate();
        a.faults.plan(Fault.held(Operation.CLAIM, gate));
        Future<Boolean> first = a.async(() -> a.knows(id));
        gate.awaitArrivals(1);

        assertThat(a.knows(id)).isFalse();
        gate.open();
        assertThat(Node.get(first)).isFalse();
        assertThat(a.events.of("destroyed")).hasSize(1);
    }

    @Test
    void theNodeOfTheLastAccessEndsASessionExactlyAtItsIdleLimit() {
        String id = a.create(live -> maxInactive(live, 10));
        advance(SECOND.multipliedBy(10).minusMillis(10));
        assertThat(a.knows(id)).isTrue();
        advance(SECOND.multipliedBy(10).plusMillis(10));

        assertThat(a.knows(id)).isFalse();
        assertThat(a.events.of("destroyed")).hasSize(1);
    }

    @Test
    void aRequestAfterTheIdleLimitDoesNotReviveTheSessionByCarryingItsId() {
        String id = a.create(live -> maxInactive(live, 10));
        advance(SECOND.multipliedBy(10).plusMillis(10));
        long arrived = timeA.nanos();
        a.sessions.noteAccess(id, arrived);

        assertThat(a.sessions.enter(id, arrived)).isNull();
        assertThat(a.events.of("destroyed")).hasSize(1);
    }

    @Test
    void itsTimerEndsItWithoutARequest() {
        String id = a.create(live -> maxInactive(live, 10));
        advance(SECOND.multipliedBy(10).plusMillis(10));
        b.sessions.background().expire();
        assertThat(b.events.of("destroyed")).isEmpty();
        a.sessions.background().expire();

        assertThat(a.events.of("destroyed")).hasSize(1);
        assertThat(b.knows(id)).isFalse();
        assertThat(a.events.of("unbound")).isEmpty();
    }

    @Test
    void anotherNodeEndsItWhenItIsClaimable() {
        String id = a.create(live -> {
            live.setAttribute("user", "ada");
            return maxInactive(live, 10);
        });
        // grace: 2 × 1 s + 2 s
        advance(Duration.ofMillis(13_900));
        b.sessions.background().expire();
        assertThat(b.events.of("destroyed")).isEmpty();
        advance(Duration.ofMillis(200));
        b.sessions.background().expire();
        a.sessions.background().expire();

        assertThat(b.events.of("destroyed")).containsExactly("destroyed ada");
        assertThat(a.events.of("destroyed")).isEmpty();
        assertThat(a.knows(id)).isFalse();
    }

    @Test
    void anAccessOnAnotherNodeKeepsItAlive() {
        String id = a.create(live -> maxInactive(live, 10));
        advance(SECOND.multipliedBy(6));
        assertThat(b.knows(id)).isTrue();
        advance(SECOND.multipliedBy(6));
        a.sessions.background().expire();

        assertThat(a.events.of("destroyed")).isEmpty();
        assertThat(a.knows(id)).isTrue();
    }

    @Test
    void anAccessTooYoungForTheLoadReachesTheStoreWithinAnInterval() {
        String id = a.create(live -> maxInactive(live, 10));
        advance(Duration.ofMillis(500));
        assertThat(b.knows(id)).isTrue(); // younger than the interval of 1 s: only noted
        advance(Duration.ofMillis(600));
        b.sessions.background().touch(false);
        advance(Duration.ofMillis(9_000)); // 10.1 s after the creation, 9.6 s after the access

        a.sessions.background().expire();

        assertThat(a.events.of("destroyed")).isEmpty();
        assertThat(a.knows(id)).isTrue();
        assertThat(b.counts.count(Operation.TOUCH)).isEqualTo(1);
    }

    @Test
    void touchesCostAtMostOneCommandPerSessionAndInterval() {
        String id = a.create(live -> null);
        for (int i = 0; i < 100; i++) {
            advance(SECOND);
            a.sessions.noteAccess(id, timeA.nanos());
            a.sessions.background().touch(false);
        }

        assertThat(a.counts.count(Operation.TOUCH)).isEqualTo(1);
        assertThat(a.counts.count(Operation.LOAD)).isZero();
    }

    @Test
    void aSessionThatNobodyUsesIsTouchedNoMore() {
        timeA.passWithEachLook(Duration.ofNanos(1_000));
        String id = a.create(live -> null);
        a.sessions.noteAccess(id, timeA.nanos());
        for (int i = 0; i < 10; i++) {
            advance(Duration.ofSeconds(61));
            a.sessions.background().touch(false);
        }

        assertThat(a.counts.count(Operation.TOUCH)).isEqualTo(1);
    }

    @Test
    void aReadThatIsDueCarriesItsAccessItself() {
        String id = a.create(live -> null);
        for (int i = 0; i < 10; i++) {
            advance(Duration.ofSeconds(61));
            a.knows(id);
            a.sessions.background().touch(false);
        }

        assertThat(a.counts.count(Operation.TOUCH)).isZero();
        assertThat(a.counts.count(Operation.LOAD)).isEqualTo(10);
    }

    @Test
    void aSessionInUseDoesNotExpireOnAnyNode() {
        String id = a.create(live -> maxInactive(live, 10));
        LiveSession inUse = Objects.requireNonNull(a.enter(id));
        for (int i = 0; i < 60; i++) {
            advance(SECOND);
            a.sessions.background().touch(false);
            a.sessions.background().expire();
            b.sessions.background().expire();
        }
        assertThat(inUse.isValid()).isTrue();
        a.sessions.leave(inUse);

        assertThat(a.events.of("destroyed")).isEmpty();
        assertThat(b.events.of("destroyed")).isEmpty();
        assertThat(b.knows(id)).isTrue();
    }

    @Test
    void aSessionThatNeverExpiresDoesNot() {
        String never = a.create(live -> maxInactive(live, 0));
        String negative = a.create(live -> maxInactive(live, -1));
        advance(Duration.ofDays(400));
        a.sessions.background().expire();
        b.sessions.background().expire();

        assertThat(a.knows(never)).isTrue();
        assertThat(b.knows(negative)).isTrue();
        b.request(negative, live -> {
            live.invalidate();
            return null;
        });
        assertThat(a.knows(negative)).isFalse();
    }

    @Test
    void clocksThatAreApartExpireNobodyEarly() {
        timeB.jumpWall(Duration.ofSeconds(5));
        storeTime.jumpWall(Duration.ofSeconds(-5));
        String id = a.create(live -> maxInactive(live, 4));
        for (int i = 0; i < 30; i++) {
            advance(Duration.ofSeconds(2));
            Node node = i % 2 == 0 ? b : a;
            assertThat(node.knows(id)).isTrue();
            a.sessions.background().touch(false);
            b.sessions.background().touch(false);
            a.sessions.background().expire();
            b.sessions.background().expire();
        }

        assertThat(a.events.of("destroyed")).isEmpty();
        assertThat(b.events.of("destroyed")).isEmpty();
    }

    @Test
    void aClockThatJumpsExpiresNobody() {
        String id = a.create(live -> maxInactive(live, 60));
        timeA.jumpWall(Duration.ofDays(2));
        timeB.jumpWall(Duration.ofDays(-2));
        storeTime.jumpWall(Duration.ofDays(3));
        a.sessions.background().expire();
        b.sessions.background().expire();

        assertThat(a.knows(id)).isTrue();
        assertThat(b.knows(id)).isTrue();
    }

    @Test
    void whatAClaimerDidNotConfirmComesToAnotherNode() {
        a.create(live -> {
            live.setAttribute("user", "ada");
            return maxInactive(live, 10);
        });
        advance(SECOND.multipliedBy(20));
        a.faults.plan(Fault.failsBefore(Operation.CONFIRM).times(2)); // as if it had died in its listeners
        a.sessions.background().expire();
        b.sessions.background().expire();
        assertThat(b.events.of("destroyed")).isEmpty();
        advance(SECOND.multipliedBy(61));
        b.sessions.background().expire();

        assertThat(b.events.of("destroyed")).containsExactly("destroyed ada");
    }

    @Test
    void oneOfManyNodesEndsEachSession() {
        for (int i = 0; i < 300; i++) {
            a.create(live -> maxInactive(live, 10));
        }
        advance(SECOND.multipliedBy(60));
        b.sessions.background().expire();
        a.sessions.background().expire();

        assertThat(a.events.of("destroyed").size() + b.events.of("destroyed").size())
                .isEqualTo(300);
    }

    @Test
    void aBacklogIsWorkedOffInOneGoWithOneConfirmationForEachBatch() {
        int backlog = 2000;
        List<String> unconfirmed = new ArrayList<>();
        a.events.onDestroyed = session -> {
            unconfirmed.add(session.getId());
            assertThat(confirmed()).doesNotContain(session.getId());
        };
        for (int i = 0; i < backlog; i++) {
            b.create(live -> maxInactive(live, 10));
        }
        advance(SECOND.multipliedBy(60));
        a.sessions.background().expire();

        assertThat(a.events.of("destroyed")).hasSize(backlog);
        assertThat(a.counts.count(Operation.CONFIRM)).isLessThanOrEqualTo(backlog / 256 + 1);
        assertThat(a.counts.count(Operation.CLAIM)).isLessThanOrEqualTo(backlog / 256 + 2);
        assertThat(confirmed()).containsExactlyInAnyOrderElementsOf(unconfirmed).doesNotHaveDuplicates();
        advance(SECOND.multipliedBy(61));
        b.sessions.background().expire();
        assertThat(b.events.of("destroyed")).isEmpty();
    }

    private List<String> confirmed() {
        return a.counts.calls(Operation.CONFIRM).stream()
                .flatMap(call -> call.keys().stream())
                .map(SessionKey::opaque)
                .toList();
    }

    @Test
    void slowListenersKeepFewSessionsFromTheOtherNodes() {
        for (int i = 0; i < 280; i++) {
            a.create(live -> maxInactive(live, 10));
        }
        advance(SECOND.multipliedBy(60));
        b.events.onDestroyed = session -> advance(SECOND); // half of the lease of a minute is enough for 30
        for (int i = 0; i < 100; i++) {
            b.sessions.background().expire();
            advance(SECOND);
        }

        assertThat(b.events.of("destroyed")).hasSize(280);
        assertThat(b.counts.calls(Operation.CLAIM))
                .extracting(call -> ((List<?>) Objects.requireNonNull(call.answer())).size())
                .startsWith(256)
                .satisfies(sizes -> assertThat(sizes.subList(1, sizes.size())).allMatch(size -> size < 100));
    }

    @Test
    void anApplicationThatIsStoppedConfirmsWhatItHasEndedAndLeavesTheRestToOthers() throws Exception {
        for (int i = 0; i < 3; i++) {
            b.create(live -> maxInactive(live, 10));
        }
        advance(SECOND.multipliedBy(60));
        CountDownLatch listening = new CountDownLatch(1);
        a.events.onDestroyed = session -> {
            listening.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
        a.sessions.start();
        assertThat(listening.await(30, TimeUnit.SECONDS)).isTrue();
        a.sessions.close();

        advance(SECOND.multipliedBy(61));
        b.sessions.background().expire();
        assertThat(a.events.of("destroyed")).hasSize(1);
        assertThat(b.events.of("destroyed")).hasSize(2);
    }

    @Test
    void afterAnOutageNobodyIsEndedBeforeTheOthersHaveBroughtTheirAccesses() {
        String id = a.create(live -> maxInactive(live, 10));
        LiveSession inUse = Objects.requireNonNull(a.enter(id));
        a.faults.down();
        b.faults.down();
        for (int i = 0; i < 20; i++) {
            advance(SECOND);
            assertThatThrownBy(() -> a.sessions.background().touch(false)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> b.knows(id)).isInstanceOf(StoreException.class);
            b.sessions.background().expire(); // does not even ask
        }
        a.faults.heal();
        b.faults.heal();
        b.sessions.background().expire();
        a.sessions.background().touch(false);
        a.sessions.leave(inUse);

        assertThat(b.events.of("destroyed")).isEmpty();
    }

    @Test
    void aSessionThatTheStoreLostIsRebuiltFromARecentCopy() {
        String id = a.create(live -> {
            live.setAttribute("user", "ada");
            live.setAttribute("n", 1);
            return null;
        });
        flush(id);

        assertThat(a.read(id, "user")).isEqualTo("ada");
        assertThat(b.read(id, "n")).isEqualTo(1);
    }

    @Test
    void aSaveThatFindsItsSessionLostRebuildsIt() {
        String id = a.create(live -> set(live, "user", "ada"));
        LiveSession live = Objects.requireNonNull(a.enter(id));
        flush(id);
        live.setAttribute("n", 2);
        a.sessions.commit(live);
        a.sessions.leave(live);

        assertThat(b.read(id, "user")).isEqualTo("ada");
        assertThat(b.read(id, "n")).isEqualTo(2);
    }

    @Test
    void theSecondToRebuildAddsOnlyItsOwnChanges() {
        String id = a.create(live -> set(live, "n", 1));
        LiveSession stale = Objects.requireNonNull(b.enter(id));
        stale.attribute("n");
        a.write(id, "n", 2);
        flush(id);
        assertThat(a.read(id, "n")).isEqualTo(2);
        stale.setAttribute("m", "b");
        b.sessions.commit(stale);
        b.sessions.leave(stale);

        assertThat(a.read(id, "n")).isEqualTo(2);
        assertThat(a.read(id, "m")).isEqualTo("b");
    }

    @Test
    void aCopyOlderThanTombstonesLiveIsNotRebuilt() {
        String id = a.create(live -> maxInactive(live, -1));
        advance(Duration.ofMinutes(31));
        flush(id);

        assertThat(a.knows(id)).isFalse();
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void anExpiredSessionThatTheStoreForgotIsNotRebuilt() {
        String id = a.create(live -> maxInactive(live, 60));
        advance(Duration.ofMinutes(12)); // past its store TTL, but not the life of tombstones
        a.faults.plan(Fault.failsBefore(Operation.CLAIM));

        assertThatThrownBy(() -> a.knows(id)).isInstanceOf(StoreException.class);
        assertThat(a.knows(id)).isFalse();
        assertThat(b.knows(id)).isFalse();
    }

    @Test
    void rebuildingCanBeTurnedOff() {
        SessionRules rules = new SessionRules(
                "app", Node.POLICY, Node.MAX_INACTIVE, 10, Duration.ofSeconds(60), false, true, false, 1 << 24);
        try (Node node = new Node(store.member(Node.context(timeA)), timeA, rules)) {
            String id = node.create(live -> null);
            flush(id);
            assertThat(node.knows(id)).isFalse();
        }
    }

    @Test
    void theCopyOfAnEndedSessionIsDroppedWhenATouchFindsOut() {
        String id = a.create(live -> null);
        b.knows(id);
        a.request(id, live -> {
            live.invalidate();
            return null;
        });
        advance(Duration.ofSeconds(61));
        b.sessions.noteAccess(id, timeB.nanos());
        b.sessions.background().touch(false);

        assertThat(b.sessions.cached(id)).isNull();
    }

    @Test
    void aListenerOfTheEndMayInvalidateAgainAndRead() {
        a.events.onDestroyed = session -> {
            session.setAttribute("late", "1");
            session.invalidate();
        };
        String id = a.create(live -> set(live, "user", "ada"));
        a.request(id, live -> {
            live.invalidate();
            return null;
        });

        assertThat(a.events.of("destroyed")).hasSize(1);
        assertThat(a.knows(id)).isFalse();
    }

    /** As an eviction or a flush would: no tombstone either. */
    private void flush(String id) {
        BehindLocalStore.forget(store, new SessionKey("app", id));
    }

    private void advance(Duration duration) {
        List.of(storeTime, timeA, timeB).forEach(time -> time.advance(duration));
    }

    private static Object maxInactive(LiveSession live, int seconds) {
        live.setMaxInactiveSeconds(seconds);
        return live;
    }

    private static Object set(LiveSession live, String name, Object value) {
        live.setAttribute(name, value);
        return live;
    }
}
