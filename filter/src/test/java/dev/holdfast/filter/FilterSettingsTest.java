package dev.holdfast.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.holdfast.filter.FilterSettings.DirtyCheck;
import dev.holdfast.filter.FilterSettings.Mode;
import dev.holdfast.filter.FilterSettings.Unserializable;
import dev.holdfast.filter.FilterSettings.Write;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.SettingsException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilterSettingsTest {

    private static Settings given(Map<String, String> initParams) {
        return new Settings(initParams, new Properties(), Map.of());
    }

    private static List<String> problems(Map<String, String> initParams) {
        Settings settings = given(initParams);
        FilterSettings.from(settings, "/shop");
        return catchThrowableOfType(SettingsException.class, () -> settings.check("session"))
                .problems();
    }

    @Test
    void nothingGivenIsTheDefaults() {
        Settings settings = given(Map.of());
        FilterSettings read = FilterSettings.from(settings, "/shop/admin");
        settings.check("session");

        assertThat(read.store()).isEqualTo("local");
        assertThat(read.application()).isEqualTo("shop.admin");
        assertThat(read.cookieName()).isEmpty();
        assertThat(read.cookiePath()).isEmpty();
        assertThat(read.cookieSecure()).isEmpty();
        assertThat(read.ignore().isEmpty()).isTrue();
        assertThat(read.mode()).isEqualTo(Mode.SHARED);
        assertThat(read.write()).isEqualTo(Write.SYNC);
        assertThat(read.onStoreFailure()).isEmpty();
        assertThat(read.goesOnWithoutStore()).isFalse();
        assertThat(read.rebuild()).isTrue();
        assertThat(read.dirtyCheck()).isEqualTo(DirtyCheck.ALL);
        assertThat(read.nearCache()).isEqualTo(10_000);
        assertThat(read.expiryPolicy())
                .isEqualTo(new ExpiryPolicy(
                        Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30)));
        assertThat(read.claimLease()).isEqualTo(Duration.ofSeconds(60));
        assertThat(read.serializer()).isEqualTo("jdk");
        assertThat(read.allowClasses()).isEmpty();
        assertThat(read.listeners()).isEmpty();
        assertThat(read.unserializable()).isEmpty();
    }

    @Test
    void nodesThatServeTheirOwnUsersGoOnWithoutAStoreUnlessTheyMustNot() {
        assertThat(FilterSettings.from(given(Map.of("mode", "sticky")), "/shop").goesOnWithoutStore())
                .isTrue();
        assertThat(FilterSettings.from(given(Map.of("mode", "sticky", "on-store-failure", "fail")), "/shop")
                        .goesOnWithoutStore())
                .isFalse();
        assertThat(FilterSettings.from(given(Map.of("on-store-failure", "local")), "/shop")
                        .goesOnWithoutStore())
                .isTrue();
    }

    @Test
    void writingLaterNeedsRequestsThatComeToTheSameNode() {
        assertThat(problems(Map.of("write", "async")))
                .singleElement()
                .asString()
                .contains("can only be async with mode=sticky");
        assertThat(FilterSettings.from(given(Map.of("write", "async", "mode", "sticky")), "/shop")
                        .write())
                .isEqualTo(Write.ASYNC);
    }

    @Test
    void moreActiveSessionsThanTheNearCacheHoldsCannotBeCounted() {
        assertThat(problems(Map.of("near-cache", "10", "max-active-sessions", "11")))
                .singleElement()
                .asString()
                .contains("max-active-sessions", "near-cache (10)");
        FilterSettings.from(given(Map.of("near-cache", "10", "max-active-sessions", "10")), "/shop");
    }

    @Test
    void anAttributeNameThatIsNoneIsAProblem() {
        assertThat(problems(Map.of("attributes", "cart, a*b")))
                .singleElement()
                .asString()
                .startsWith("attributes ");
    }

    @Test
    void aRouteHasNoDotsAndIsNotLong() {
        for (String route : List.of("a.b", "a b", "ä", "x".repeat(65), "a;b", "a~b")) {
            assertThat(problems(Map.of("mode", "sticky", "route", route)))
                    .singleElement()
                    .asString()
                    .startsWith("route ");
        }
        Settings settings = given(Map.of("mode", "sticky", "route", "Node-1_b"));
        FilterSettings read = FilterSettings.from(settings, "/shop");
        settings.check("session");
        assertThat(read.mode()).isEqualTo(Mode.STICKY);
        assertThat(read.route()).contains("Node-1_b");
    }

    @Test
    void aSecretIsReadAndNeverShown() {
        Settings settings = given(Map.of("secret", "xyzzy plugh fee fie foe,waving the rusty rod"));
        FilterSettings read = FilterSettings.from(settings, "/shop");
        settings.check("session");

        assertThat(read.secret()).isPresent();
        assertThat(read.toString())
                .contains("2 secrets")
                .doesNotContain("xyzzy")
                .doesNotContain("waving");
        assertThat(settings.summary()).isEqualTo("secret=***");
    }

    @Test
    void aWeakSecretIsAProblemThatSaysHowToMakeABetterOneAndDoesNotRepeatIt() {
        assertThat(problems(Map.of("secret", "xyzzy")))
                .containsExactly("secret (init-param) has a secret of less than 16 characters, which can be guessed;"
                        + " make one with: openssl rand -base64 32");
    }

    @Test
    void whatIsGivenIsRead() {
        Settings settings = given(Map.ofEntries(
                Map.entry("store", "peer://228.0.0.4:45564"),
                Map.entry("application", "shop"),
                Map.entry("cookie-name", "SHOPSESSION"),
                Map.entry("cookie-path", "/shop/"),
                Map.entry("cookie-secure", "false"),
                Map.entry("ignore", "/static/*, *.js"),
                Map.entry("mode", "shared"),
                Map.entry("write", "sync"),
                Map.entry("on-store-failure", "fail"),
                Map.entry("rebuild", "false"),
                Map.entry("dirty-check", "set"),
                Map.entry("near-cache", "5"),
                Map.entry("touch-interval", "30s"),
                Map.entry("timeout", "500ms"),
                Map.entry("tombstone-life", "1h"),
                Map.entry("reap-time", "5m"),
                Map.entry("claim-lease", "20s"),
                Map.entry("serializer", "jdk"),
                Map.entry("allow-classes", "com.example.**, java.util.*"),
                Map.entry("max-depth", "10"),
                Map.entry("max-references", "11"),
                Map.entry("max-array-length", "12"),
                Map.entry("listeners", "com.example.Carts, com.example.Outer$Inner"),
                Map.entry("unserializable", "refuse")));
        FilterSettings read = FilterSettings.from(settings, "/elsewhere");
        settings.check("session");

        assertThat(read.store()).isEqualTo("peer://228.0.0.4:45564");
        assertThat(read.application()).isEqualTo("shop");
        assertThat(read.cookieName()).contains("SHOPSESSION");
        assertThat(read.cookiePath()).contains("/shop/");
        assertThat(read.cookieSecure()).contains(false);
        assertThat(read.ignore().matches("/static/a")).isTrue();
        assertThat(read.rebuild()).isFalse();
        assertThat(read.dirtyCheck()).isEqualTo(DirtyCheck.SET);
        assertThat(read.nearCache()).isEqualTo(5);
        assertThat(read.expiryPolicy())
                .isEqualTo(new ExpiryPolicy(
                        Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofMinutes(5), Duration.ofHours(1)));
        assertThat(read.claimLease()).isEqualTo(Duration.ofSeconds(20));
        assertThat(read.allowClasses()).containsExactly("com.example.**", "java.util.*");
        assertThat(read.maxDepth()).isEqualTo(10);
        assertThat(read.maxReferences()).isEqualTo(11);
        assertThat(read.maxArrayLength()).isEqualTo(12);
        assertThat(read.listeners()).containsExactly("com.example.Carts", "com.example.Outer$Inner");
        assertThat(read.unserializable()).contains(Unserializable.REFUSE);
    }

    @ParameterizedTest
    @CsvSource({
        "store, '', is empty; leave it out for the default",
        "application, a/b, 'is not 1 to 100 letters, digits, dots, dashes and underscores'",
        "cookie-name, a b, cannot name a cookie: only letters",
        "cookie-name, a=b, cannot name a cookie: only letters",
        "cookie-name, sessíon, cannot name a cookie: only letters",
        "cookie-path, shop, is not a path that begins with /",
        "cookie-path, /a;Domain=evil.example, is not a path that begins with /",
        "cookie-secure, yes, is neither true nor false",
        "ignore, '/static/*, /*', 'has a pattern that matches everything'",
        "mode, sticks, 'is not one of shared, sticky'",
        "write, later, 'is not one of sync, async'",
        "on-store-failure, ignore, 'is not one of fail, local'",
        "rebuild, no, is neither true nor false",
        "dirty-check, none, 'is not one of all, set'",
        "near-cache, 0, is out of range; it must be at least 1",
        "touch-interval, 60, has no unit; write e.g. 500ms or 2s",
        "touch-interval, 0s, is out of range; it must be at least 100ms",
        "timeout, 9ms, is out of range; it must be at least 10ms",
        "timeout, 2, has no unit; write e.g. 500ms or 2s",
        "tombstone-life, 30, has no unit; write e.g. 500ms or 2s",
        "tombstone-life, 4s, is too short: it must be more than twice the timeout",
        "reap-time, 1, has no unit; write e.g. 500ms or 2s",
        "reap-time, 60s, is too short: it must be longer than claim-lease",
        "claim-lease, 1, has no unit; write e.g. 500ms or 2s",
        "max-depth, 0, is out of range; it must be at least 1",
        "max-references, many, is not a whole number",
        "max-array-length, -1, is out of range; it must be at least 1",
        "listeners, com/example/Carts, holds something that is not the name of a class",
        "unserializable, ignore, 'is not one of refuse, local'"
    })
    void aWrongValueIsNamedWithItsSetting(String name, String value, String problem) {
        assertThat(problems(Map.of(name, value)))
                .hasSize(1)
                .first()
                .asString()
                .startsWith(name + " = \"" + value + "\" (init-param) " + problem);
    }

    @Test
    void theContextPathsNameIsUsedOnlyIfNoneIsGiven() {
        assertThat(FilterSettings.from(given(Map.of()), "").application()).isEqualTo("ROOT");
        assertThat(FilterSettings.from(given(Map.of("application", "mine")), "").application())
                .isEqualTo("mine");
    }

    @Test
    void aTimeoutLongerThanTheTombstonesIsTheTombstonesProblem() {
        assertThat(problems(Map.of("timeout", "15m")))
                .containsExactly("tombstone-life is too short: it must be more than twice the timeout");
    }

    @Test
    void namesOfOtherProductsLeadToOurs() {
        assertThat(problems(Map.of("requestUriIgnorePattern", ".*")))
                .containsExactly("requestUriIgnorePattern is not a known setting; what you look for is ignore");
    }

    @Test
    void locksAreForAllForNoneOrForPaths() {
        assertThat(LockRule.parse("none", problem -> {}).isNone()).isTrue();
        assertThat(LockRule.parse("all", problem -> {}).covers("/a;b")).isTrue();
        LockRule paths = LockRule.parse("/cart/*, *.do", problem -> {});
        assertThat(paths.covers("/cart/add")).isTrue();
        assertThat(paths.covers("/other")).isFalse();
        // what a client may have written to be taken for another page
        assertThat(paths.covers("/other/../cart/add")).isTrue();
        assertThat(problems(Map.of("lock", "all, /cart/*")))
                .containsExactly(
                        "lock = \"all, /cart/*\" (init-param) names paths beside all or none; write all, none, or paths");
        assertThat(problems(Map.of("lock", "cart")))
                .containsExactly(
                        "lock = \"cart\" (init-param) has a pattern that is not like /static/*, *.js or /health");
    }
}
