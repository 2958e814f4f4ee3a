package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.Fault;
import dev.holdfast.spi.kit.Operation;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an application sees of its sessions, and the store of it, in the dispatches that containers make. */
class DispatchesTest {

    private static final String UNKNOWN_ID = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private final TestApplication shop = new TestApplication();

    @AfterEach
    void close() {
        shop.close();
    }

    /** A change outside of requests is saved at once; so this tells whether all requests have left the session. */
    private void assertNobodyUses(HttpSession session) {
        int before = shop.store.count(Operation.SAVE);
        session.setAttribute("probe", before);
        assertThat(shop.store.count(Operation.SAVE)).as("a save at once").isEqualTo(before + 1);
    }

    // ---------------------------------------------------------------- requests

    @Test
    void aRequestThatDoesNotUseItsSessionCostsNoStoreCallAndNoCookie() throws Exception {
        String id = shop.newSession();
        shop.store.forget();

        FakeResponse response =
                shop.serve(shop.request(id), (q, r) -> r.getWriter().print("hello"));

        assertThat(shop.store.calls()).isEmpty();
        assertThat(response.headers).isEmpty();
    }

    @Test
    void aNewSessionIsThereForTheNextRequestWithItsCookie() throws Exception {
        FakeResponse first = shop.serve(shop.request(), (q, r) -> {
            assertThat(q.getSession(false)).isNull();
            assertThat(q.getSession().isNew()).isTrue();
            q.getSession().setAttribute("n", 1);
        });
        String cookie = first.getHeader("Set-Cookie");
        assertThat(cookie).matches("JSESSIONID=[A-Za-z0-9_-]{27}; Path=/shop; HttpOnly");

        FakeResponse second = shop.serve(shop.request().cookie(cookie.substring(0, cookie.indexOf(';'))), (q, r) -> {
            assertThat(q.getSession(false).isNew()).isFalse();
            assertThat(q.getSession().getAttribute("n")).isEqualTo(1);
            assertThat(q.isRequestedSessionIdValid()).isTrue();
            assertThat(q.isRequestedSessionIdFromCookie()).isTrue();
            assertThat(q.isRequestedSessionIdFromURL()).isFalse();
        });
        assertThat(second.headers).isEmpty();
    }

    @Test
    void garbageNeverReachesTheStore() throws Exception {
        for (String id :
                List.of("", "x", "\"" + UNKNOWN_ID + "\"", UNKNOWN_ID + "A", "../" + UNKNOWN_ID.substring(3))) {
            shop.serve(shop.request(id), (q, r) -> {
                assertThat(q.getSession(false)).isNull();
                assertThat(q.isRequestedSessionIdValid()).isFalse();
                assertThat(q.getRequestedSessionId()).isEqualTo(id);
            });
        }
        assertThat(shop.store.calls()).isEmpty();
    }

    @Test
    void anUnknownIdIsNotAdopted() throws Exception {
        shop.serve(shop.request(UNKNOWN_ID), (q, r) -> {
            assertThat(q.getSession().getId()).isNotEqualTo(UNKNOWN_ID);
            assertThat(q.getRequestedSessionId()).isEqualTo(UNKNOWN_ID);
            assertThat(q.isRequestedSessionIdValid()).isFalse();
        });
    }

    @Test
    void theFirstCookieThatNamesAValidSessionWins() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(UNKNOWN_ID).cookie("JSESSIONID=garbage; JSESSIONID=" + id);
        shop.serve(request, (q, r) -> {
            assertThat(q.getSession(false).getId()).isEqualTo(id);
            assertThat(q.getRequestedSessionId()).isEqualTo(id);
            assertThat(q.isRequestedSessionIdValid()).isTrue();
        });
    }

    @Test
    void noMoreThanThreeIdsAreLookedUp() throws Exception {
        FakeRequest request = shop.request();
        for (char c = 'B'; c < 'H'; c++) {
            request.cookie("JSESSIONID=" + UNKNOWN_ID.replace('A', c).substring(1) + "A");
        }
        shop.serve(request, (q, r) -> {
            assertThat(q.getSession(false)).isNull();
            assertThat(q.getSession(false)).isNull();
        });
        assertThat(shop.store.count(Operation.LOAD)).isEqualTo(3);
    }

    @Test
    void theIdInTheUrlIsUsedAndEncodedAgain() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request();
        request.uri = "/shop/cart;jsessionid=" + id;
        shop.serve(request, (q, r) -> {
            assertThat(q.isRequestedSessionIdFromURL()).isTrue();
            assertThat(q.isRequestedSessionIdValid()).isTrue();
            assertThat(r.encodeURL("/shop/next?a=b")).isEqualTo("/shop/next;jsessionid=" + id + "?a=b");
            assertThat(r.encodeURL("")).startsWith("http://shop.example/shop/cart;jsessionid=" + id);
            assertThat(r.encodeRedirectURL("")).isEmpty();
            assertThat(r.encodeURL("http://evil.example/")).isEqualTo("http://evil.example/");
            assertThat(r.encodeURL(null)).isNull();
            q.getSession().invalidate();
            assertThat(r.encodeURL("/shop/next")).isEqualTo("/shop/next");
        });
    }

    @Test
    void encodingAPageCostsNoStoreCallWhenTheIdCameInACookie() throws Exception {
        String id = shop.newSession();
        shop.store.forget();
        shop.serve(
                shop.request(id),
                (q, r) -> assertThat(r.encodeURL("/shop/next")).isEqualTo("/shop/next"));
        assertThat(shop.store.calls()).isEmpty();
    }

    @Test
    void anInvalidatedSessionIsGoneAndTheNextOneIsNew() throws Exception {
        String id = shop.newSession();
        shop.serve(shop.request(id), (q, r) -> {
            HttpSession old = q.getSession();
            old.invalidate();
            assertThat(q.getSession(false)).isNull();
            assertThat(q.isRequestedSessionIdValid()).isFalse();
            assertThatThrownBy(() -> old.getAttribute("n")).isInstanceOf(IllegalStateException.class);
            assertThat(q.getSession().getId()).isNotEqualTo(id);
        });
        assertThat(shop.stored(id, "n")).isNull();
    }

    @Test
    void aSessionCannotBeMadeWhenItsCookieCannotBeSent() throws Exception {
        shop.serve(shop.request(), (q, r) -> {
            r.flushBuffer();
            assertThat(q.getSession(false)).isNull();
            assertThatThrownBy(q::getSession).isInstanceOf(IllegalStateException.class);
        });
    }

    @Test
    void changeOfIdSendsTheNewOneOnceAndEndsTheOldOne() throws Exception {
        String id = shop.newSession();
        String[] changed = new String[1];
        FakeResponse response = shop.serve(shop.request(id), (q, r) -> {
            changed[0] = q.changeSessionId();
            assertThat(q.getSession().getId()).isEqualTo(changed[0]);
            assertThat(q.isRequestedSessionIdValid()).isFalse();
            assertThat(q.getRequestedSessionId()).isEqualTo(id);
        });
        assertThat(response.headersNamed("Set-Cookie"))
                .singleElement()
                .asString()
                .contains(changed[0]);
        assertThat(shop.stored(id, "n")).isNull();
        assertThat(shop.stored(changed[0], "n")).isEqualTo("first");
    }

    @Test
    void changeOfIdWithoutASessionIsRefused() throws Exception {
        shop.serve(
                shop.request(),
                (q, r) -> assertThatThrownBy(q::changeSessionId).isInstanceOf(IllegalStateException.class));
    }

    @Test
    void loginRotatesTheIdOfASessionThatExistsAndMakesNone() throws Exception {
        String id = shop.newSession();
        shop.serve(shop.request(id), (q, r) -> {
            q.login("anna", "secret");
            String rotated = q.getSession().getId();
            assertThat(rotated).isNotEqualTo(id);
            q.login("anna", "secret");
            assertThat(q.getSession().getId()).as("she was logged in already").isEqualTo(rotated);
        });
        FakeResponse response = shop.serve(shop.request(), (q, r) -> q.login("anna", "secret"));
        assertThat(response.headers).isEmpty();
    }

    @Test
    void aResetKeepsTheCookie() throws Exception {
        FakeResponse response = shop.serve(shop.request(), (q, r) -> {
            q.getSession();
            r.setHeader("X-Gone", "1");
            r.reset();
        });
        assertThat(response.headersNamed("Set-Cookie")).hasSize(1);
        assertThat(response.headersNamed("X-Gone")).isEmpty();
    }

    @Test
    void aChangeInPlaceIsSaved() throws Exception {
        String[] id = new String[1];
        shop.serve(shop.request(), (q, r) -> {
            q.getSession().setAttribute("list", new ArrayList<>(List.of("a")));
            id[0] = q.getSession().getId();
        });
        shop.serve(shop.request(id[0]), (q, r) -> {
            @SuppressWarnings("unchecked")
            List<String> list = (List<String>) q.getSession().getAttribute("list");
            list.add("b");
        });
        assertThat(shop.stored(id[0], "list")).isEqualTo(List.of("a", "b"));
    }

    @Test
    void whatTheApplicationThrowsComesOutAsItIsAndItsChangesAreSaved() throws Exception {
        String id = shop.newSession();
        for (Throwable thrown : List.of(
                new IOException("x"),
                new ServletException("x"),
                new IllegalStateException("x"),
                new AssertionError("x"))) {
            assertThatThrownBy(() -> shop.serve(shop.request(id), (q, r) -> {
                        q.getSession().setAttribute("n", thrown.getClass().getName());
                        sneak(thrown);
                    }))
                    .isSameAs(thrown);
            assertThat(shop.stored(id, "n")).isEqualTo(thrown.getClass().getName());
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> void sneak(Throwable thrown) throws T {
        throw (T) thrown;
    }

    @Test
    void theSessionIsLeftWhateverHappens() throws Exception {
        HttpSession[] session = new HttpSession[1];
        assertThatThrownBy(() -> shop.serve(shop.request(), (q, r) -> {
                    session[0] = q.getSession();
                    q.getSession(false);
                    throw new IllegalStateException("x");
                }))
                .hasMessage("x");
        assertNobodyUses(session[0]);
    }

    @Test
    void lastAccessIsThePreviousRequestAlsoOneThatDidNotAsk() throws Exception {
        String id = shop.newSession();
        shop.time.advance(Duration.ofSeconds(5));
        shop.serve(shop.request(id), (q, r) -> {});
        long silent = shop.time.wallMillis();
        shop.time.advance(Duration.ofSeconds(5));
        shop.serve(
                shop.request(id),
                (q, r) -> assertThat(q.getSession().getLastAccessedTime()).isEqualTo(silent));
    }

    @Test
    void ignoredRequestsPassWithTheContainersOwnObjects() throws Exception {
        FakeRequest request = shop.request();
        request.uri = "/shop/static/logo.png";
        shop.serve(request, (q, r) -> {
            assertThat(q).isSameAs(request);
            assertThat(r).isSameAs(request.response);
        });
    }

    // ---------------------------------------------------------------- failures

    @Test
    void aFailedSaveBecomes503WhateverTheApplicationDoes() throws Exception {
        String id = shop.newSession();
        List<TestApplication.Servlet> servlets = List.of(
                (q, r) -> {},
                (q, r) -> r.getWriter().print("all is well"),
                (q, r) -> {
                    try {
                        r.flushBuffer();
                    } catch (StoreException e) {
                        r.getWriter().print("all is well");
                        r.flushBuffer();
                    }
                },
                (q, r) -> {
                    throw new IllegalStateException("of the application");
                });
        for (TestApplication.Servlet servlet : servlets) {
            FakeResponse response = shop.serve(shop.request(id), (q, r) -> {
                r.setHeader("X-Lie", "1");
                q.getSession().setAttribute("n", "unsaved");
                shop.faults.down();
                servlet.service(q, r);
            });
            shop.faults.heal();
            response.end();
            assertThat(response.error).isEqualTo(503);
            assertThat(response.getHeader("Retry-After")).isNotNull();
            assertThat(response.getHeader("X-Lie")).isNull();
            assertThat(response.sentText()).isEmpty();
            assertThat(shop.stored(id, "n")).isEqualTo("first");
        }
    }

    @Test
    void aFailedLoadIsNoMissingSession() throws Exception {
        String id = shop.newSession();
        shop.faults.plan(Fault.failsBefore(Operation.LOAD));
        FakeResponse response = shop.serve(shop.request(id), (q, r) -> {
            assertThatThrownBy(() -> q.getSession(false)).isInstanceOf(StoreException.class);
            assertThatThrownBy(() -> q.getSession(true)).as("still").isInstanceOf(StoreException.class);
        });
        assertThat(response.error).isEqualTo(503);
    }

    @Test
    void afterTheFirstByteTheFilterThrows() throws Exception {
        String id = shop.newSession();
        assertThatThrownBy(() -> shop.serve(shop.request(id), (q, r) -> {
                    r.getWriter().print("begun");
                    r.flushBuffer();
                    q.getSession().setAttribute("n", "unsaved");
                    shop.faults.down();
                }))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void theNewIdIsSentEvenWith503BecauseTheOldOneIsDead() throws Exception {
        String id = shop.newSession();
        String[] changed = new String[1];
        FakeResponse response = shop.serve(shop.request(id), (q, r) -> {
            changed[0] = q.changeSessionId();
            q.getSession().setAttribute("n", "unsaved");
            shop.faults.down();
        });
        shop.faults.heal();
        assertThat(response.error).isEqualTo(503);
        assertThat(response.getHeader("Set-Cookie")).contains(changed[0]);
        assertThat(shop.stored(changed[0], "n")).isEqualTo("first");
    }

    @Test
    void aSessionThatNoStoreKnowsLeavesNoCookie() throws Exception {
        FakeResponse response = shop.serve(shop.request(), (q, r) -> {
            q.getSession().setAttribute("n", "unsaved");
            shop.faults.down();
        });
        assertThat(response.error).isEqualTo(503);
        assertThat(response.getHeader("Set-Cookie")).isNull();
    }

    // ---------------------------------------------------------------- dispatches

    @Test
    void aForwardWithOurWrappersIsOneRequestAndSavesAtItsEnd() throws Exception {
        String id = shop.newSession();
        shop.store.forget();
        shop.serve(shop.request(id), (q, r) -> {
            HttpServletRequest forwarded = new HttpServletRequestWrapper(q) {
                @Override
                public DispatcherType getDispatcherType() {
                    return DispatcherType.FORWARD;
                }
            };
            HttpSession session = q.getSession();
            shop.dispatches.doFilter(forwarded, r, TestApplication.chain((q2, r2) -> {
                assertThat(q2).isSameAs(forwarded);
                assertThat(q2.getSession()).isSameAs(session);
                q2.getSession().setAttribute("n", "forwarded");
            }));
            assertThat(shop.store.count(Operation.SAVE)).isEqualTo(1);
        });
        assertThat(shop.store.count(Operation.LOAD)).isEqualTo(1);
        assertThat(shop.store.count(Operation.SAVE)).isEqualTo(1);
    }

    @Test
    void anErrorPageSeesTheSameSessionWithoutAnotherLoadOrCookie() throws Exception {
        FakeRequest request = shop.request();
        HttpSession[] session = new HttpSession[1];
        FakeResponse response = new FakeResponse();
        shop.dispatches.doFilter(request, response, TestApplication.chain((q, r) -> {
            session[0] = q.getSession();
            session[0].setAttribute("n", 1);
        }));
        shop.store.forget();
        request.type = DispatcherType.ERROR;
        request.uri = "/shop/error.jsp";
        shop.dispatches.doFilter(request, response, TestApplication.chain((q, r) -> {
            assertThat(q.getSession(false)).isSameAs(session[0]);
            assertThat(q.getSession().isNew())
                    .as("the client has not come back yet")
                    .isTrue();
            q.getSession().setAttribute("error", "seen");
        }));
        assertThat(shop.store.count(Operation.LOAD)).isZero();
        assertThat(shop.store.count(Operation.SAVE)).isEqualTo(1);
        assertThat(response.headersNamed("Set-Cookie")).hasSize(1);
        assertNobodyUses(session[0]);
    }

    @Test
    void anErrorPageFor503IsShownAndItsOwnFailureEndsIn503() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(id);
        FakeResponse first = shop.serve(request, (q, r) -> {
            q.getSession().setAttribute("n", "unsaved");
            shop.faults.down();
        });
        assertThat(first.error).isEqualTo(503);
        request.type = DispatcherType.ERROR;

        FakeResponse page = shop.serve(request, (q, r) -> r.getWriter().print("please wait"));
        page.end();
        assertThat(page.sentText()).isEqualTo("please wait");

        FakeResponse failing = shop.serve(request, (q, r) -> r.getWriter().print("hello " + q.getSession(false)));
        failing.end();
        assertThat(failing.status).isEqualTo(503);
        assertThat(failing.sentText()).isEmpty();
    }

    @Test
    void aWrapperThatIsNoHttpRequestIsLetThrough() throws Exception {
        ServletRequestWrapper strange = new ServletRequestWrapper(shop.request());
        boolean[] ran = new boolean[1];
        shop.dispatches.doFilter(strange, new FakeResponse(), (q, r) -> ran[0] = q == strange);
        assertThat(ran[0]).isTrue();
    }

    @Test
    void inAnotherApplicationSessionsAreThatOnes() throws Exception {
        FakeRequest elsewhere = new FakeRequest(TestApplication.context("/other")) {
            @Override
            public HttpSession getSession(boolean create) {
                return null;
            }
        };
        elsewhere.containersRequestedId = "theirs";
        shop.serve(shop.request(), (q, r) -> {
            ((ServletRequestWrapper) q).setRequest(elsewhere);
            assertThat(q.getSession()).isNull();
            assertThat(q.getRequestedSessionId()).isEqualTo("theirs");
        });
    }

    // ---------------------------------------------------------------- asynchronous

    @Test
    void asynchronousProcessingKeepsTheSessionUntilItsEndAndSavesBeforeCompleting() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(id);
        AsyncContext[] context = new AsyncContext[1];
        HttpSession[] session = new HttpSession[1];
        shop.serve(request, (q, r) -> {
            context[0] = q.startAsync();
            assertThat(q.getAsyncContext()).isSameAs(context[0]);
            assertThat(context[0].getRequest()).isSameAs(q);
            assertThat(context[0].getResponse()).isSameAs(r);
            assertThat(context[0].hasOriginalRequestAndResponse()).isTrue();
            session[0] = q.getSession();
        });
        shop.store.forget();
        session[0].setAttribute("n", "later");
        assertThat(shop.store.count(Operation.SAVE)).as("still in use").isZero();

        context[0].complete();

        assertThat(shop.store.count(Operation.SAVE)).isEqualTo(1);
        assertThat(request.async.calls).containsExactly("complete");
        request.async.completes();
        assertNobodyUses(session[0]);
    }

    @Test
    void aFailedSaveAtCompletionBecomes503() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(id);
        AsyncContext[] context = new AsyncContext[1];
        FakeResponse response = shop.serve(request, (q, r) -> {
            context[0] = q.startAsync();
            q.getSession();
        });
        ((HttpServletRequest) context[0].getRequest()).getSession().setAttribute("n", "unsaved");
        shop.faults.down();
        context[0].complete();
        shop.faults.heal();

        assertThat(response.error).isEqualTo(503);
        assertThat(request.async.calls).containsExactly("complete");
    }

    @Test
    void anAnswerThatHasBegunIsBrokenOffByTheContainersThread() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(id);
        AsyncContext[] context = new AsyncContext[1];
        FakeResponse response = shop.serve(request, (q, r) -> {
            context[0] = q.startAsync();
            r.flushBuffer();
            q.getSession().setAttribute("n", "unsaved");
            shop.faults.plan(Fault.failsBefore(Operation.SAVE).times(10));
        });
        context[0].complete();
        assertThat(request.async.calls).containsExactly("dispatch");

        request.type = DispatcherType.ASYNC;
        request.async.started = false;
        assertThatThrownBy(() -> shop.dispatches.doFilter(request, response, TestApplication.chain((q, r) -> {
                    throw new AssertionError("the target must not run");
                })))
                .isInstanceOf(StoreException.class);
    }

    @Test
    void anAsynchronousDispatchWithTheContainersPairIsTheSameRequest() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(id);
        HttpSession[] session = new HttpSession[1];
        FakeResponse response = shop.serve(request, (q, r) -> {
            session[0] = q.getSession();
            q.startAsync().dispatch("/next");
        });
        shop.store.forget();
        request.type = DispatcherType.ASYNC;
        request.async.started = false;
        shop.dispatches.doFilter(request, response, TestApplication.chain((q, r) -> {
            assertThat(q.getSession()).isSameAs(session[0]);
            q.getSession().setAttribute("n", "dispatched");
        }));
        assertThat(shop.store.count(Operation.LOAD)).isZero();
        assertThat(shop.store.count(Operation.SAVE)).isEqualTo(1);
        assertNobodyUses(session[0]);
    }

    @Test
    void anErrorThatNobodyHandlesReleasesTheSession() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(id);
        HttpSession[] session = new HttpSession[1];
        shop.serve(request, (q, r) -> {
            session[0] = q.getSession();
            q.startAsync();
        });
        request.async.fails();
        assertNobodyUses(session[0]);
        request.async.completes();
        assertNobodyUses(session[0]);
    }

    @Test
    void aTimeoutLeavesTheSessionToTheListenersUntilTheEnd() throws Exception {
        String id = shop.newSession();
        FakeRequest request = shop.request(id);
        HttpSession[] session = new HttpSession[1];
        List<String> told = new ArrayList<>();
        shop.serve(request, (q, r) -> {
            session[0] = q.getSession();
            AsyncContext context = q.startAsync();
            context.addListener(new TellingListener(told, q, r, context));
        });
        request.async.timesOut();
        request.async.completes();
        assertThat(told).containsExactly("timeout ours", "complete ours");
        assertNobodyUses(session[0]);
    }

    private record TellingListener(
            List<String> told, HttpServletRequest request, HttpServletResponse response, AsyncContext context)
            implements jakarta.servlet.AsyncListener {

        private String whose(jakarta.servlet.AsyncEvent event) {
            return event.getSuppliedRequest() == request
                            && event.getSuppliedResponse() == response
                            && event.getAsyncContext() == context
                    ? "ours"
                    : "the container's";
        }

        @Override
        public void onTimeout(jakarta.servlet.AsyncEvent event) {
            told.add("timeout " + whose(event));
        }

        @Override
        public void onComplete(jakarta.servlet.AsyncEvent event) {
            told.add("complete " + whose(event));
        }

        @Override
        public void onError(jakarta.servlet.AsyncEvent event) {
            told.add("error " + whose(event));
        }

        @Override
        public void onStartAsync(jakarta.servlet.AsyncEvent event) {
            told.add("start " + whose(event));
        }
    }
}
