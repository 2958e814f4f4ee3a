package dev.holdfast.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.filter.http.Routes;
import dev.holdfast.spi.Settings;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a node is called behind the ids that it gives to clients. */
class StartupRouteTest {

    private static String route(String setting, String containers, boolean shares) {
        Map<String, String> params =
                setting == null ? Map.of("mode", "sticky") : Map.of("mode", "sticky", "route", setting);
        return Startup.route(
                FilterSettings.from(new Settings(params, new Properties(), Map.of()), "/shop"), containers, shares);
    }

    @Test
    void theSettingWinsOverTheContainersName() {
        assertThat(route("mine", "containers", false)).isEqualTo("mine");
        assertThat(route("mine", "containers", true)).isEqualTo("mine");
        assertThat(route(null, "containers", false)).isEqualTo("containers");
    }

    @Test
    void withoutANameEachStartGetsOneOfItsOwn() {
        Set<String> routes = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            routes.add(route(null, null, false));
        }
        assertThat(routes).hasSize(1_000).allMatch(Routes::isWellFormed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.b", "a b", "ä", "a;b", "a~b"})
    void aNameOfTheContainersThatCannotBeARouteIsNotUsed(String containers) {
        assertThat(route(null, containers, false)).isNotEqualTo(containers).matches(Routes::isWellFormed);
    }

    @Test
    void applicationsOfOneNodeThatShareSessionsDoNotGetTheSameName() {
        assertThat(route(null, "node1", true)).isNotEqualTo("node1").isNotEqualTo(route(null, "node1", true));
    }
}
