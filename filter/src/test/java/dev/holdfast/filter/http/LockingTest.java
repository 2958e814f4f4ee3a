package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.session.RequestLocks;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Gate;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two nodes; requests below /shop/locked/ have their session for themselves. */
class LockingTest {

    private static final Duration LEASE = Duration.ofSeconds(10);

    private final ManualTime time = new ManualTime();
    private final LocalStore store = TestApplication.localStore(time);
    private final List<RequestLocks> locks = new ArrayList<>();
    private final TestApplication a = node(Duration.ofSeconds(30));
    private final TestApplication b = node(Duration.ofSeconds(30));
    private final TestApplication impatient = node(Duration.ZERO);
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private TestApplication node(Duration wait) {
        RequestLocks made = new RequestLocks(store, "shop", LEASE, wait, time);
        locks.add(made);
        return new TestApplication(
                false,
                time,
                store,
                new Locking(request -> request.getRequestURI().startsWith("/shop/locked/"), made));
    }

    @AfterEach
    void close() {
        threads.shutdownNow();
        locks.forEach(RequestLocks::close);
        List.of(a, b, impatient).forEach(TestApplication::close);
    }

    private static FakeRequest locked(TestApplication node, String id) {
        FakeRequest request = node.request(id);
        request.uri = "/shop/locked/page";
        return request;
    }

    private int status(TestApplication node, String id) throws Exception {
        return node.serve(locked(node, id), (q, r) -> q.getSession(false)).getStatus();
    }

    @Test
    void requestsThatReadAndWriteOneAttributeDoNotOverwriteEachOther() throws Exception {
        String id = a.newSession();
        a.serve(locked(a, id), (q, r) -> q.getSession().setAttribute("count", 0));
        List<Future<?>> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            TestApplication node = i % 2 == 0 ? a : b;
            clients.add(threads.submit(() -> {
                for (int k = 0; k < 50; k++) {
                    FakeResponse response = node.serve(locked(node, id), (q, r) -> {
                        int count = (Integer) q.getSession().getAttribute("count");
                        Thread.yield();
                        q.getSession().setAttribute("count", count + 1);
                    });
                    assertThat(response.getStatus()).isEqualTo(200);
                }
                return null;
            }));
        }
        for (Future<?> client : clients) {
            client.get(60, TimeUnit.SECONDS);
        }
        assertThat(a.stored(id, "count")).isEqualTo(400);
    }

    @Test
    void whoHasWaitedSeesWhatWasSavedMeanwhile() throws Exception {
        String id = a.newSession();
        CountDownLatch arrived = new CountDownLatch(1);
        Future<Object>[] second = new Future[1];
        a.serve(locked(a, id), (q, r) -> {
            q.getSession().setAttribute("n", "before");
            second[0] = threads.submit(() -> {
                Object[] seen = new Object[1];
                FakeRequest request = locked(a, id);
                arrived.countDown();
                a.serve(request, (q2, r2) -> seen[0] = q2.getSession().getAttribute("n"));
                return seen[0];
            });
            await(arrived);
            q.getSession().setAttribute("n", "after");
        });
        assertThat(second[0].get(30, TimeUnit.SECONDS)).isEqualTo("after");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whoCannotHaveItInTimeGets503AndNothingIsLost() throws Exception {
        String id = a.newSession();
        a.serve(locked(a, id), (q, r) -> {
            q.getSession().setAttribute("n", "outer");
            try {
                // As a request that calls its own server does: it would wait for itself.
                FakeResponse inner = impatient.serve(
                        locked(impatient, id), (q2, r2) -> q2.getSession().setAttribute("n", "inner"));
                assertThat(inner.getStatus()).isEqualTo(503);
                assertThat(inner.getHeader("Retry-After")).isNotNull();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(b.stored(id, "n")).isEqualTo("outer");
        assertThat(status(impatient, id)).isEqualTo(200);
    }

    @Test
    void requestsThatNeedNoLockWaitForNone() throws Exception {
        String id = a.newSession();
        a.serve(locked(a, id), (q, r) -> {
            q.getSession();
            try {
                assertThat(impatient.stored(id, "n")).isEqualTo("first");
                FakeResponse withoutSession = impatient.serve(
                        locked(impatient, id), (q2, r2) -> r2.getWriter().print("x"));
                assertThat(withoutSession.getStatus()).isEqualTo(200);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void aNewSessionIsItsCreatorsUntilItsEnd() throws Exception {
        FakeRequest first = a.request();
        first.uri = "/shop/locked/page";
        String[] id = new String[1];
        a.serve(first, (q, r) -> {
            id[0] = q.getSession().getId();
            r.flushBuffer();
            try {
                assertThat(status(impatient, id[0])).isEqualTo(503);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(status(impatient, id[0])).isEqualTo(200);
    }

    @Test
    void theNewIdIsLockedToo() throws Exception {
        String id = a.newSession();
        String[] changed = new String[1];
        a.serve(locked(a, id), (q, r) -> {
            q.getSession();
            changed[0] = q.changeSessionId();
            try {
                assertThat(status(impatient, changed[0])).isEqualTo(503);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(status(impatient, changed[0])).isEqualTo(200);
    }

    @Test
    void aFailedSaveKeepsNoLock() throws Exception {
        String id = a.newSession();
        a.faults.plan(Fault.failsBefore(Operation.SAVE));
        FakeResponse failed = a.serve(locked(a, id), (q, r) -> q.getSession().setAttribute("n", "lost"));
        assertThat(failed.getStatus()).isEqualTo(503);
        assertThat(status(impatient, id)).isEqualTo(200);
    }

    @Test
    void anIdWithoutASessionIsNotKept() throws Exception {
        String unknown = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";
        a.serve(locked(a, unknown), (q, r) -> {
            assertThat(q.getSession(false)).isNull();
            try {
                assertThat(status(impatient, unknown)).isEqualTo(200);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void whatRestsOnALostLockIsNotSavedByAnybody() throws Exception {
        String id = a.newSession();
        FakeResponse paused = a.serve(locked(a, id), (q, r) -> {
            q.getSession().setAttribute("n", "stale");
            time.advance(LEASE.plusSeconds(1));
            try {
                impatient.serve(
                        locked(impatient, id), (q2, r2) -> q2.getSession().setAttribute("n", "other"));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(paused.getStatus()).isEqualTo(503);
        assertThat(b.stored(id, "n")).isEqualTo("other");
        assertThat(a.stored(id, "n")).isEqualTo("other");
    }

    @Test
    void aSaveThatTookLongerThanTheLeaseIsNotAcknowledged() throws Exception {
        String id = a.newSession();
        Gate gate = new Gate();
        a.faults.plan(Fault.held(Operation.SAVE, gate));
        Future<FakeResponse> paused = threads.submit(
                () -> a.serve(locked(a, id), (q, r) -> q.getSession().setAttribute("n", "late")));
        gate.awaitArrivals(1);
        time.advance(LEASE.plusSeconds(1));
        FakeResponse next =
                impatient.serve(locked(impatient, id), (q, r) -> q.getSession().setAttribute("n", "other"));
        gate.open();
        assertThat(next.getStatus()).isEqualTo(200);
        assertThat(paused.get(30, TimeUnit.SECONDS).getStatus()).isEqualTo(503);
        assertThat(status(impatient, id)).isEqualTo(200);
    }

    @Test
    void aLeaseThatEndedUnderNobodyIsTakenUpAgainOrTheRequestFails() throws Exception {
        String id = a.newSession();
        FakeResponse paused = a.serve(locked(a, id), (q, r) -> {
            q.getSession().setAttribute("n", "late");
            time.advance(LEASE.plusSeconds(1));
        });
        // Somebody may have had it in between and be gone: this node cannot know.
        assertThat(paused.getStatus()).isEqualTo(503);
        assertThat(b.stored(id, "n")).isEqualTo("first");
    }

    @Test
    void anErrorPageHasTheSessionForItselfToo() throws Exception {
        String id = a.newSession();
        FakeRequest request = locked(a, id);
        a.serve(request, (q, r) -> q.getSession().setAttribute("n", "page"));
        request.type = DispatcherType.ERROR;
        a.serve(request, (q, r) -> {
            q.getSession().setAttribute("n", "error page");
            try {
                assertThat(status(impatient, id)).isEqualTo(503);
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        assertThat(status(impatient, id)).isEqualTo(200);
        assertThat(b.stored(id, "n")).isEqualTo("error page");
    }
}
