package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Servlet 6.0, 4.4 and 14.4: what a deployment says of its session cookie. */
@EveryContainer
class CookieConfigIT {

    private final Cell cell;

    CookieConfigIT(Cell cell) {
        this.cell = cell;
    }

    @Test
    void cookieHasTheNameAndTheAttributesOfTheDescriptor() {
        try (NodeProcess node =
                NodeProcess.start(cell.container(), cell.ownCluster("cookie").webXml("/app", Descriptor.with("""
                                        <session-config>
                                          <cookie-config>
                                            <name>BASKET</name>
                                            <path>/app/do</path>
                                            <http-only>true</http-only>
                                            <secure>true</secure>
                                            <max-age>3600</max-age>
                                            <attribute>
                                              <attribute-name>SameSite</attribute-name>
                                              <attribute-value>Strict</attribute-value>
                                            </attribute>
                                          </cookie-config>
                                          <tracking-mode>COOKIE</tracking-mode>
                                        </session-config>
                                        """)))) {
            Answer answer = RawHttp.get(node, Browser.script("set a 1", "encode /app/x"));
            String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
            assertThat(cookie)
                    .startsWith("BASKET=")
                    .containsIgnoringCase("; Path=/app/do")
                    .containsIgnoringCase("; Secure")
                    .containsIgnoringCase("; HttpOnly")
                    .containsIgnoringCase("; Max-Age=3600")
                    .containsIgnoringCase("; SameSite=Strict");
            assertThat(answer.headers().allValues("Set-Cookie")).hasSize(1);
            assertThat(answer.result(1)).isEqualTo("/app/x");
            Answer next = RawHttp.get(node, Browser.script("get-if a"), "Cookie: " + cookie.split(";")[0]);
            assertThat(next.result(0)).isEqualTo("1");
        }
    }

    @Test
    @Tag("beyond") // our own settings
    void settingsOfTheFilterWinOverTheDescriptor() {
        try (NodeProcess node = NodeProcess.start(
                cell.container(),
                cell.ownCluster("cookie-settings")
                        .property("holdfast.cookie-name", "SHELL")
                        .property("holdfast.cookie-path", "/app/do")
                        .property("holdfast.cookie-secure", "true"))) {
            Answer answer = RawHttp.get(node, Browser.script("set a 1"));
            assertThat(answer.headers().allValues("Set-Cookie"))
                    .singleElement()
                    .asString()
                    .startsWith("SHELL=")
                    .containsIgnoringCase("; Path=/app/do")
                    .containsIgnoringCase("; Secure");
        }
    }

    @Test
    void rootApplicationHasTheRootPath() {
        try (NodeProcess node = NodeProcess.start(cell.container(), cell.rootApplication("root"))) {
            Answer answer = RawHttp.get(node, "/do?op=session");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.sessionCookie() + ";").containsIgnoringCase("; Path=/;");
        }
    }
}
