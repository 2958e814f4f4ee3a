package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What nodes of mode sticky are called behind the ids that clients get. */
@ParameterizedClass(name = "{0}")
@MethodSource("cells")
@Tag("beyond")
class RouteIT {

    private final Cell cell;

    RouteIT(Cell cell) {
        this.cell = cell;
    }

    /** One container of each kind is enough for every day. */
    static Stream<Cell> cells() {
        return Stream.of(Container.values())
                .filter(container -> Cells.isAll() || !container.isServlet61())
                .map(container -> new Cell(container, Cells.REDIS, Mode.STICKY));
    }

    private String routeOf(NodeProcess node) {
        Browser browser = new Browser(cell);
        String id = browser.run(node, "session").result(0);
        assertThat(browser.sessionCookie()).startsWith(id + ".");
        return browser.sessionCookie().substring(id.length() + 1);
    }

    @Test
    void theContainersNameForTheNodeIsItsRouteUnlessTheSettingSaysAnother() {
        NodeProcess.Starting one =
                NodeProcess.launch(cell.container(), cell.options("named").route("left-1"));
        NodeProcess.Starting two = NodeProcess.launch(
                cell.container(), cell.options("set").route("left-1").property("holdfast.route", "Right_2"));
        try (NodeProcess named = one.awaitReady();
                NodeProcess set = two.awaitReady()) {
            assertThat(routeOf(named)).isEqualTo("left-1");
            assertThat(named.log()).contains("<id>.left-1");
            assertThat(routeOf(set)).isEqualTo("Right_2");
        }
    }

    @Test
    void withoutANameEachStartHasOneOfItsOwn() {
        List<NodeProcess.Starting> starting = new ArrayList<>();
        starting.add(NodeProcess.launch(cell.container(), cell.options("nameless")));
        // what an unnamed Jetty calls itself, each of them, and what is not of the form of a route
        starting.add(NodeProcess.launch(
                cell.container(), cell.options("bad").route(cell.container().isJetty() ? "node0" : "a.b:c")));
        Set<String> routes = new HashSet<>();
        for (NodeProcess.Starting each : starting) {
            try (NodeProcess node = each.awaitReady()) {
                String route = routeOf(node);
                assertThat(route).matches("[A-Za-z0-9_-]{8,64}").isNotEqualTo("node0");
                assertThat(node.log()).contains("<id>." + route);
                assertThat(routes.add(route)).isTrue();
            }
        }
    }

    @Test
    void applicationsOfOneNodeThatShareSessionsNeverSeeTheOldCopyOfTheOther() {
        NodeOptions options = cell.options("sharing")
                .webapp("/other", Cell.WAR)
                .route("left-1")
                .property("holdfast.application", "both")
                .property("holdfast.cookie-path", "/");
        try (NodeProcess node = NodeProcess.start(cell.container(), options)) {
            Browser browser = new Browser(cell);
            browser.run(node, "set n 1");
            String id = browser.sessionId();
            for (int i = 2; i < 20; i++) {
                String path = i % 2 == 0 ? "/other" : "/app";
                assertThat(browser.get(node, path + Browser.dispatch("get-if n", "set n " + i))
                                .results())
                        .containsExactly("" + (i - 1), "ok");
            }
            assertThat(browser.sessionId()).isEqualTo(id);
        }
    }
}
