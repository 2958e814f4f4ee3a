package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.http.TestApplication.Servlet;
import dev.holdfast.filter.session.BehindSessions;
import dev.holdfast.filter.session.RequestLocks;
import dev.holdfast.filter.session.WriteRules;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Gate;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What clients get while the store is away, and when their changes are stored later. */
class OutageAnswersTest {

    private static final WriteRules LOCAL = new WriteRules(false, true, true, 100, 1 << 20);
    private static final WriteRules ASYNC = new WriteRules(true, false, true, 100, 1 << 20);

    private final ManualTime time = new ManualTime();
    private final LocalStore store = TestApplication.localStore(time);
    private final RequestLocks locks =
            new RequestLocks(store, "shop", Duration.ofSeconds(10), Duration.ofSeconds(1), time);
    private final TestApplication shared = new TestApplication(false, time, store, null);
    private final TestApplication local = new TestApplication(false, time, store, "n", null, LOCAL);
    private final TestApplication async = new TestApplication(false, time, store, "n", null, ASYNC);
    private final TestApplication locked = new TestApplication(
            false,
            time,
            store,
            "n",
            new Locking(request -> request.getRequestURI().startsWith("/shop/locked/"), locks),
            ASYNC);

    @AfterEach
    void close() {
        locks.close();
        List.of(shared, local, async, locked).forEach(TestApplication::close);
    }

    private static FakeResponse at(TestApplication node, String cookie, Servlet servlet) throws Exception {
        return node.serve(node.request(cookie), servlet);
    }

    private static FakeResponse set(TestApplication node, String cookie, String value) throws Exception {
        return at(node, cookie, (q, r) -> q.getSession().setAttribute("n", value));
    }

    private static Object get(TestApplication node, String cookie) throws Exception {
        AtomicReference<Object> value = new AtomicReference<>("no answer");
        FakeResponse answer = at(
                node,
                cookie,
                (q, r) -> value.set(
                        q.getSession(false) == null
                                ? "no session"
                                : q.getSession(false).getAttribute("n")));
        return answer.getStatus() == 200 ? value.get() : answer.getStatus();
    }

    @Test
    void whileTheBreakerIsOpenNoCallIsMadeAndNobodyIsLoggedOut() throws Exception {
        String id = shared.newSession();
        time.passWithEachLook(Duration.ofMillis(300)); // every call takes its time now
        shared.faults.down();
        while (!shared.breaker.isOpen()) {
            assertThat(get(shared, id)).isEqualTo(503);
        }
        time.passWithEachLook(Duration.ZERO);
        assertThat(get(shared, id)).isEqualTo(503); // may be a trial
        shared.store.forget();
        for (int i = 0; i < 100; i++) {
            FakeResponse answer = at(shared, id, (q, r) -> q.getSession(false));
            assertThat(answer.getStatus()).isEqualTo(503);
            assertThat(answer.getHeader("Retry-After")).isNotNull();
            assertThat(answer.headersNamed("Set-Cookie")).isEmpty();
        }
        assertThat(shared.store.calls()).isEmpty();
        shared.faults.heal();
        time.advance(Duration.ofSeconds(3));
        assertThat(get(shared, id)).isEqualTo("first");
    }

    @Test
    void usersOfThisNodeGoOnWhileItsStoreIsAway() throws Exception {
        String id = local.newSession();
        String cookie = id + ".n";
        local.faults.down();
        time.advance(Duration.ofMinutes(5)); // so that nothing is trusted without asking
        assertThat(set(local, cookie, "second").getStatus()).isEqualTo(200);
        assertThat(get(local, cookie)).isEqualTo("second");
        assertThat(get(shared, id)).isEqualTo("first");

        local.faults.heal();
        assertThat(BehindSessions.drain(local.sessions)).isTrue();
        assertThat(get(shared, id)).isEqualTo("second");
        assertThat(get(local, cookie)).isEqualTo("second");
    }

    /** {@code changeSessionId} is refused then: other nodes may know the old id, and cannot be told. */
    @Test
    void aLoginThatBeginsANewSessionNeedsNoStore() throws Exception {
        String id = local.newSession();
        String cookie = id + ".n";
        local.faults.down();
        assertThat(at(local, cookie, (q, r) -> {
                            q.getSession();
                            q.changeSessionId();
                        })
                        .getStatus())
                .isEqualTo(503);
        assertThat(get(local, cookie)).isEqualTo("first");

        FakeResponse login = at(local, cookie, (q, r) -> {
            Object kept = q.getSession().getAttribute("n");
            q.getSession().invalidate();
            q.getSession().setAttribute("n", kept + " of anna");
        });

        assertThat(login.getStatus()).isEqualTo(200);
        String line = login.headersNamed("Set-Cookie").get(0);
        String changed = line.substring("JSESSIONID=".length(), line.indexOf(';'));
        assertThat(get(local, changed)).isEqualTo("first of anna");
        assertThat(get(local, cookie)).isEqualTo("no session");
        local.faults.heal();
        BehindSessions.expire(local.sessions);
        assertThat(BehindSessions.drain(local.sessions)).isTrue();
        assertThat(get(local, changed)).isEqualTo("first of anna");
        assertThat(get(shared, id)).isEqualTo("no session");
    }

    @Test
    void whoWasServedElsewhereGetsNoOldCopy() throws Exception {
        String id = local.newSession();
        local.faults.down();
        for (String cookie : List.of(id, id + ".other")) {
            FakeResponse answer = set(local, cookie, "second");
            assertThat(answer.getStatus()).isEqualTo(503);
            assertThat(answer.headersNamed("Set-Cookie")).isEmpty();
        }
        assertThat(local.sessions.waitingSessions()).isZero();
    }

    @Test
    void aSessionBeginsAndGoesOnWhileTheStoreIsAway() throws Exception {
        local.faults.down();
        FakeResponse first =
                local.serve(local.request(), (q, r) -> q.getSession().setAttribute("n", "first"));
        assertThat(first.getStatus()).isEqualTo(200);
        String line = first.headersNamed("Set-Cookie").get(0);
        String cookie = line.substring("JSESSIONID=".length(), line.indexOf(';'));
        assertThat(get(local, cookie)).isEqualTo("first");
        assertThat(set(local, cookie, "second").getStatus()).isEqualTo(200);
        local.faults.heal();
        assertThat(BehindSessions.drain(local.sessions)).isTrue();
        assertThat(get(shared, cookie)).isEqualTo("second");
    }

    @Test
    void whoLogsOutWhileTheStoreIsAwayIsLoggedOut() throws Exception {
        String id = local.newSession();
        String cookie = id + ".n";
        local.faults.down();
        assertThat(at(local, cookie, (q, r) -> q.getSession().invalidate()).getStatus())
                .isEqualTo(200);
        assertThat(get(local, cookie)).isEqualTo("no session");
        local.faults.heal();
        BehindSessions.expire(local.sessions);
        assertThat(get(shared, id)).isEqualTo("no session");
    }

    @Test
    void anAnswerDoesNotWaitForItsSaveAndIsGoneBeforeIt() throws Exception {
        String cookie = async.newSession() + ".n";
        async.store.forget();
        assertThat(set(async, cookie, "second").getStatus()).isEqualTo(200);
        assertThat(async.store.count(Operation.SAVE)).isZero();
        assertThat(get(async, cookie)).isEqualTo("second");
        assertThat(BehindSessions.drain(async.sessions)).isTrue();
        assertThat(async.store.count(Operation.SAVE)).isEqualTo(1);
        assertThat(get(shared, cookie)).isEqualTo("second");
    }

    @Test
    void aRequestThatHasItsSessionForItselfIsStoredBeforeTheNextOneHasIt() throws Exception {
        String id = locked.newSession();
        FakeRequest request = locked.request(id + ".n");
        request.uri = "/shop/locked/page";
        locked.serve(request, (q, r) -> q.getSession().setAttribute("n", "second"));
        assertThat(get(shared, id)).isEqualTo("second");
        assertThat(locked.sessions.waitingSessions()).isZero();
    }

    @Test
    void requestsThatWaitForTheSameSaveAreNotAcknowledgedOnAFailingOne() throws Exception {
        String cookie = local.newSession() + ".n";
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            Gate gate = new Gate();
            local.faults.plan(Fault.held(Operation.SAVE, gate), Fault.failsBefore(Operation.SAVE));
            Future<FakeResponse> one = threads.submit(() -> set(local, cookie, "one"));
            gate.awaitArrivals(1);
            Future<FakeResponse> two = threads.submit(
                    () -> at(local, cookie, (q, r) -> q.getSession().setAttribute("m", "two")));
            gate.open();
            assertThat(one.get(30, TimeUnit.SECONDS).getStatus()).isEqualTo(200);
            assertThat(two.get(30, TimeUnit.SECONDS).getStatus()).isEqualTo(200);
        } finally {
            threads.shutdownNow();
        }
        assertThat(BehindSessions.drain(local.sessions)).isTrue();
        assertThat(get(shared, cookie)).isEqualTo("one");
        AtomicReference<Object> m = new AtomicReference<>();
        at(shared, cookie, (q, r) -> m.set(q.getSession().getAttribute("m")));
        assertThat(m.get()).isEqualTo("two");
    }
}
