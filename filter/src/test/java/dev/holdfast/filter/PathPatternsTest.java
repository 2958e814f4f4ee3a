package dev.holdfast.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathPatternsTest {

    private static PathPatterns patterns(String... patterns) {
        List<String> problems = new ArrayList<>();
        PathPatterns parsed = PathPatterns.parse(List.of(patterns), problems::add);
        assertThat(problems).isEmpty();
        return parsed;
    }

    @ParameterizedTest
    @ValueSource(strings = {"/static", "/static/", "/static/a", "/static/a/b.css", "/static/..."})
    void aFolderIsItselfAndWhatIsInside(String path) {
        assertThat(patterns("/static/*").matches(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "", "/statics", "/static.css", "/Static/a", "/a/static/b", "/stat", "static/a"})
    void aFolderIsNothingElse(String path) {
        assertThat(patterns("/static/*").matches(path)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a.js", "/a/b.js", "/a/b.min.js", "/.js"})
    void anExtensionIsWhatTheLastNameEndsWith(String path) {
        assertThat(patterns("*.js").matches(path)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a.jsp", "/a.js/", "/a.js/cart", "/ajs", "/a.JS", "/js", "/", ""})
    void anExtensionIsNothingElse(String path) {
        assertThat(patterns("*.js").matches(path)).isFalse();
    }

    @Test
    void anExactPathIsThatPathOnly() {
        PathPatterns health = patterns("/health");

        assertThat(health.matches("/health")).isTrue();
        assertThat(health.matches("/health/")).isFalse();
        assertThat(health.matches("/healthy")).isFalse();
        assertThat(health.matches("/a/health")).isFalse();
        assertThat(patterns("/naïve path").matches("/naïve path")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/cart;x=.js",
                "/cart?a.js",
                "/static/a?b",
                "/cart;/a.js",
                "/static/a;jsessionid=1234.js",
                "/static;jsessionid=1234/a.js",
                "/static/a.js;jsessionid=1234",
                "/static/../cart/a.js",
                "/static/..",
                "/static/.",
                "/static/./a.js",
                "/static//a.js",
                "//static/a.js",
                "/static/%2e%2e/cart.js",
                "/static/..%2fcart.js",
                "/static\\..\\cart.js",
                "/static/a.js\u0000",
                "/static/\r\na.js"
            })
    void aPathThatAClientCouldPlayWithMatchesNothing(String path) {
        assertThat(patterns("/static/*", "*.js", "/cart").matches(path)).isFalse();
    }

    @Test
    void noPatternMatchesNothing() {
        assertThat(patterns().isEmpty()).isTrue();
        assertThat(patterns().matches("/a")).isFalse();
        assertThat(patterns().matches("")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/*",
                "/",
                "*",
                "static/*",
                "*js",
                "js",
                "*.",
                "*.tar.gz",
                "*./a",
                "/a/*.js",
                "/a*",
                "/*/a",
                "/a/**",
                "/a?b=c",
                "*.j?s",
                "/a;b",
                "/a/../b",
                "/a/..",
                "/a//b",
                "/a/./b/*",
                "/a%20b",
                "/a\\b",
                "http://a/b",
                "*.*"
            })
    void whatIsNoPatternIsAProblemAndMatchesNothing(String pattern) {
        List<String> problems = new ArrayList<>();
        PathPatterns parsed = PathPatterns.parse(List.of(pattern, "/good/*"), problems::add);

        assertThat(problems)
                .hasSize(1)
                .allSatisfy(problem -> assertThat(problem).startsWith("has a pattern that "));
        assertThat(parsed).hasToString("[/good/*]");
    }
}
