package dev.holdfast.demo.launcher.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A visitor of a server that answers every request with the same status, and each time hands out a session. */
class VisitorTest {
    private static final int CLICKS = 5;

    /** In their order: the method, and whether it brought a session along. */
    private record Asked(String method, boolean withSession) {}

    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final Tally tally = new Tally();
    private HttpServer server;

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** It would undo what this visitor writes meanwhile, and the visitor would take that for a loss. */
    @Test
    void whoseWriteMayStillBeUnderWayGoesOnWithAnotherSession() throws Exception {
        visit(504);

        assertThat(asked).hasSize(CLICKS).contains(new Asked("POST", false));
        for (int i = 1; i < CLICKS; i++) {
            boolean wasWrite = asked.get(i - 1).method().equals("POST");
            assertThat(asked.get(i).withSession())
                    .as("request %d of %s", i, asked)
                    .isEqualTo(!wasWrite);
        }
    }

    @Test
    void whoseWriteWasRefusedStays() throws Exception {
        visit(503);

        assertThat(asked).hasSize(CLICKS).contains(new Asked("POST", true));
        assertThat(asked.subList(1, CLICKS)).allMatch(Asked::withSession);
    }

    private void visit(int status) throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.add(new Asked(
                    exchange.getRequestMethod(), exchange.getRequestHeaders().containsKey("Cookie")));
            exchange.getResponseHeaders().set("Set-Cookie", "JSESSIONID=some; Path=/");
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
        URI site = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        Browser browser = new Browser(HttpClient.newHttpClient(), site, tally);
        new Visitor("user", 1, browser, tally).click(CLICKS, click -> {});
    }
}
