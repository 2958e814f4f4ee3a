package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whoever has seen a byte of an answer can read, on any node, what the request had changed by then. */
@EveryCell
class StateBeforeBytesIT {

    private final Cell cell;
    private final Browser browser;

    StateBeforeBytesIT(Cell cell) {
        this.cell = cell;
        this.browser = new Browser(cell);
    }

    /** What a browser knows before the first byte of the content. */
    private Answer head(RawHttp http) {
        Answer head = http.head();
        browser.accept(head);
        return head;
    }

    @Test
    void redirectFollowedAtOnceOnAnotherNodeSeesTheChange() {
        browser.run("session");
        for (int i = 0; i < Suite.repetitions(2_000); i++) {
            NodeProcess one = i % 2 == 0 ? cell.a() : cell.b();
            NodeProcess other = i % 2 == 0 ? cell.b() : cell.a();
            Answer redirect = browser.run(one, "set n " + i, "redirect /app/do?op=get-if+n");
            assertThat(redirect.status()).isEqualTo(302);
            String location = redirect.headers().firstValue("Location").orElseThrow();
            Answer followed = browser.get(other, location.substring(location.indexOf("/app")));
            assertThat(followed.result(0)).isEqualTo("" + i);
        }
    }

    @Test
    void sessionMadeBeforeARedirectIsThereWhenItIsFollowed() {
        for (int i = 0; i < 50; i++) {
            Browser fresh = new Browser(cell);
            fresh.run("set n " + i, "redirect /app/do");
            assertThat(fresh.run(cell.b(), "get-if n").result(0)).isEqualTo("" + i);
        }
    }

    /** What an answer streams, by operations that send bytes before the servlet ends. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "write 8193",
                "write 10000",
                "write 32769",
                "write 100000",
                "write-single 20000",
                "print 10000",
                "chars 8193 78",
                "chars 3000 20ac",
                "chars 11000 20ac",
                "chars 9000 1f600",
                "write 10 | flush",
                "write 10 | flush-stream",
                "chars 10 78 | flush-writer",
                "write 10 | close-stream",
                "chars 10 78 | close-writer",
                "length 10 | write 10",
                "length 20000 | write 10000 | write 10000",
                "buffer 100 | write 101",
            })
    void clientWithOneByteOfAStreamedAnswerSeesTheChangeOnTheOtherNode(String streaming) {
        browser.run("session");
        for (int i = 0; i < Suite.repetitions(120); i++) {
            try (RawHttp http = new RawHttp(cell.a())) {
                String script = Browser.script(("set n " + i + " | " + streaming + " | note end").split(" \\| "));
                http.send("GET", script, "Cookie: " + browser.cookieHeader());
                assertThat(head(http).status()).isEqualTo(200);
                assertThat(http.readByte()).isPositive();
                assertThat(browser.run(cell.b(), "get-if n").result(0))
                        .as(streaming)
                        .isEqualTo("" + i);
            }
        }
    }

    @Test
    void clientWithTheFirstByteOfTheHeadSeesTheChangeOnTheOtherNode() {
        browser.run("session");
        for (int i = 0; i < Suite.repetitions(2_000); i++) {
            try (RawHttp http = new RawHttp(cell.a())) {
                http.send("GET", Browser.script("set n " + i, "write 8193"), "Cookie: " + browser.cookieHeader());
                assertThat(http.readByte()).isEqualTo('H');
                if (cell.tellsNodes()) {
                    // a node believes its cookie, so the browser must have had a chance to read the newer one
                    browser.accept(http.head());
                }
                assertThat(browser.run(cell.b(), "get-if n").result(0)).isEqualTo("" + i);
            }
        }
    }

    @Test
    void flushedChangeIsThereWhileTheRequestGoesOnAndTheLaterOneAtItsEnd() throws Exception {
        browser.run("session");
        String gate = "flushed " + System.nanoTime();
        try (RawHttp http = new RawHttp(cell.a())) {
            String script = Browser.script(
                    "set n early", "write 5", "flush", "wait " + gate, "set n late", "set m 1", "write 5");
            http.send("GET", script, "Cookie: " + browser.cookieHeader());
            head(http);
            assertThat(browser.run(cell.b(), "get-if n").result(0)).isEqualTo("early");
            Control.of(cell, cell.a()).open(gate);
            while (http.readByte() != '0') {
                // to the last chunk
            }
            assertThat(browser.run(cell.b(), "get n", "get m").results()).containsExactly("late", "1");
        }
    }

    @Test
    void lastByteOfADeclaredLengthComesAfterTheState() {
        browser.run("session");
        for (int i = 0; i < Suite.repetitions(500); i++) {
            try (RawHttp http = new RawHttp(cell.a())) {
                http.send(
                        "GET",
                        Browser.script("write 5", "length 10", "flush", "set n " + i, "write 5", "note more"),
                        "Cookie: " + browser.cookieHeader());
                Answer answer = http.answer();
                browser.accept(answer);
                assertThat(answer.body()).hasSize(10);
                assertThat(browser.run(cell.b(), "get-if n").result(0)).isEqualTo("" + i);
            }
        }
    }

    @Test
    void headRequestSavesToo() {
        browser.run("session");
        Answer head = browser.send(
                cell.a(),
                browser.request(cell.a(), Browser.script("set n head", "write 20000"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody()));
        assertThat(head.status()).isEqualTo(200);
        assertThat(browser.run(cell.b(), "get n").result(0)).isEqualTo("head");
    }

    @Test
    void connectionIsKeptAndTheNextRequestOnItIsUnharmed() {
        browser.run("session");
        try (RawHttp http = new RawHttp(cell.a())) {
            for (int i = 0; i < 20; i++) {
                http.send(
                        "GET",
                        Browser.script("set n " + i, "write " + (i * 1000 + 1)),
                        "Cookie: " + browser.cookieHeader());
                assertThat(http.answer().body()).hasSize(i * 1000 + 1);
            }
        }
        assertThat(browser.run(cell.b(), "get n").result(0)).isEqualTo("19");
    }
}
