package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionCookieTest {

    private final FakeResponse response = new FakeResponse();

    private static SessionCookie cookie(String name, String path, String domain, Boolean secure) {
        return new SessionCookie(name, path, domain, -1, secure, true, Map.of());
    }

    @Test
    void carriesEverythingThatWasConfigured() {
        new SessionCookie("SID", "/shop", "example.org", 60, null, true, Map.of("SameSite", "Lax"))
                .write(response, "id", true);
        assertThat(response.headersNamed("Set-Cookie"))
                .containsExactly("SID=id; Max-Age=60; Path=/shop; Domain=example.org; Secure; HttpOnly; SameSite=Lax");
    }

    @Test
    void isSecureWhenTheRequestIsUnlessConfigured() {
        cookie("A", "/", null, null).write(response, "1", false);
        cookie("B", "/", null, true).write(response, "1", false);
        cookie("C", "/", null, false).write(response, "1", true);
        assertThat(response.headersNamed("Set-Cookie"))
                .containsExactly("A=1; Path=/; HttpOnly", "B=1; Path=/; Secure; HttpOnly", "C=1; Path=/; HttpOnly");
    }

    @Test
    void onlyTheNewestOfItsKindStaysAndOthersAreNotTouched() {
        response.addHeader("Set-Cookie", "SID=app; Path=/other");
        response.addHeader("Set-Cookie", "SID=domain; Path=/shop; Domain=example.org");
        response.addHeader("Set-Cookie", "SIDE=1; Path=/shop");
        SessionCookie cookie = cookie("SID", "/shop", null, null);
        cookie.write(response, "old", false);
        response.addHeader("Set-Cookie", "theirs=1");
        cookie.write(response, "new", false);
        assertThat(response.headersNamed("Set-Cookie"))
                .containsExactly(
                        "SID=app; Path=/other",
                        "SID=domain; Path=/shop; Domain=example.org",
                        "SIDE=1; Path=/shop",
                        "theirs=1",
                        "SID=new; Path=/shop; HttpOnly");
    }

    @Test
    void aCommittedAnswerIsLeftAlone() {
        response.committed = true;
        cookie("SID", "/", null, null).write(response, "id", false);
        assertThat(response.headers).isEmpty();
    }

    @Test
    void prefixesThatBrowsersCheckAreChecked() {
        assertThat(cookie("__Host-SID", "/", null, true).problems()).isEmpty();
        assertThat(cookie("__Host-SID", "/shop", null, true).problems()).hasSize(1);
        assertThat(cookie("__Host-SID", "/", "example.org", true).problems()).hasSize(1);
        assertThat(cookie("__Host-SID", "/", null, null).problems()).hasSize(1);
        assertThat(cookie("__Secure-SID", "/shop", null, true).problems()).isEmpty();
        assertThat(cookie("__Secure-SID", "/shop", null, null).problems()).hasSize(1);
        assertThat(new SessionCookie("SID", "/", null, -1, null, true, Map.of("partitioned", "")).problems())
                .hasSize(1);
        assertThat(new SessionCookie("SID", "/", null, -1, true, true, Map.of("Partitioned", "")).problems())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/, /shop, true",
        "/, /, false",
        "/shop, /shop, false",
        "/shop/, /shop, false",
        "/shop, /shop/admin, true",
        "/shop, /shopping, false",
        "/shop/admin, /shop, false",
    })
    void widerThanTheApplicationMeansSentToOthersToo(String path, String context, boolean wider) {
        assertThat(cookie("SID", path, null, null).isWiderThan(context)).isEqualTo(wider);
    }

    @ParameterizedTest
    @CsvSource({"'', /", "/shop, /shop", "/a b, /a%20b", "/ä;x, /%C3%A4%3Bx", "/a%20b, /a%20b"})
    void contextPathIsEncodedForThePath(String contextPath, String encoded) {
        assertThat(SessionCookie.encodedPath(contextPath)).isEqualTo(encoded);
    }
}
