package dev.holdfast.demo.suite.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.suite.install.RoundRobinBrowser;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Spring Security: who has logged in is logged in on every node, by another id than before, until he logs out. */
class SpringSecurityIT {

    @ParameterizedTest
    @MethodSource("dev.holdfast.demo.suite.frameworks.Place#all")
    void whoHasLoggedInIsLoggedInOnEveryNode(Place place) throws Exception {
        try (TwoNodes nodes = TwoNodes.start(place, "spring-security")) {
            RoundRobinBrowser user = nodes.browser();
            user.open("/app/account");
            assertThat(user.sessionCookies()).hasSize(1);
            user.post("/app/login", Map.of("username", "anna", "password", "secret-of-anna", "_csrf", csrf(user)));
            assertThat(user.page()).isEqualTo("anna [ROLE_USER] visit 1");
            assertThat(user.sessionCookies())
                    .as("the id before the login, and the one since")
                    .hasSize(2)
                    .doesNotHaveDuplicates();
            for (int visit = 2; visit <= 6; visit++) {
                user.open("/app/account");
                assertThat(user.page()).isEqualTo("anna [ROLE_USER] visit " + visit);
            }
            assertThat(TwoNodes.ask(nodes.a(), "/app/heard") + TwoNodes.ask(nodes.b(), "/app/heard"))
                    .containsOnlyOnce("changed true")
                    .doesNotContain("ended");

            nodes.a().kill();

            user.open("/app/account");
            assertThat(user.page()).isEqualTo("anna [ROLE_USER] visit 7");
            user.open("/app/logout");
            user.post("/app/logout", Map.of("_csrf", csrf(user)));
            assertThat(TwoNodes.ask(nodes.b(), "/app/heard")).containsOnlyOnce("ended anna");
            user.open("/app/account");
            assertThat(user.page()).contains("name=\"password\"");
            nodes.assertOnlyOurSessions();
        }
    }

    private static String csrf(RoundRobinBrowser user) {
        return user.find("name=\"_csrf\"[^>]*value=\"([^\"]*)\"");
    }
}
