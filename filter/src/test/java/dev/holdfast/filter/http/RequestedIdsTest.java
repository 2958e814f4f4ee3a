package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestedIdsTest {

    private static RequestedIds of(String uri, String... cookieLines) {
        FakeRequest request = new FakeRequest(null);
        request.uri = uri;
        List.of(cookieLines).forEach(request::cookie);
        return RequestedIds.of(request, "JSESSIONID", "jsessionid", id -> id.startsWith("ok"));
    }

    @Test
    void cookiesOfOurNameAreFoundInOrderAmongOthersAndInSeveralHeaders() {
        RequestedIds ids =
                of("/", "a=b; JSESSIONID=one;JSESSIONID=two", "x; JSESSIONID=three ; JSESSIONIDX=no; XJSESSIONID=no");
        assertThat(ids.cookies()).containsExactly("one", "two", "three");
        assertThat(ids.first()).isEqualTo("one");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ";", "=", "JSESSIONID", "jsessionid=x", "JSESSIONID =x", "a=JSESSIONID=x", ";;;=;"})
    void whatIsNotOurCookieIsNone(String line) {
        assertThat(of("/", line).cookies()).isEmpty();
    }

    @Test
    void emptyAndQuotedValuesAreKeptAsTheClientWroteThem() {
        assertThat(of("/", "JSESSIONID=; JSESSIONID=\"quoted\"").cookies()).containsExactly("", "\"quoted\"");
    }

    @Test
    void thousandsOfCookiesAreNotCollected() {
        assertThat(of("/", "JSESSIONID=x;".repeat(10_000)).cookies()).hasSizeLessThan(100);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "/shop/cart;jsessionid=abc, abc",
                "/shop/cart;jsessionid=abc?x=1, abc",
                "/shop;jsessionid=abc/cart, abc",
                "/shop/cart;a=b;jsessionid=abc;c=d, abc",
                "/shop/cart;jsessionid=, ''",
                "/shop/cart;JSESSIONID=abc, none",
                "/shop/cart;xjsessionid=abc, none",
                "/shop/cart;jsessionidx=abc, none",
                "/shop/cart;jsessionid, none",
                "/shop/cart?jsessionid=abc, none",
                "/shop/cart;jsessionid=one;jsessionid=two, one",
                "none, none",
            })
    void pathParameterIsFoundWhereverItStands(String uri, String id) {
        assertThat(RequestedIds.inUri(uri, "jsessionid")).isEqualTo(id);
    }

    @Test
    void atMostThreeWellFormedIdsAreLookedUpCookiesFirst() {
        RequestedIds ids =
                of("/x;jsessionid=ok-url", "JSESSIONID=bad; JSESSIONID=ok-1; JSESSIONID=ok-1; JSESSIONID=ok-2");
        assertThat(ids.candidates()).containsExactly("ok-1", "ok-2", "ok-url");
        RequestedIds many =
                of("/x;jsessionid=ok-url", "JSESSIONID=ok-1; JSESSIONID=ok-2; JSESSIONID=ok-3; JSESSIONID=ok-4");
        assertThat(many.candidates()).containsExactly("ok-1", "ok-2", "ok-3");
    }

    @Test
    void routesBehindIdsAreTold() {
        RequestedIds ids = of("/x;jsessionid=ok-url.n3", "JSESSIONID=ok-1.n1; JSESSIONID=ok-1.n2; JSESSIONID=ok-12.n2");
        assertThat(ids.candidates()).containsExactly("ok-1", "ok-12", "ok-url");
        assertThat(ids.cookieNames("ok-1", "n1")).isFalse();
        assertThat(ids.cookieNames("ok-12", "n2")).isTrue();
        assertThat(ids.cookieNames("ok-url", "n3")).isFalse();
        assertThat(ids.isFrom("ok-1", "n1")).isTrue();
        assertThat(ids.isFrom("ok-1", "n2")).isFalse();
        assertThat(ids.isFrom("ok-url", "n3")).isTrue();
        assertThat(of("/", "JSESSIONID=ok-1").isFrom("ok-1", "n1")).isFalse();
        assertThat(of("/", "JSESSIONID=ok-1").isInCookie("ok-1")).isTrue();
    }

    @Test
    void whatOnlyBeginsAsAnIdIsAnotherOne() {
        RequestedIds ids = of("/", "JSESSIONID=ok-1x; JSESSIONID=ok-1.no route; JSESSIONID=ok-1.a.b");
        assertThat(ids.isInCookie("ok-1")).isFalse();
        assertThat(ids.isFrom("ok-1", "no route")).isFalse();
    }

    @Test
    void aRequestWithoutIdsCostsNoObject() {
        assertThat(of("/shop/cart", "a=b")).isSameAs(RequestedIds.NONE);
    }
}
