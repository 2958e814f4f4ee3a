package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servlet 6.0, 7.5: sessions that time ends. */
@EveryCell
class ExpiryIT {

    private final Cell cell;
    private final Browser browser;

    ExpiryIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    /** What the nodes of the cell noted. */
    private List<String> events(String containing) {
        return cell.nodes().stream()
                .flatMap(node -> Control.of(cell, node).events(containing).stream())
                .toList();
    }

    private void begin(int limit) {
        browser.run("set a 1", "max " + limit);
    }

    private String find(NodeProcess node) {
        return browser.run(node, "get-if a").result(0);
    }

    @Test
    void sessionLivesWhileItIsUsedAndEndsWhenItIsNot() {
        int limit = InTime.use(4, this::begin, i -> find(i % 2 == 0 ? cell.b() : cell.a()));
        Control.pause(Duration.ofMillis(1_000L * limit + 100));
        assertThat(browser.run(cell.a(), "peek").result(0)).isEqualTo("none");
    }

    @Test
    void accessOnOneNodeKeepsTheSessionAliveOnTheOther() {
        InTime.use(4, this::begin, i -> find(i < 3 ? cell.a() : cell.b()));
    }

    @Test
    void requestThatOnlyCarriesTheIdIsAnAccess() {
        InTime.use(4, this::begin, i -> {
            if (i == 3) {
                return find(cell.a());
            }
            browser.run(cell.a(), "parameter nothing");
            return "1";
        });
    }

    @Test
    @Tag("beyond") // Tomcat does not look whether it is in use, unless told to
    void sessionInUseDoesNotExpire() {
        browser.run("set a 1");
        String gate = "long " + System.nanoTime();
        // so short a limit, which the flush stores, only as long as it is in use: before and after, a busy machine may
        // take longer
        Thread request = new Thread(
                () -> browser.copy().run("get a", "max 1", "flush", "wait " + gate, "set b 2", "get a", "max 600"));
        request.start();
        Control.of(cell, cell.a()).awaitArrival(gate);
        Control.pause(Duration.ofSeconds(5));
        String id = browser.sessionId();
        assertThat(events("destroyed first " + id)).isEmpty();
        Control.of(cell, cell.a()).open(gate);
        Control.await("the request's end", () -> !request.isAlive());
        assertThat(browser.run(cell.b(), "get-if a", "get-if b").results()).containsExactly("1", "2");
    }

    @Test
    void sessionWithoutALimitNeverExpires() {
        browser.run("set a 1", "max 1", "max -1");
        Control.pause(Duration.ofSeconds(4));
        assertThat(browser.run(cell.b(), "get-if a").result(0)).isEqualTo("1");
    }

    @Test
    @Tag("beyond") // Tomcat looks for expired sessions once a minute
    void expiredSessionIsReportedExactlyOnceInTheClusterWithItsAttributes() {
        String id = browser.run("session", "set a sv-a", "max 1").result(0);
        browser.run(cell.b(), "get-if a"); // without making another one, should it have ended by then
        Control.await(
                "the end of the session", () -> !events("destroyed first " + id).isEmpty());
        Control.pause(Duration.ofSeconds(4));
        for (String listener : List.of("first", "second", "tld", "annotated", "code")) {
            assertThat(events("destroyed " + listener + " " + id))
                    .containsExactly("destroyed " + listener + " " + id + " a=sv-a");
        }
        for (NodeProcess node : cell.nodes()) {
            assertThat(browser.run(node, "peek").result(0)).isEqualTo("none");
        }
    }

    @Test
    @Tag("beyond")
    void valuesAreUnboundWhenTheirSessionExpires() {
        String id = browser.run("session", "set-recording r one", "max 1").result(0);
        Control.await("unbinding", () -> !events("unbound one " + id).isEmpty());
        assertThat(events("unbound one " + id)).hasSize(1);
    }

    @Test
    @Tag("beyond")
    void manySessionsExpireEachOnce() {
        String[] ids = new String[100];
        for (int i = 0; i < ids.length; i++) {
            Browser one = new Browser(cell);
            NodeProcess node = i % 2 == 0 ? cell.a() : cell.b();
            ids[i] = one.run(node, "session", "set n " + i, "max 1").result(0);
        }
        for (int i = 0; i < ids.length; i++) {
            String id = ids[i];
            Control.await(
                    "the end of session " + i,
                    () -> !events("destroyed first " + id).isEmpty());
        }
        Control.pause(Duration.ofSeconds(3));
        for (int i = 0; i < ids.length; i++) {
            assertThat(events("destroyed first " + ids[i])).containsExactly("destroyed first " + ids[i] + " n=" + i);
        }
    }
}
