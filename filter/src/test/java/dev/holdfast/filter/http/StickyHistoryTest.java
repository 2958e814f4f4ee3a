package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.session.BehindSessions;
import dev.holdfast.filter.session.WriteRules;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.Operation;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A browser with one cookie jar in front of three sticky nodes, and a balancer that keeps to the cookie most of the time. Up to two
 * requests are under way at once: others run one after the other at some point within the first, and the answer to the last of them
 * may come in after the first one's. What is checked is what the browser can know: nothing that was acknowledged before a request was sent is
 * missing from its answer.
 */
class StickyHistoryTest {

    private static final int HISTORIES = 300;
    private static final int STEPS = 60;
    private static final Duration LONG = Duration.ofSeconds(15);
    private static final String[] NAMES = {"x", "y"};

    /** A write, or a logout, as the browser saw it. Numbers count events. */
    private record Done(int session, String name, int value, int sent, int acknowledged) {}

    private final class History implements AutoCloseable {
        final Random random;
        final ManualTime time = new ManualTime();
        final LocalStore store = TestApplication.localStore(time);
        final List<TestApplication> nodes = new ArrayList<>();
        final List<Done> writes = new ArrayList<>();
        final List<Done> logouts = new ArrayList<>();

        final boolean isAsync;

        String cookie;
        int session;
        int events;
        int values;
        int underWay;
        int idChanges;
        int uses;
        int waited;

        /** Which session an id stands for. */
        final Map<String, Integer> ids = new HashMap<>();

        /** Ids that were changed while another request was under way, whose answer may have brought them back. */
        final Set<String> changed = new HashSet<>();

        final Set<Integer> ended = new HashSet<>();

        History(long seed, WriteRules writes) {
            random = new Random(seed);
            isAsync = writes.async();
            for (String route : List.of("a", "b", "c")) {
                nodes.add(new TestApplication(false, time, store, route, null, writes));
            }
        }

        void pass(int... seconds) {
            int some = seconds[random.nextInt(seconds.length)];
            if (some > 0) {
                nodes.forEach(this::drain); // nothing waits for so long while there is a store
            }
            time.advance(Duration.ofSeconds(some).plusMillis(1 + random.nextInt(500)));
        }

        private void drain(TestApplication node) {
            waited += node.sessions.waitingSessions();
            assertThat(BehindSessions.drain(node.sessions)).isTrue();
        }

        /** What waits is stored by the time that the client's next request is at another node, which is all that is promised. */
        TestApplication route() {
            TestApplication next = choose();
            for (TestApplication node : nodes) {
                if (node != next || random.nextInt(3) == 0) {
                    drain(node);
                }
            }
            return next;
        }

        private TestApplication choose() {
            if (cookie != null && random.nextInt(10) < 7) {
                String route = cookie.substring(cookie.indexOf('.') + 1);
                return nodes.get(route.charAt(0) - 'a');
            }
            return nodes.get(random.nextInt(nodes.size()));
        }

        void run() throws Exception {
            for (int step = 0; step < STEPS; step++) {
                Answer answer = new Request(random.nextInt(3) == 0).run();
                answer.receive();
                pass(0, 0, 0, 1, 1, 5, 20, 29, 31, 45, 100);
            }
        }

        @Override
        public void close() {
            nodes.forEach(TestApplication::close);
        }

        /** On its way to the browser. */
        private final class Answer {
            final FakeResponse response;
            final Request request;

            Answer(FakeResponse response, Request request) {
                this.response = response;
                this.request = request;
            }

            void receive() {
                underWay--;
                for (String line : response.headersNamed("Set-Cookie")) {
                    cookie = line.substring("JSESSIONID=".length(), line.indexOf(';'));
                }
                int now = ++events;
                if (request.isRefused) {
                    return;
                }
                assertThat(response.status).isEqualTo(200);
                assertThat(response.error).isNull();
                if (request.isNotPromised) {
                    return;
                }
                if (request.wrote != null) {
                    writes.add(new Done(request.sawSession, request.wrote, request.value, request.sent, now));
                }
                if (request.loggedOut) {
                    logouts.add(new Done(request.sawSession, "", 0, request.sent, now));
                }
            }
        }

        private final class Request {
            final boolean hasParallel;
            final int sent = ++events;
            final String sentCookie = cookie;
            final int what = random.nextInt(20);
            final boolean flushesFirst = random.nextInt(8) == 0;
            final int parallelAt = random.nextInt(3);
            Answer parallel;
            boolean parallelComesLate;

            int sawSession;

            @Nullable
            String wrote;

            int value;
            boolean loggedOut;

            /** It took long, and the id was changed meanwhile: there is no cookie by which the client could be told. */
            boolean isNotPromised;

            /** It was let in unasked, and wanted to write to a session whose id another node had changed by then. */
            boolean isRefused;

            Request(boolean hasParallel) {
                this.hasParallel = hasParallel;
            }

            Answer run() throws Exception {
                underWay++;
                int idChangesBefore = idChanges;
                long sentNanos = time.nanos();
                TestApplication node = route();
                FakeRequest request = sentCookie == null ? node.request() : node.request(sentCookie);
                FakeResponse response = new FakeResponse();
                request.response = response;
                boolean isBroken = false;
                try {
                    node.dispatches.doFilter(request, response, TestApplication.chain(this::serve));
                } catch (RuntimeException afterTheFirstByte) {
                    assertThat(afterTheFirstByte).hasMessageContaining("another node has changed the id");
                    isBroken = true;
                }
                isRefused = isBroken || response.error != null && response.error == 503;
                if (isRefused) {
                    assertThat(hasParallel || underWay > 1)
                            .as("there is another request")
                            .isTrue();
                    assertThat(idChanges).as("changes of the id").isPositive();
                }
                isNotPromised = idChanges != idChangesBefore && time.nanos() - sentNanos > LONG.toNanos();
                if (parallel != null && parallelComesLate) {
                    Answer first = new Answer(response, this);
                    if (random.nextBoolean()) {
                        first.receive();
                        pass(0, 1, 3);
                        return parallel;
                    }
                    parallel.receive();
                    return first;
                }
                return new Answer(response, this);
            }

            private void other(int at) throws IOException, ServletException {
                if (!hasParallel || at != parallelAt) {
                    return;
                }
                try {
                    pass(0, 0, 1, 5, 20, 40);
                    for (int before = random.nextInt(4); before > 0; before--) {
                        new Request(false).run().receive();
                        pass(0, 0, 1, 5, 20, 40);
                    }
                    parallel = new Request(false).run();
                    parallelComesLate = random.nextInt(3) == 0;
                    if (parallelComesLate) {
                        pass(0, 1, 3);
                    } else {
                        parallel.receive();
                        pass(0, 0, 1, 5, 20, 40);
                    }
                } catch (IOException | ServletException | RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }

            private void serve(HttpServletRequest q, HttpServletResponse r) throws IOException, ServletException {
                other(0);
                if (what == 0) {
                    return; // does not use its session
                }
                uses++;
                HttpSession found = q.getSession(false);
                check(found);
                if (found == null) {
                    found = q.getSession();
                    found.setAttribute("session", ++session);
                }
                sawSession = (Integer) found.getAttribute("session");
                ids.put(found.getId(), sawSession);
                for (String name : NAMES) {
                    check(name, (Integer) found.getAttribute(name));
                }
                other(1);
                change(q, found, r);
            }

            private void change(HttpServletRequest q, HttpSession found, HttpServletResponse r)
                    throws IOException, ServletException {
                try {
                    if (what <= 9) {
                        wrote = NAMES[random.nextInt(NAMES.length)];
                        value = ++values;
                        found.setAttribute(wrote, value);
                        other(2);
                        if (flushesFirst) {
                            r.flushBuffer();
                        }
                    } else if (what == 10) {
                        ended.add(sawSession);
                        found.invalidate();
                        loggedOut = true;
                        other(2);
                    } else if (what == 11 && (!isAsync || underWay == 1 && !hasParallel)) {
                        // What waits when another node changes the id is void, if a request was let in unasked; it was
                        // not
                        // acknowledged if it is stored first.
                        if (underWay > 1 || hasParallel) {
                            changed.add(found.getId());
                        }
                        idChanges++;
                        ids.put(q.changeSessionId(), sawSession);
                        other(2);
                    }
                } catch (IllegalStateException endedInParallel) {
                    wrote = null;
                    assertThat(hasParallel || underWay > 1).isTrue();
                }
            }

            private void check(@Nullable HttpSession found) {
                if (found == null) {
                    // lost only if somebody ended it, or the answer of a parallel request brought back the id that was
                    // changed
                    String id = sentCookie == null ? null : sentCookie.substring(0, sentCookie.indexOf('.'));
                    boolean mayBeGone = id == null
                            || changed.contains(id)
                            || underWay > 1
                            || hasParallel
                            || ended.contains(ids.get(id));
                    assertThat(mayBeGone).as("the session lives").isTrue();
                    return;
                }
                int number = (Integer) found.getAttribute("session");
                assertThat(logouts)
                        .as("sessions that were ended before")
                        .noneMatch(each -> each.session() == number && each.acknowledged() < sent);
            }

            private void check(String name, @Nullable Integer seen) {
                int at = seen == null
                        ? Integer.MIN_VALUE
                        : writes.stream()
                                .filter(each -> each.value() == seen)
                                .mapToInt(Done::acknowledged)
                                .findFirst()
                                .orElse(Integer.MAX_VALUE);
                assertThat(writes)
                        .as("overwrote " + name + "=" + seen + " before the request was sent")
                        .noneMatch(each -> each.session() == sawSession
                                && each.name().equals(name)
                                && each.acknowledged() < sent
                                && each.sent() > at);
            }
        }
    }

    @Test
    void whatWasAcknowledgedIsSeenWhereverTheNextRequestGoes() throws Exception {
        int waited = run(WriteRules.STORED_FIRST);
        assertThat(waited).isZero();
    }

    @Test
    void whatWasAcknowledgedAndStoredLaterIsSeenWhereverTheNextRequestGoes() throws Exception {
        int waited = run(new WriteRules(true, false, true, 100, 1 << 20));
        assertThat(waited).as("sessions that waited").isGreaterThan(HISTORIES);
    }

    /** @return how often a session was found waiting to be stored */
    private int run(WriteRules writes) {
        int waited = 0;
        long first = new Random().nextLong();
        int requests = 0;
        int loads = 0;
        for (long seed = first; seed < first + HISTORIES; seed++) {
            try (History history = new History(seed, writes)) {
                history.run();
                requests += history.uses;
                waited += history.waited;
                loads += history.nodes.stream()
                        .mapToInt(node -> node.store.count(Operation.LOAD))
                        .sum();
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed, e);
            }
        }
        // else nothing was trusted, and this has shown nothing
        assertThat(loads).as("loads of %s requests, seed %s", requests, first).isLessThan(requests);
        return waited;
    }
}
