package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** What nobody honest sends. */
@EveryContainer
@Tag("beyond")
class HostileInputIT {

    private static NodeProcess node;

    private final Browser browser;
    private final Control control;

    HostileInputIT(Cell cell) {
        this.browser = new Browser(cell);
        this.control = Control.of(cell, node);
    }

    @BeforeParameterizedClassInvocation
    static void start(Cell cell) {
        node = NodeProcess.start(
                cell.container(), cell.ownCluster("hostile").property("holdfast.store", "faulty:local"));
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        node.close();
    }

    @Test
    void tenThousandBadCookiesMakeNoSessionNoExceptionAndNoStoreCallUnlessWellFormed() {
        browser.run(node, "set a 1");
        HostileCookies cookies = new HostileCookies(browser.sessionId());
        int wellFormed = 0;
        RawHttp http = new RawHttp(node);
        long calls = 0;
        for (int i = 0; i < 10_000; i++) {
            if (i % 1_000 == 0) {
                calls += control.ask("fault", "calls").lines().count();
                control.ask("fault", "forget");
            }
            HostileCookies.Header header = cookies.next();
            http.sendBytes(("GET " + Browser.script("peek", "requested-valid") + " HTTP/1.1\r\nHost: 127.0.0.1:"
                            + node.port() + "\r\nCookie: " + header.value() + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            Answer answer = http.answer();
            String what = "seed " + cookies.seed() + " " + header.describe();
            assertThat(answer.status()).as(what).isIn(200, 400, 431);
            assertThat(answer.headers().allValues("Set-Cookie")).as(what).isEmpty();
            if (answer.status() == 200) {
                assertThat(answer.results()).as(what).containsExactly("none", "false");
                wellFormed += header.wellFormed();
            }
            // Tomcat ends a connection after a hundred requests, and both after one that they refuse
            if (answer.headers().firstValue("Connection").orElse("").equals("close") || answer.status() != 200) {
                http.close();
                http = new RawHttp(node);
            }
        }
        http.close();
        calls += control.ask("fault", "calls").lines().count();
        // of the first thousand the one save of the honest session may be counted
        assertThat(calls).as("seed " + cookies.seed()).isLessThanOrEqualTo(wellFormed + 1L);
        assertThat(browser.run(node, "get-if a").result(0)).isEqualTo("1");
        assertThat(node.log()).doesNotContain("dev.holdfast.filter.http.").doesNotContain("at dev.holdfast");
    }

    /**
     * Jetty knows the header lines of a connection again, the first part of one too; unless told otherwise it does not look at
     * the case then, and what came first is what applications get. Behind a proxy that keeps its connections a stranger's cookie
     * would change everybody's.
     */
    @Test
    void whatCameBeforeOnTheConnectionDoesNotChangeTheCaseOfACookie() {
        browser.run(node, "set a 1");
        String valid = Browser.COOKIE + "=" + browser.sessionCookie();
        String swapped = swapCase(valid);
        for (int length = 1; length <= valid.length(); length++) {
            assertThat(askedAfter(swapped.substring(0, length), valid))
                    .as("after its first %d letters in the other case", length)
                    .isEqualTo("1");
        }
        String bent = Browser.COOKIE + "=" + swapCase(browser.sessionCookie());
        assertThat(askedAfter(valid, bent)).as("another id").isEqualTo("none");
    }

    /** What a request with this cookie finds, on a connection over which another one was sent. */
    private static String askedAfter(String other, String cookie) {
        try (RawHttp http = new RawHttp(node)) {
            http.send("GET", Browser.script("peek"), "Cookie: " + other);
            assertThat(http.answer().status()).isEqualTo(200);
            http.send("GET", Browser.script("get-if a"), "Cookie: " + cookie);
            return http.answer().result(0);
        }
    }

    private static String swapCase(String text) {
        StringBuilder swapped = new StringBuilder();
        for (char c : text.toCharArray()) {
            swapped.append(Character.isLowerCase(c) ? Character.toUpperCase(c) : Character.toLowerCase(c));
        }
        return swapped.toString();
    }
}
