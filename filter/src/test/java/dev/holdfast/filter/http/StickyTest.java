package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.http.TestApplication.Servlet;
import dev.holdfast.filter.session.WriteRules;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes of mode sticky over one store, and one of mode shared. */
class StickyTest {

    private static final Duration SETTLE = Duration.ofSeconds(30);
    private static final Duration CONFIRMED = Duration.ofSeconds(120);
    private static final Duration TICK = Duration.ofMillis(5);

    private final ManualTime time = new ManualTime();
    private final LocalStore store = TestApplication.localStore(time);
    private final TestApplication a = new TestApplication(false, time, store, "a", null);
    private final TestApplication b = new TestApplication(false, time, store, "b", null);
    private final TestApplication shared = new TestApplication(false, time, store, null);

    private final Jar jar = new Jar();

    @AfterEach
    void close() {
        List.of(a, b, shared).forEach(TestApplication::close);
    }

    /** What a browser keeps. */
    static final class Jar {
        String cookie;

        FakeRequest request(TestApplication node) {
            return cookie == null ? node.request() : node.request(cookie);
        }

        FakeResponse take(FakeResponse answer) {
            for (String line : answer.headersNamed("Set-Cookie")) {
                cookie = line.substring("JSESSIONID=".length(), line.indexOf(';'));
            }
            return answer;
        }
    }

    private FakeResponse at(TestApplication node, Servlet servlet) throws IOException, ServletException {
        return jar.take(node.serve(jar.request(node), servlet));
    }

    private void set(TestApplication node, String value) throws IOException, ServletException {
        at(node, (q, r) -> q.getSession().setAttribute("n", value));
    }

    private Object get(TestApplication node) throws IOException, ServletException {
        AtomicReference<Object> value = new AtomicReference<>("no session");
        at(node, (q, r) -> {
            if (q.getSession(false) != null) {
                value.set(q.getSession(false).getAttribute("n"));
            }
        });
        return value.get();
    }

    /** A session that b took over from a, so that a has an old copy, and that has settled there. */
    private void movedToB() throws IOException, ServletException {
        set(a, "of a");
        set(b, "of b");
        time.advance(SETTLE);
        get(b);
        forget();
    }

    private void forget() {
        a.store.forget();
        b.store.forget();
    }

    private String id() {
        return jar.cookie.substring(0, jar.cookie.indexOf('.'));
    }

    private static List<String> cookies(FakeResponse answer) {
        return answer.headersNamed("Set-Cookie");
    }

    @Test
    void readingCostsNoCallAndChangingOne() throws Exception {
        set(a, "first");
        a.store.forget();
        assertThat(get(a)).isEqualTo("first");
        assertThat(a.store.calls()).isEmpty();
        set(a, "second");
        assertThat(a.store.count(Operation.SAVE)).isEqualTo(1);
        assertThat(a.store.calls()).hasSize(1);
        assertThat(get(b)).isEqualTo("second");
    }

    @Test
    void theIdStaysAndTheRouteFollowsTheNode() throws Exception {
        AtomicReference<String> id = new AtomicReference<>();
        at(a, (q, r) -> id.set(q.getSession().getId()));
        assertThat(jar.cookie).isEqualTo(id.get() + ".a");
        at(b, (q, r) -> assertThat(q.getSession(false).getId()).isEqualTo(id.get()));
        assertThat(jar.cookie).isEqualTo(id.get() + ".b");
    }

    @Test
    void theCookieIsWrittenOnceForEachChangeOver() throws Exception {
        set(a, "x");
        assertThat(cookies(at(b, (q, r) -> q.getSession().setAttribute("n", "y"))))
                .containsExactly("JSESSIONID=" + id() + ".b; Path=/shop; HttpOnly");
        assertThat(cookies(at(b, (q, r) -> q.getSession().setAttribute("n", "z"))))
                .isEmpty();
    }

    @Test
    void whoComesBackNeverSeesTheOldCopy() throws Exception {
        movedToB();
        assertThat(get(a)).isEqualTo("of b");
        assertThat(jar.cookie).endsWith(".a");
    }

    @Test
    void afterAChangeOverEveryRequestAsksUntilOneHasThatWasSentWhenAllIsSettled() throws Exception {
        set(a, "first");
        get(b);
        time.advance(SETTLE.minusSeconds(1));
        b.store.forget();
        get(b);
        assertThat(b.store.calls()).hasSize(1);
        time.advance(Duration.ofSeconds(2));
        get(b);
        assertThat(b.store.calls()).hasSize(2);
        get(b);
        assertThat(b.store.calls()).hasSize(2);
    }

    @Test
    void whatWasOnItsWayToTheOtherNodeDuringTheChangeOverIsSeenHoweverLateTheClientComes() throws Exception {
        set(a, "first");
        // sent together: one to each node; what a saves is not told to b by any cookie
        a.serve(jar.request(a), (q, r) -> {
            get(b);
            time.advance(Duration.ofSeconds(10));
            get(b);
            q.getSession().setAttribute("n", "second");
        });
        assertThat(jar.cookie).endsWith(".b");
        time.advance(SETTLE.plusSeconds(5));
        assertThat(get(b)).isEqualTo("second");
    }

    @Test
    void aCopyThatWasNotHereWhenTheClientChangedOverIsNotTrustedEither() throws Exception {
        set(a, "first");
        a.serve(jar.request(a), (q, r) -> {
            at(b, (q2, r2) -> r2.flushBuffer()); // has the cookie from here on, though b has no copy yet
            assertThat(get(b)).isEqualTo("first");
            q.getSession().setAttribute("n", "second");
        });
        assertThat(jar.cookie).endsWith(".b");
        assertThat(get(b)).isEqualTo("second");
    }

    @Test
    void anAnswerThatLeavesLateIsAChangeOverWhenItLeaves() throws Exception {
        set(a, "first");
        FakeResponse late = b.serve(jar.request(b), (q, r) -> {
            q.getSession().getAttribute("n");
            get(b);
            time.advance(SETTLE.plusSeconds(1));
            get(b); // settled
            set(a, "second");
        });
        jar.take(late);
        assertThat(jar.cookie).endsWith(".b");
        assertThat(get(b)).isEqualTo("second");
    }

    @Test
    void aRequestThatSavesLateTellsTheClientOnceMoreWhereItWas() throws Exception {
        set(a, "first");
        jar.take(a.serve(jar.request(a), (q, r) -> {
            get(b);
            time.advance(SETTLE.plusSeconds(1));
            get(b); // settled
            q.getSession().setAttribute("n", "second");
        }));
        assertThat(jar.cookie).endsWith(".a");
        assertThat(get(b)).isEqualTo("second");
    }

    @Test
    void aSessionThatALateRequestEndedIsEndedForTheOtherNode() throws Exception {
        set(a, "first");
        jar.take(a.serve(jar.request(a), (q, r) -> {
            get(b);
            time.advance(SETTLE.plusSeconds(1));
            get(b);
            q.getSession().invalidate();
        }));
        assertThat(get(b)).isEqualTo("no session");
    }

    @Test
    void aLongRequestThatOnlyReadsTellsNothing() throws Exception {
        set(a, "first");
        FakeResponse answer = a.serve(jar.request(a), (q, r) -> {
            q.getSession().getAttribute("n");
            time.advance(SETTLE);
        });
        assertThat(cookies(answer)).isEmpty();
    }

    @Test
    void loggedOutOnTheOtherNodeIsLoggedOutHere() throws Exception {
        set(a, "first");
        at(b, (q, r) -> q.getSession().invalidate());
        assertThat(get(a)).isEqualTo("no session");
    }

    @Test
    void soItIsWhenItsRequestGoesOnWithoutASession() throws Exception {
        set(a, "first");
        at(b, (q, r) -> {
            q.getSession().invalidate();
            assertThat(q.getSession(false)).isNull();
        });
        assertThat(get(a)).isEqualTo("no session");
    }

    @Test
    void aCookieThatTheApplicationTakesAwayDoesNotComeBack() throws Exception {
        set(a, "first");
        FakeResponse answer = b.serve(jar.request(b), (q, r) -> {
            q.getSession().invalidate();
            Cookie none = new Cookie("JSESSIONID", "");
            none.setPath("/shop");
            none.setMaxAge(0);
            r.addCookie(none);
        });
        assertThat(cookies(answer)).singleElement().asString().startsWith("JSESSIONID=;");
    }

    @Test
    void aCookieOfAnotherPathDoesNotTakeThePlaceOfOurs() throws Exception {
        movedToB();
        at(a, (q, r) -> {
            q.getSession().setAttribute("n", "second");
            Cookie other = new Cookie("JSESSIONID", "");
            other.setPath("/elsewhere");
            r.addCookie(other);
        });
        assertThat(get(b)).isEqualTo("second");
    }

    @Test
    void anAnswerThatIsPreparedBeforeTheIdIsChangedDoesNotBringItBack() throws Exception {
        set(a, "first");
        FakeRequest slow = jar.request(b);
        FakeResponse answer = b.serve(slow, (q, r) -> {
            q.getSession().getAttribute("n");
            q.startAsync();
        });
        at(b, (q, r) -> q.changeSessionId());
        slow.async.complete();
        assertThat(cookies(answer)).isEmpty();
    }

    @Test
    void anIdThatTheOtherNodeChangedIsDeadHere() throws Exception {
        set(a, "first");
        String old = id();
        at(b, (q, r) -> q.changeSessionId());
        assertThat(jar.cookie).endsWith(".b").doesNotStartWith(old);
        assertThat(get(b)).isEqualTo("first");
        jar.cookie = old + ".b";
        assertThat(get(a)).isEqualTo("no session");
    }

    @Test
    void whoOnlyKnowsAnIdThatTheOtherNodeChangedIsNotLedToTheNewOne() throws Exception {
        List<Servlet> attempts = List.of(
                (q, r) -> q.changeSessionId(),
                (q, r) -> {
                    q.getSession().setAttribute("visits", "1");
                    q.changeSessionId();
                },
                (q, r) -> {
                    q.getSession().setAttribute("visits", "1");
                    r.flushBuffer();
                    r.getWriter().print(q.getSession().getAttribute("n"));
                });
        for (Servlet attempt : attempts) {
            jar.cookie = null;
            set(a, "first");
            String planted = jar.cookie;
            at(b, (q, r) -> {
                q.changeSessionId();
                q.getSession().setAttribute("n", "of the user who logged in");
            });
            FakeResponse answer = a.serve(a.request(planted), attempt);
            assertThat(answer.error == null ? answer.status : answer.error).isEqualTo(503);
            assertThat(cookies(answer)).isEmpty();
            assertThat(answer.sentText()).doesNotContain("logged in");
            a.serve(
                    a.request(planted),
                    (q, r) -> assertThat(q.getSession(false)).isNull());
            assertThat(get(b)).isEqualTo("of the user who logged in");
        }
    }

    @Test
    void whoIsServedWhileTheStoreIsAwayIsNotLedToTheNewIdEither() throws Exception {
        set(a, "first");
        String planted = jar.cookie;
        at(b, (q, r) -> q.changeSessionId());
        time.advance(CONFIRMED);
        a.faults.down();
        FakeResponse answer = a.serve(a.request(planted), (q, r) -> {
            assertThat(q.getSession(false)).isNotNull();
            a.faults.heal();
            q.changeSessionId();
        });
        assertThat(answer.error).isEqualTo(503);
        assertThat(cookies(answer)).isEmpty();
        a.serve(a.request(planted), (q, r) -> assertThat(q.getSession(false)).isNull());
    }

    @Test
    void whoHasAskedGoesOnUnderTheNewId() throws Exception {
        set(a, "first");
        String old = id();
        a.serve(jar.request(a), (q, r) -> {
            q.getSession().getAttribute("n");
            // of the same client, that was at the other node meanwhile
            a.serve(a.request(old + ".b"), (q2, r2) -> q2.getSession().getAttribute("n"));
            at(b, (q2, r2) -> q2.changeSessionId());
            q.getSession().setAttribute("late", "kept");
        });
        at(b, (q, r) -> assertThat(q.getSession().getAttribute("late")).isEqualTo("kept"));
    }

    @Test
    void whatIsOnItsWayWhileTheIdIsChangedIsSeenAfterwards() throws Exception {
        set(a, "first");
        b.serve(jar.request(b), (q, r) -> {
            q.getSession().getAttribute("n");
            at(a, (q2, r2) -> q2.changeSessionId());
            q.getSession().setAttribute("n", "second");
        });
        assertThat(jar.cookie).endsWith(".a");
        assertThat(get(a)).isEqualTo("second");
    }

    @Test
    void theCookieOfADeadIdDoesNotComeBackWithTheAnswerOfAParallelRequest() throws Exception {
        set(a, "first");
        FakeResponse parallel = b.serve(jar.request(b), (q, r) -> {
            q.getSession().getAttribute("n");
            at(b, (q2, r2) -> q2.changeSessionId());
        });
        jar.take(parallel);
        assertThat(get(b)).isEqualTo("first");
    }

    @Test
    void aForeignRequestThatDoesNotUseItsSessionMakesTheCopyAsk() throws Exception {
        movedToB();
        FakeRequest toB = b.request(id() + ".a");
        FakeResponse answer = b.serve(toB, (q, r) -> {});
        assertThat(cookies(answer)).isEmpty();
        assertThat(b.store.calls()).isEmpty();
        get(b);
        assertThat(b.store.count(Operation.LOAD)).isEqualTo(1);
    }

    @Test
    void aForeignRequestThatMayUseItsSessionAfterTheFirstByteTellsBeforeIt() throws Exception {
        movedToB();
        FakeResponse answer = at(a, (q, r) -> {
            r.flushBuffer();
            q.getSession().setAttribute("n", "late");
        });
        assertThat(cookies(answer)).hasSize(1);
        assertThat(jar.cookie).endsWith(".a");
        assertThat(get(b)).isEqualTo("late");
    }

    @Test
    void severalIdsAreNotMixedUpByACookieBeforeItIsKnownWhichOneIsValid() throws Exception {
        set(a, "x");
        FakeRequest two = b.request("A".repeat(27) + ".a").cookie("JSESSIONID=" + jar.cookie);
        FakeResponse answer = b.serve(two, (q, r) -> {
            r.flushBuffer();
            assertThat(q.getSession(false)).isNotNull();
        });
        assertThat(cookies(answer)).isEmpty();
        FakeRequest again = b.request("A".repeat(27) + ".a").cookie("JSESSIONID=" + jar.cookie);
        assertThat(cookies(b.serve(again, (q, r) -> q.getSession(false))))
                .containsExactly("JSESSIONID=" + id() + ".b; Path=/shop; HttpOnly");
    }

    @Test
    void ignoredRequestsAreLeftAlone() throws Exception {
        movedToB();
        FakeRequest request = a.request(jar.cookie);
        request.uri = "/shop/static/x.css";
        assertThat(cookies(a.serve(request, (q, r) -> r.flushBuffer()))).isEmpty();
    }

    @Test
    void roundRobinAlwaysSeesTheLatest() throws Exception {
        set(a, "0");
        for (int i = 1; i < 20; i++) {
            TestApplication node = i % 2 == 0 ? a : b;
            assertThat(get(node)).isEqualTo("" + (i - 1));
            set(i % 3 == 0 ? a : b, "" + i);
        }
    }

    @Test
    void parallelRequestsOnTwoNodesKeepEachOthersAttributes() throws Exception {
        set(a, "first");
        a.serve(jar.request(a), (q, r) -> {
            q.getSession().setAttribute("of a", 1);
            at(b, (q2, r2) -> q2.getSession().setAttribute("of b", 2));
        });
        for (TestApplication node : List.of(a, b, a)) {
            at(node, (q, r) -> {
                assertThat(q.getSession().getAttribute("of a")).isEqualTo(1);
                assertThat(q.getSession().getAttribute("of b")).isEqualTo(2);
            });
        }
    }

    @Test
    void aSaveThatMetAnotherNodesMakesTheCopyAsk() throws Exception {
        set(a, "first");
        String own = jar.cookie;
        shared.serve(shared.request(id()), (q, r) -> q.getSession().setAttribute("other", "theirs"));
        at(a, (q, r) -> q.getSession().setAttribute("n", "second"));
        assertThat(jar.cookie).isEqualTo(own);
        at(a, (q, r) -> assertThat(q.getSession().getAttribute("other")).isEqualTo("theirs"));
    }

    @Test
    void aCopyIsConfirmedNowAndThenAllTheSame() throws Exception {
        set(a, "first");
        shared.serve(shared.request(id()), (q, r) -> q.getSession().setAttribute("n", "from outside"));
        a.store.forget();
        time.advance(CONFIRMED.minusSeconds(1));
        assertThat(get(a)).isEqualTo("first");
        assertThat(a.store.calls()).isEmpty();
        time.advance(Duration.ofSeconds(2));
        assertThat(get(a)).isEqualTo("from outside");
    }

    @Test
    void onlyTheCookieIsTrusted() throws Exception {
        set(a, "first");
        a.store.forget();
        for (String cookie : List.of(id(), id() + ".b", id() + ".aa", id() + ".A")) {
            a.store.forget();
            jar.cookie = cookie;
            get(a);
            assertThat(a.store.count(Operation.LOAD)).as(cookie).isEqualTo(1);
        }
        time.advance(SETTLE.plus(TICK));
        get(a);
        a.store.forget();
        FakeRequest byUrl = a.request();
        byUrl.uri = "/shop/cart;jsessionid=" + jar.cookie;
        a.serve(byUrl, (q, r) -> assertThat(q.getSession(false)).isNotNull());
        assertThat(a.store.count(Operation.LOAD)).isEqualTo(1);
        FakeRequest twoRoutes = a.request(id() + ".a").cookie("JSESSIONID=" + id() + ".b");
        a.serve(twoRoutes, (q, r) -> assertThat(q.getSession(false)).isNotNull());
        assertThat(a.store.count(Operation.LOAD)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {".", ".a.b", ".a b", ".ä", "..", ".a=", ".a\"", ".a/../b", "a", ".\u0000", "%2ea"})
    void suffixesThatAreNoRouteMakeTheIdNone(String suffix) throws Exception {
        set(a, "first");
        for (TestApplication node : List.of(a, shared)) {
            node.store.forget();
            node.serve(
                    node.request(id() + suffix),
                    (q, r) -> assertThat(q.getSession(false)).isNull());
            assertThat(node.store.calls()).isEmpty();
        }
    }

    @Test
    void aRouteHasAtMost64Characters() throws Exception {
        set(a, "first");
        a.serve(
                a.request(id() + "." + "x".repeat(64)),
                (q, r) -> assertThat(q.getSession(false)).isNotNull());
        a.serve(
                a.request(id() + "." + "x".repeat(65)),
                (q, r) -> assertThat(q.getSession(false)).isNull());
        a.serve(
                a.request(id() + "." + "x".repeat(100_000)),
                (q, r) -> assertThat(q.getSession(false)).isNull());
    }

    @Test
    void modeSharedAcceptsARouteAndWritesNone() throws Exception {
        set(a, "first");
        FakeResponse answer = shared.serve(shared.request(jar.cookie), (q, r) -> {
            assertThat(q.getSession(false).getAttribute("n")).isEqualTo("first");
            assertThat(q.getRequestedSessionId()).isEqualTo(q.getSession().getId());
        });
        assertThat(cookies(answer)).isEmpty();
        assertThat(shared.store.count(Operation.LOAD)).isEqualTo(1);
    }

    @Test
    void theRequestedIdIsTheIdAlone() throws Exception {
        set(a, "first");
        at(a, (q, r) -> {
            assertThat(q.getRequestedSessionId()).isEqualTo(id());
            assertThat(q.isRequestedSessionIdFromCookie()).isTrue();
            assertThat(q.isRequestedSessionIdValid()).isTrue();
            assertThat(q.getRequestedSessionId()).isEqualTo(q.getSession().getId());
        });
        String unknown = "A".repeat(27);
        a.serve(a.request(unknown + ".b"), (q, r) -> {
            assertThat(q.getRequestedSessionId()).isEqualTo(unknown);
            assertThat(q.isRequestedSessionIdFromCookie()).isTrue();
            assertThat(q.isRequestedSessionIdValid()).isFalse();
        });
        a.serve(
                a.request("garbage.b"),
                (q, r) -> assertThat(q.getRequestedSessionId()).isEqualTo("garbage.b"));
    }

    @Test
    void urlsCarryTheRouteToo() throws Exception {
        set(a, "first");
        FakeRequest byUrl = b.request();
        byUrl.uri = "/shop/cart;jsessionid=" + jar.cookie;
        FakeResponse answer = b.serve(byUrl, (q, r) -> {
            assertThat(q.isRequestedSessionIdFromURL()).isTrue();
            assertThat(r.encodeURL("/shop/next")).isEqualTo("/shop/next;jsessionid=" + id() + ".b");
        });
        assertThat(cookies(answer)).isEmpty();
    }

    @Test
    void aResetDoesNotLoseTheCookie() throws Exception {
        set(a, "first");
        assertThat(cookies(at(b, (q, r) -> {
                    q.getSession().setAttribute("n", "second");
                    r.getWriter().print("x");
                    r.reset();
                    r.flushBuffer();
                })))
                .hasSize(1);
        assertThat(jar.cookie).endsWith(".b");
    }

    @Test
    void anErrorPageTellsToo() throws Exception {
        set(a, "first");
        FakeRequest request = jar.request(b);
        b.serve(request, (q, r) -> {});
        request.type = DispatcherType.ERROR;
        FakeResponse page = jar.take(b.serve(request, (q, r) -> q.getSession().setAttribute("n", "by the error page")));
        assertThat(cookies(page)).hasSize(1);
        assertThat(get(a)).isEqualTo("by the error page");
    }

    @Test
    void aFailedSaveLeavesNoTrustedCopy() throws Exception {
        try (TestApplication strict =
                new TestApplication(false, time, store, "strict", null, WriteRules.STORED_FIRST)) {
            set(strict, "first");
            strict.faults.plan(dev.holdfast.spi.kit.Fault.failsBefore(Operation.SAVE));
            FakeResponse answer = at(strict, (q, r) -> q.getSession().setAttribute("n", "lost"));
            assertThat(answer.error == null ? answer.status : answer.error).isEqualTo(503);
            assertThat(get(strict)).isEqualTo("first");
        }
    }

    @Test
    void idleSessionsEndByTheirLimitWithoutAskingBefore() throws Exception {
        at(a, (q, r) -> q.getSession().setMaxInactiveInterval(60));
        time.advance(Duration.ofSeconds(61));
        assertThat(get(a)).isEqualTo("no session");
    }
}
