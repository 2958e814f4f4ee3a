package dev.holdfast.filter.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionUrlsTest {

    private final FakeRequest request = new FakeRequest(null);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/shop",
                "/shop/",
                "/shop/cart?a=b#c",
                "/shop;x=y/cart",
                "cart",
                "../shop/cart",
                "./cart",
                "",
                "?a=b",
                "cart#top",
                "http://shop.example/shop/cart",
                "http://SHOP.example:80/shop",
                "HTTP://shop.example/shop",
                "//shop.example/shop/cart",
                "/other/../shop/cart",
            })
    void urlsOfThisApplicationMayCarryTheId(String url) {
        assertThat(SessionUrls.leadsHere(url, request)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#top",
                "/",
                "/shopping",
                "/shopping/cart",
                "/other/cart",
                "/shop/../other",
                "/shop/%2e%2e/other",
                "/shop/.%2E/other",
                "../other",
                "https://shop.example/shop",
                "http://shop.example:8080/shop",
                "http://other.example/shop",
                "http://shop.example.evil.example/shop",
                "http://shop.example@evil.example/shop",
                "http://user@shop.example/shop",
                "//evil.example/shop",
                "///evil.example/shop",
                "http:/shop",
                "http:shop",
                "javascript:alert(1)",
                "mailto:a@shop.example",
                "tel:1",
                "/shop/a b",
                "/shop/{id}",
                "http://[broken/shop",
                "\\\\evil.example\\shop",
                "/\\evil.example",
            })
    void urlsThatMayLeadElsewhereDoNot(String url) {
        assertThat(SessionUrls.leadsHere(url, request)).isFalse();
    }

    @Test
    void nullIsNoUrl() {
        assertThat(SessionUrls.leadsHere(null, request)).isFalse();
    }

    @Test
    void rootApplicationTakesEveryPathOfItsServer() {
        request.contextPath = "";
        request.uri = "/a/b";
        assertThat(SessionUrls.leadsHere("/anything", request)).isTrue();
        assertThat(SessionUrls.leadsHere("http://shop.example", request)).isTrue();
        assertThat(SessionUrls.leadsHere("http://other.example", request)).isFalse();
    }

    @Test
    void addressesOfVersion6AreHosts() {
        request.host = "::1";
        request.port = 8080;
        assertThat(SessionUrls.leadsHere("http://[::1]:8080/shop", request)).isTrue();
        assertThat(SessionUrls.leadsHere("cart", request)).isTrue();
        assertThat(SessionUrls.leadsHere("http://[::2]:8080/shop", request)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "/shop/cart, /shop/cart;jsessionid=ID",
        "/shop/cart?a=b, /shop/cart;jsessionid=ID?a=b",
        "/shop/cart#c, /shop/cart;jsessionid=ID#c",
        "/shop/cart?a=b#c, /shop/cart;jsessionid=ID?a=b#c",
        "/shop/cart#c?a=b, /shop/cart;jsessionid=ID#c?a=b",
        "/shop/cart;x=y?a, /shop/cart;x=y;jsessionid=ID?a",
        "/shop/cart;jsessionid=ID?a=b, /shop/cart;jsessionid=ID?a=b",
        "?a=b, ;jsessionid=ID?a=b",
    })
    void idStandsAtTheEndOfThePath(String url, String encoded) {
        assertThat(SessionUrls.withId(url, "jsessionid", "ID")).isEqualTo(encoded);
    }

    @ParameterizedTest
    @CsvSource({
        "http://a, true",
        "http://a:80, true",
        "http://a/, false",
        "http://a?b, false",
        "http://a#b, false",
        "a, false"
    })
    void hostAloneNeedsAPath(String url, boolean alone) {
        assertThat(SessionUrls.isHostAlone(url)).isEqualTo(alone);
    }
}
