package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.redis.servers.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Two nodes of mode sticky and clients that go from one to the other, with copies left behind. Calls of the store are counted. */
@ParameterizedClass(name = "{0}")
@MethodSource("pairs")
@TestInstance(Lifecycle.PER_CLASS)
@Tag("beyond")
class StickyIT {

    /** For so long a client that has changed over is asked about. */
    private static final Duration SETTLE = Duration.ofSeconds(30);

    /** With this idle limit a node asks about a copy that it has not asked about for two seconds. */
    private static final String MAX = "max 10";

    private static final Duration UNCONFIRMED = Duration.ofSeconds(2);

    record Pair(Container a, Container b) {
        @Override
        public String toString() {
            return a.id() + " and " + b.id();
        }
    }

    @Parameter
    private Pair pair;

    private Cell cell;
    private RedisServer redis;
    private NodeProcess a;
    private NodeProcess b;
    private Browser browser;
    private ExecutorService clients;

    static Stream<Pair> pairs() {
        return Stream.of(
                        new Pair(Container.TOMCAT10, Container.JETTY_EE11),
                        new Pair(Container.JETTY_EE10, Container.TOMCAT11))
                .limit(Cells.isAll() ? 2 : 1);
    }

    @BeforeParameterizedClassInvocation
    void start(Pair started) {
        cell = new Cell(started.a(), Cells.REDIS, Mode.STICKY);
        redis = RedisServer.start();
        NodeProcess.Starting one = launch(started.a(), "a");
        NodeProcess.Starting two = launch(started.b(), "b");
        a = one.awaitReady();
        b = two.awaitReady();
        browser = new Browser(cell);
        clients = Executors.newCachedThreadPool();
    }

    private NodeProcess.Starting launch(Container container, String name) {
        return NodeProcess.launch(
                container,
                cell.options("moved-" + name)
                        .property("holdfast.store", "faulty:" + redis.uri())
                        .property("holdfast.touch-interval", "1m"));
    }

    @AfterEach
    void forget() {
        browser = new Browser(cell);
    }

    @AfterParameterizedClassInvocation
    void stop() {
        clients.shutdownNow();
        a.close();
        b.close();
        redis.close();
    }

    /** What a script asks the store for, its result being this. */
    private List<String> calls(NodeProcess node, String script, String result) {
        fault(node, "forget");
        assertThat(browser.run(node, script).result(0)).isEqualTo(result);
        return fault(node, "calls")
                .lines()
                .map(line -> line.split(" ")[0])
                .filter(call -> call.equals("load") || call.equals("save") || call.equals("remove"))
                .toList();
    }

    private String fault(NodeProcess node, String what) {
        return new Browser(cell).get(node, "/app/control/fault?of=" + what).body();
    }

    private List<String> events(String containing) {
        return Stream.of(a, b)
                .flatMap(node -> Control.of(cell, node).events(containing).stream())
                .toList();
    }

    @Test
    void aClientThatStaysCostsNothingAgainWhenItsChangeOfNodesIsHalfAMinuteOld() {
        browser.run(a, "set n 1");
        assertThat(calls(a, "get n", "1")).isEmpty();
        assertThat(calls(a, "set n 2", "ok")).containsExactly("save");
        assertThat(calls(b, "get n", "2")).containsExactly("load");
        assertThat(calls(b, "get n", "2")).containsExactly("load");
        assertThat(calls(b, "set n 3", "ok")).containsExactly("load", "save");
        Control.pause(SETTLE.plusMillis(100));
        assertThat(calls(b, "get n", "3")).containsExactly("load");
        assertThat(calls(b, "get n", "3")).isEmpty();
        assertThat(calls(b, "set n 4", "ok")).containsExactly("save");
        assertThat(calls(b, "get n", "4")).isEmpty();
        // and the copy that was left behind has not been asked about since
        assertThat(calls(a, "get n", "4")).containsExactly("load");
    }

    @Test
    void whoComesBackToAnOldCopySeesEveryWriteOfTheOtherNode() {
        browser.run(a, "set n 0");
        for (int i = 1; i < 100; i++) {
            NodeProcess node = i % 3 == 0 ? a : b;
            assertThat(browser.run(node, "get n", "set n " + i).result(0)).isEqualTo("" + (i - 1));
        }
    }

    @Test
    void aChangedIdHasTheRouteOfTheNodeThatChangedItAndTheOldOneLeadsNowhere() {
        String old = browser.run(a, "set n 1", "id").result(1);
        Browser thief = browser.copy();
        String before = browser.sessionCookie();
        String id = browser.run(b, "change-id", "set user anna").result(0);
        String route = browser.sessionCookie().substring(id.length());
        assertThat(browser.sessionCookie()).startsWith(id + ".");
        assertThat(before).startsWith(old).doesNotEndWith(route);

        // node a trusts the old cookie for a while yet; the copy there knows nothing of the login, and must not learn
        // of it
        assertThat(thief.copy().run(a, "get-if user").result(0)).isIn("null", "none");
        Answer answer = thief.copy().run(a, "peek", "change-id");
        assertThat(answer.sessionCookies()).isEmpty();
        assertThat(answer.status() == 503 || answer.result(0).equals("none"))
                .as("%s", answer)
                .isTrue();
        assertThat(thief.copy().run(a, "peek").result(0)).isEqualTo("none");
        assertThat(thief.copy().run(b, "peek").result(0)).isEqualTo("none");

        assertThat(browser.run(a, "id", "get user", "get n").results()).containsExactly(id, "anna", "1");
        assertThat(browser.sessionCookie()).startsWith(id + ".").doesNotEndWith(route);
        assertThat(browser.run(b, "id", "get user", "get n").results()).containsExactly(id, "anna", "1");
        assertThat(browser.sessionCookie()).isEqualTo(id + route);
    }

    @Test
    void aSessionThatOnlyTheOtherNodeReadsDoesNotEndByTheCopyThatWasLeftBehind() {
        String[] id = new String[1];
        InTime.use(
                6,
                limit -> id[0] =
                        browser.run(a, "session", "set n 1", "max " + limit).result(0),
                i -> browser.run(b, "get-if n").result(0));
        assertThat(events("destroyed first " + id[0])).isEmpty();
        assertThat(browser.run(a, "get-if n").result(0)).isEqualTo("1");
    }

    @Test
    void aSessionThatExpiredElsewhereIsNotFoundInAnOldCopyAndEndsOnce() {
        String[] id = new String[1];
        Browser[] old = new Browser[1];
        InTime.use(
                1,
                limit -> {
                    id[0] = browser.run(a, "session", "set n 1", "max " + limit).result(0);
                    old[0] = browser.copy();
                },
                i -> browser.run(b, "get-if n").result(0));
        Control.await("its end", () -> !events("destroyed first " + id[0]).isEmpty());
        for (NodeProcess node : List.of(a, b)) {
            assertThat(old[0].copy().run(node, "peek").result(0)).isEqualTo("none");
            assertThat(browser.copy().run(node, "peek").result(0)).isEqualTo("none");
        }
        Control.pause(Duration.ofSeconds(3));
        assertThat(events("destroyed first " + id[0])).hasSize(1);
    }

    @Test
    void parallelRequestsDuringATakeOverSeeOneSession() throws Exception {
        int requests = 8;
        for (int round = 0; round < 10; round++) {
            String id = browser.run(a, "session", "list-add cart pear").result(0);
            String gate = "taken " + System.nanoTime();
            List<Future<Answer>> answers = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                String own = "set own" + i + " " + round;
                answers.add(clients.submit(
                        () -> browser.copy().run(b, "id", "object", "value-object cart", "wait " + gate, own)));
            }
            Control control = Control.of(cell, b);
            Control.await("all of them", () -> Integer.parseInt(control.ask("arrived", gate)) == requests);
            control.open(gate);
            String[] gets = new String[requests];
            for (int i = 0; i < requests; i++) {
                Answer answer = answers.get(i).get();
                assertThat(answer.results().subList(0, 3))
                        .isEqualTo(answers.get(0).get().results().subList(0, 3));
                assertThat(answer.result(0)).isEqualTo(id);
                assertThat(answer.sessionCookie()).startsWith("JSESSIONID=" + id + ".");
                browser.accept(answer);
                gets[i] = "get own" + i;
            }
            for (NodeProcess node : List.of(b, a)) {
                assertThat(browser.run(node, gets).results())
                        .containsOnly("" + round)
                        .hasSize(requests);
            }
        }
    }

    @Test
    void aNodeThatWasPausedAsksBeforeItUsesTheCopyThatItHad() throws Exception {
        browser.run(a, "set n 1", MAX);
        // a busy machine may take longer than that between two of them
        Control.await("a read that asks nobody", () -> calls(a, "get n", "1").isEmpty());
        Browser second = browser.copy();
        Future<Answer> waiting;
        a.pause();
        try {
            waiting = clients.submit(() -> second.copy().run(a, "get n"));
            assertThat(browser.run(b, "set n 2").result(0)).isEqualTo("ok");
            Control.pause(UNCONFIRMED.plusMillis(200));
        } finally {
            a.resume();
        }
        assertThat(waiting.get().result(0)).isEqualTo("2");
        // one that has still the cookie of before, and one that has been at b
        assertThat(second.run(a, "get n").result(0)).isEqualTo("2");
        assertThat(browser.run(a, "get n").result(0)).isEqualTo("2");
    }
}
