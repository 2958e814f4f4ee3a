package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.server.Request.Outcome;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who leads, who goes with whom, and that everybody comes back. The server is part of the test. */
@Timeout(60)
class TripsTest {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final Names names = new Names();
    private final Watch watch = new Watch();
    private final ExecutorService callers = Executors.newCachedThreadPool();
    private ScriptedServer server;
    private Trips trips;

    @AfterEach
    void stop() {
        callers.shutdownNow();
        if (trips != null) {
            trips.close("the test is over");
        }
        if (server != null) {
            server.close();
        }
        names.close();
        watch.close();
    }

    private void start(int connections, Duration timeout, Function<List<String>, String> script) {
        start(connections, 0, timeout, Duration.ofMinutes(1), script);
    }

    private void start(
            int connections, int replicas, Duration timeout, Duration longRest, Function<List<String>, String> script) {
        server = new ScriptedServer(script);
        RedisSettings settings =
                Connected.settings("redis://" + server.address(), "redis.timeout", timeout.toMillis() + "ms");
        Opener opener = Opener.ofMasters(settings, new Dialer(Optional.empty(), names, watch));
        trips = new Trips(
                server.address(),
                new Connections(server.address(), opener, longRest.toNanos()),
                timeout.toNanos(),
                connections,
                replicas);
    }

    private static Request echo(String text, boolean writes) {
        return new Request(
                new Command(0, "ECHO", null, 0, List.of(text.getBytes(StandardCharsets.UTF_8)), writes, null));
    }

    private static Request echo(String text) {
        return echo(text, false);
    }

    private Request perform(Request request, Duration time) {
        trips.perform(new Call(List.of(request), Connected.in(time)));
        return request;
    }

    private static void assertAnswered(Request request, String text) {
        assertThat(request.outcome()).isEqualTo(Outcome.ANSWERED);
        assertThat(request.answer()).isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }

    private void awaitQueued(int count) {
        while (trips.queued() != count) {
            Thread.onSpinWait();
        }
    }

    @Test
    void allWhoWaitedWhileATripWasUnderWayTravelInTheNextOne() throws Exception {
        start(1, LONG, ScriptedServer::wellBehaved);
        server.hold();
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            String text = "caller " + i;
            done.add(callers.submit(() -> assertAnswered(perform(echo(text), LONG), text)));
            if (i == 0) {
                while (server.received().isEmpty()) {
                    Thread.onSpinWait();
                }
            }
        }
        awaitQueued(19);
        server.release();
        for (Future<?> each : done) {
            each.get();
        }
        assertThat(trips.counts().trips()).isEqualTo(2);
        assertThat(trips.counts().calls()).isEqualTo(20);
        assertThat(server.connections()).isEqualTo(1);
    }

    @Test
    void aTripHasABoundAndTheNextLeaderTakesTheRest() throws Exception {
        start(1, LONG, ScriptedServer::wellBehaved);
        server.hold();
        List<Future<?>> done = new ArrayList<>();
        done.add(callers.submit(() -> assertAnswered(perform(echo("first"), LONG), "first")));
        while (server.received().isEmpty()) {
            Thread.onSpinWait();
        }
        for (int i = 0; i < 5; i++) {
            String large = i + "x".repeat(400_000);
            done.add(callers.submit(() -> assertAnswered(perform(echo(large), LONG), large)));
        }
        awaitQueued(5);
        server.release();
        for (Future<?> each : done) {
            each.get();
        }
        // Two of 400 KB fit into a megabyte.
        assertThat(trips.counts().trips()).isEqualTo(4);
    }

    @Test
    void everyCallerGetsItsOwnAnswerWhateverTheNumberOfConnections() throws Exception {
        for (int connections : new int[] {1, 2, 5}) {
            start(connections, LONG, ScriptedServer::wellBehaved);
            List<Future<?>> done = new ArrayList<>();
            for (int caller = 0; caller < 24; caller++) {
                int number = caller;
                done.add(callers.submit(() -> {
                    for (int round = 0; round < 200; round++) {
                        List<Request> some = new ArrayList<>();
                        for (int i = 0; i <= round % 3; i++) {
                            some.add(echo(number + "-" + round + "-" + i));
                        }
                        trips.perform(new Call(some, Connected.in(LONG)));
                        for (int i = 0; i < some.size(); i++) {
                            assertAnswered(some.get(i), number + "-" + round + "-" + i);
                        }
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
            assertThat(server.connections()).isLessThanOrEqualTo(connections);
            assertThat(server.received()).hasSize(24 * (67 + 2 * 67 + 3 * 66));
            trips.close("next");
            server.close();
        }
    }

    @Test
    void whoseTimeIsOverInTheQueueIsTakenOutAndNeverSent() throws Exception {
        start(1, LONG, ScriptedServer::wellBehaved);
        server.hold();
        Future<?> first = callers.submit(() -> assertAnswered(perform(echo("first"), LONG), "first"));
        while (server.received().isEmpty()) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(() -> perform(echo("too late"), Duration.ofMillis(20)))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(Kind.TIMEOUT))
                .hasMessageContaining("not sent")
                .hasMessageContaining("redis.pool-size");
        Future<?> second = callers.submit(() -> assertAnswered(perform(echo("second"), LONG), "second"));
        awaitQueued(1);
        server.release();
        first.get();
        second.get();
        assertThat(server.received()).containsExactly(List.of("ECHO", "first"), List.of("ECHO", "second"));
    }

    @Test
    void whoHasLittleTimeLeftLeadsNobodyElse() throws Exception {
        start(1, LONG, ScriptedServer::wellBehaved);
        server.hold();
        Future<?> first = callers.submit(() -> assertAnswered(perform(echo("first"), LONG), "first"));
        while (server.received().isEmpty()) {
            Thread.onSpinWait();
        }
        Future<?> hasty = callers.submit(() -> assertAnswered(perform(echo("hasty"), Duration.ofSeconds(5)), "hasty"));
        awaitQueued(1);
        Future<?> patient = callers.submit(() -> assertAnswered(perform(echo("patient"), LONG), "patient"));
        awaitQueued(2);
        server.release();
        first.get();
        hasty.get();
        patient.get();
        assertThat(trips.counts().trips()).isEqualTo(3);
    }

    @Test
    void aLeaderThatFailsByAMistakeEndsNobodysWaitForEver() throws Exception {
        start(1, LONG, ScriptedServer::wellBehaved);
        server.hold();
        Future<?> first = callers.submit(() -> assertAnswered(perform(echo("first"), LONG), "first"));
        while (server.received().isEmpty()) {
            Thread.onSpinWait();
        }
        // Its name is what Wire cannot write.
        Request broken = new Request(new Command(0, null, null, 0, List.of(), false, null));
        Future<Request> leader = callers.submit(() -> perform(broken, LONG));
        awaitQueued(1);
        Request led = echo("led");
        Future<Request> follower = callers.submit(() -> perform(led, LONG));
        awaitQueued(2);
        server.release();
        first.get();
        assertThatThrownBy(leader::get).hasCauseInstanceOf(NullPointerException.class);
        assertThat(follower.get().outcome()).isEqualTo(Outcome.NOT_SENT);
        assertAnswered(perform(echo("after"), LONG), "after");
    }

    @Test
    void theTripOfAConnectionThatBreaksEndsForAllInItAndTheTurnGoesOn() throws Exception {
        start(1, LONG, words -> words.contains("poison") ? null : ScriptedServer.wellBehaved(words));
        server.hold();
        Future<?> first = callers.submit(() -> assertAnswered(perform(echo("first"), LONG), "first"));
        while (server.received().isEmpty()) {
            Thread.onSpinWait();
        }
        List<Future<Request>> rest = new ArrayList<>();
        for (String text : List.of("before", "poison", "after")) {
            rest.add(callers.submit(() -> perform(echo(text), LONG)));
            awaitQueued(rest.size());
        }
        server.release();
        first.get();
        assertAnswered(rest.get(0).get(), "before");
        assertThat(rest.get(1).get().outcome()).isEqualTo(Outcome.LOST);
        assertThat(rest.get(2).get().outcome()).isEqualTo(Outcome.LOST);
        assertAnswered(perform(echo("next"), LONG), "next");
    }

    @Test
    void closingEndsEverybodysWait() throws Exception {
        start(1, LONG, ScriptedServer::wellBehaved);
        server.hold();
        Request first = echo("first");
        Future<Request> leads = callers.submit(() -> perform(first, LONG));
        while (server.received().isEmpty()) {
            Thread.onSpinWait();
        }
        Request second = echo("second");
        Future<Request> waits = callers.submit(() -> perform(second, LONG));
        awaitQueued(1);
        trips.close("closed");
        assertThat(waits.get().outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(leads.get().outcome()).isEqualTo(Outcome.LOST);
        assertThat(perform(echo("late"), LONG).outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void anAnswerThatTricklesInEndsInTime() {
        start(
                1,
                Duration.ofMillis(200),
                words -> words.get(0).equals("ROLE") ? ScriptedServer.wellBehaved(words) : "$500000000\r\n");
        server.drip();
        // Each byte comes soon enough, the last one in months.
        assertThat(perform(echo("x"), LONG).outcome()).isEqualTo(Outcome.LATE);
    }

    @Test
    void anAnswerTooManyEndsTheConnectionBeforeItIsTakenForTheNext() {
        start(
                1,
                LONG,
                words -> words.get(0).equals("ECHO") && words.contains("twice")
                        ? ScriptedServer.wellBehaved(words) + "+surplus\r\n"
                        : ScriptedServer.wellBehaved(words));
        assertAnswered(perform(echo("twice"), LONG), "twice");
        assertAnswered(perform(echo("next"), LONG), "next");
        assertThat(server.connections()).isEqualTo(2);
    }

    @Test
    void aConnectionThatRestedLongIsAskedBeforeAnythingDependsOnIt() {
        AtomicInteger pings = new AtomicInteger();
        start(
                1,
                0,
                LONG,
                Duration.ZERO,
                words -> words.get(0).equals("PING") && pings.incrementAndGet() == 2
                        ? null
                        : ScriptedServer.wellBehaved(words));
        assertAnswered(perform(echo("a"), LONG), "a");
        assertAnswered(perform(echo("b"), LONG), "b");
        assertThat(server.connections()).isEqualTo(1);
        assertAnswered(perform(echo("c"), LONG), "c");
        assertThat(server.connections()).isEqualTo(2);
        assertThat(server.received()).hasSize(3);
    }

    @Test
    void oneWaitForReplicasServesAllWritersOfATripAndReadersGoOnWithoutIt() throws Exception {
        start(
                1,
                1,
                LONG,
                Duration.ofMinutes(1),
                words -> words.get(0).equals("WAIT") ? ":1\r\n" : ScriptedServer.wellBehaved(words));
        server.hold();
        Future<?> first = callers.submit(() -> assertAnswered(perform(echo("read"), LONG), "read"));
        while (server.received().isEmpty()) {
            Thread.onSpinWait();
        }
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            String text = "w" + i;
            writers.add(callers.submit(() -> assertAnswered(perform(echo(text, true), LONG), text)));
        }
        awaitQueued(3);
        server.release();
        first.get();
        for (Future<?> writer : writers) {
            writer.get();
        }
        assertThat(server.received().stream().filter(words -> words.get(0).equals("WAIT")))
                .hasSize(1);
    }

    @Test
    void tooFewReplicasLeaveTheWriteUnconfirmedAndAReadBesideItAnswered() {
        start(
                1,
                2,
                LONG,
                Duration.ofMinutes(1),
                words -> words.get(0).equals("WAIT") ? ":1\r\n" : ScriptedServer.wellBehaved(words));
        Request write = echo("w", true);
        Request read = echo("r", false);
        trips.perform(new Call(List.of(write, read), Connected.in(LONG)));
        assertThat(write.outcome()).isEqualTo(Outcome.UNCONFIRMED);
        assertThat(write.confirmedBy()).isEqualTo(1);
        assertAnswered(read, "r");
    }

    @Test
    void whateverAServerSaysAtTheDoorItIsRefusedWithAReason() {
        for (String answer : new String[] {
            "*0\r\n",
            "*1\r\n$5\r\nslave\r\n",
            ":1\r\n",
            "$-1\r\n",
            "*1\r\n*1\r\n$6\r\nmaster\r\n",
            "-LOADING x\r\n",
            "-\r\n",
            "+\r\n",
            "junk",
            "\r\n",
            "*1\r\n$6\r\nmaster\r\n+more\r\n"
        }) {
            start(1, Duration.ofSeconds(5), words -> answer);
            Request request = perform(echo("x"), LONG);
            assertThat(request.outcome()).as(answer).isEqualTo(Outcome.NOT_SENT);
            assertThat(request.cause()).hasMessageContaining(server.address().toString());
            trips.close("next");
            server.close();
        }
    }

    @Test
    void aServerThatIsDownIsNotAskedByEverybody() {
        start(4, LONG, words -> null);
        int refused = 0;
        for (int i = 0; i < 50; i++) {
            refused += perform(echo("x"), LONG).outcome() == Outcome.NOT_SENT ? 1 : 0;
        }
        assertThat(refused).isEqualTo(50);
        assertThat(server.connections()).isLessThan(10);
        assertThat(trips.breaker().refusal())
                .hasMessageContaining("down for")
                .hasMessageContaining("tried again every");
    }

    /** In a virtual thread an interrupt closes the socket, which looks as if the server had done that. */
    @Test
    void whoIsInterruptedSaysNothingAboutTheServer() {
        start(1, LONG, ScriptedServer::wellBehaved);
        server.close();
        Thread.currentThread().interrupt();
        try {
            assertThat(perform(echo("x"), LONG).outcome()).isEqualTo(Outcome.NOT_SENT);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(trips.breaker().isOpen()).isFalse();
        assertThat(perform(echo("x"), LONG).outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(trips.breaker().isOpen()).isTrue();
    }
}
