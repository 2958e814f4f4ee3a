package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real servers that are away for a while, under users who click on; and what changes that wait are worth when a node dies. With peers
 * the store is never away for itself: it is where the applications are.
 */
@Tag("beyond")
@ParameterizedClass(name = "{0}")
@MethodSource("stores")
class OutageIT {

    /** How long the store is away. */
    private static final Duration AWAY = Duration.ofSeconds(Cells.isAll() ? 60 : 8);

    private static final int USERS = 4;

    /** What a breaker that is open waits at least before it makes a trial. */
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(250);

    private final String store;
    private final OutageServers servers;
    private NodeProcess a;
    private NodeProcess b;

    static Stream<String> stores() {
        return Stream.of(Cells.REDIS, Cells.MEMCACHED).limit(Cells.isAll() ? 2 : 1);
    }

    OutageIT(String store) {
        this.store = store;
        this.servers = OutageServers.start(store);
    }

    @AfterEach
    void stop() {
        for (NodeProcess node : new NodeProcess[] {a, b}) {
            if (node != null) {
                node.close();
            }
        }
        servers.close();
    }

    private Cell cell(Container container, Mode mode) {
        return new Cell(container, store, mode);
    }

    private NodeOptions options(Cell cell, String name) {
        return cell.options("outage-" + name)
                .property("holdfast.store", "faulty:" + servers.uri())
                .property("holdfast.timeout", "2s")
                .property("holdfast." + store + ".timeout", "500ms");
    }

    private void start(Cell one, Cell two, String... settings) {
        NodeProcess.Starting first = launch(one, "a", settings);
        NodeProcess.Starting second = launch(two, "b", settings);
        a = first.awaitReady();
        b = second.awaitReady();
    }

    private NodeProcess.Starting launch(Cell cell, String name, String... settings) {
        NodeOptions options = options(cell, name);
        for (String setting : settings) {
            String[] pair = setting.split("=");
            options.property("holdfast." + pair[0], pair[1]);
        }
        return NodeProcess.launch(cell.container(), options);
    }

    private static String fault(Cell cell, NodeProcess node, String what) {
        return new Browser(cell).get(node, "/app/control/fault?of=" + what).body();
    }

    @Test
    void aStoreThatHangsIsHardlyAskedAndNobodyIsLoggedOut() throws InterruptedException {
        Cell cell = cell(Container.TOMCAT11, Mode.SHARED);
        start(cell, cell(Container.JETTY_EE10, Mode.SHARED));
        try (OutageUsers users = new OutageUsers(cell).come(a, USERS).come(b, USERS)) {
            users.click(10);
            servers.pause();
            for (NodeProcess node : List.of(a, b)) {
                Control.await("the breaker of " + node.name(), () -> node.log().contains("the store does not answer"));
            }
            int refusedBefore = users.unavailable();
            long begun = System.nanoTime();
            for (NodeProcess node : List.of(a, b)) {
                assertThat(fault(cell, node, "forget")).isNotNull();
            }
            Control.pause(AWAY);
            int refused = users.unavailable() - refusedBefore;
            long calls = fault(cell, a, "calls").lines().count()
                    + fault(cell, b, "calls").lines().count();
            long trials =
                    2 * (TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun) / SHORTEST_PAUSE.toMillis() + 1);
            System.out.printf("open for %s: %,d answers refused, %d calls made%n", AWAY, refused, calls);
            assertThat(calls).as("calls of a store that hangs").isLessThanOrEqualTo(trials);
            assertThat(refused).isGreaterThan(10 * (int) calls);

            servers.resume();
            int before = users.acknowledged();
            Control.await("writes are acknowledged again", () -> users.acknowledged() > before + 20);
            users.click(10);
            users.stop();
            users.assertNothingLost();
            assertThat(users.missing(b)).isZero();
        }
    }

    @Test
    void usersOfStickyNodesGoOnAndAfterwardsTheStoreHasAllOfIt() throws InterruptedException {
        Cell cell = cell(Container.TOMCAT10, Mode.STICKY);
        start(cell, cell(Container.JETTY_EE11, Mode.STICKY));
        try (OutageUsers users = new OutageUsers(cell).come(a, USERS).come(b, USERS)) {
            Browser leaves = new Browser(cell);
            leaves.run(a, "session", "set a 1");
            String left = leaves.sessionCookie();
            users.click(10);
            servers.stop();
            users.click(10);
            int before = users.acknowledged();
            users.come(a, 2).come(b, 2);
            assertThat(leaves.run(a, "invalidate").status()).isEqualTo(200);
            assertThat(new Browser(cell)
                            .cookie(Browser.COOKIE, left)
                            .run(a, "peek")
                            .result(0))
                    .isEqualTo("none");
            Control.pause(AWAY);
            users.click(10);
            System.out.printf(
                    "away for %s: %,d writes acknowledged meanwhile, %d answers refused%n",
                    AWAY, users.acknowledged() - before, users.unavailable());
            assertThat(users.unavailable()).as("nobody noticed").isZero();

            servers.restart();
            users.click(10);
            users.stop();
            users.assertNothingLost();
            for (NodeProcess other : List.of(a, b)) {
                Control.await("all of it on " + other.name(), () -> isComplete(users, other));
            }
            Control.await(
                    "the end of the session that was left",
                    () -> new Browser(cell)
                            .cookie(Browser.COOKIE, left)
                            .forgetNode()
                            .run(b, "peek")
                            .result(0)
                            .equals("none"));
        }
    }

    /** A session that began meanwhile may not be there at once. */
    private static boolean isComplete(OutageUsers users, NodeProcess node) {
        try {
            return users.missing(node) == 0;
        } catch (AssertionError notYet) {
            return false;
        }
    }

    @Test
    void anApplicationStartsWithoutItsStoreOnlyIfItIsToldTo() throws IOException {
        Cell cell = cell(Container.TOMCAT10, Mode.SHARED);
        servers.stop();
        NodeProcess.Starting refused = launch(cell, "refused");
        assertThatThrownBy(refused::awaitReady).isInstanceOf(IllegalStateException.class);
        assertThat(Files.readString(refused.logFile()))
                .contains("cannot be opened")
                .contains("start-without-store=true");

        a = launch(cell, "patient", "start-without-store=true").awaitReady();
        Browser user = new Browser(cell);
        assertThat(user.run(a, "quiet").status()).isEqualTo(200);
        assertThat(user.run(a, "session", "set a 1").status()).isEqualTo(503);
        servers.restart();
        Control.await("a session", () -> user.run(a, "session", "set a 1").status() == 200);
        assertThat(user.run(a, "get a").result(0)).isEqualTo("1");
    }

    /** The loss window of {@code write=async}: what a node that is killed had acknowledged and not stored. */
    @Test
    void whatAKilledNodeHadNotStoredYetIsTheLatestOfEachSessionAndAStoppedOneHasStoredAll()
            throws InterruptedException {
        Cell cell = cell(Container.TOMCAT10, Mode.STICKY);
        start(cell, cell(Container.JETTY_EE11, Mode.STICKY), "write=async");
        try (OutageUsers users = new OutageUsers(cell).come(a, 2 * USERS)) {
            users.click(100);
            a.kill();
            users.stop();
            users.assertNothingLost();
            int missing = users.missing(b);
            System.out.printf(
                    "killed with write=async: %d of %,d acknowledged writes lost%n", missing, users.acknowledged());
            assertThat(missing).as("no more than what could be under way").isLessThan(users.acknowledged() / 4);
        }
        a = NodeProcess.start(Container.TOMCAT10, options(cell, "again").property("holdfast.write", "async"));
        try (OutageUsers users = new OutageUsers(cell).come(a, 2 * USERS)) {
            users.click(50);
            users.stop();
            assertThat(a.stop()).isTrue();
            assertThat(users.missing(b)).isZero();
        }
    }
}
