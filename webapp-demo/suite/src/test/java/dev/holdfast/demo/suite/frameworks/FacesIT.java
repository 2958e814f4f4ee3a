package dev.holdfast.demo.suite.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.suite.install.RoundRobinBrowser;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Jakarta Faces: a page whose state is kept in the session is the same page on every node. */
class FacesIT {

    @ParameterizedTest
    @MethodSource("dev.holdfast.demo.suite.frameworks.Place#all")
    void aPageGoesOnOnEveryNode(Place place) throws Exception {
        try (TwoNodes nodes = TwoNodes.start(place, "faces")) {
            RoundRobinBrowser user = nodes.browser();
            user.open("/app/counter.xhtml");
            for (int i = 1; i <= 6; i++) {
                click(user);
                assertThat(clicks(user, "page")).isEqualTo(i);
                assertThat(clicks(user, "user")).isEqualTo(i);
            }

            nodes.a().kill();

            click(user);
            assertThat(clicks(user, "page")).isEqualTo(7);
            user.open("/app/counter.xhtml");
            assertThat(clicks(user, "page")).as("of a page just opened").isZero();
            assertThat(clicks(user, "user")).isEqualTo(7);
            click(user);
            assertThat(clicks(user, "page")).isEqualTo(1);
            assertThat(user.sessionCookies()).as("sessions that were begun").hasSize(1);
            nodes.assertOnlyOurSessions();
        }
    }

    private static void click(RoundRobinBrowser user) throws Exception {
        user.post(
                user.find("<form[^>]*action=\"([^\"]*)\""),
                Map.of(
                        "form",
                        "form",
                        "form:click",
                        "Click",
                        "jakarta.faces.ViewState",
                        user.find("name=\"jakarta.faces.ViewState\"[^>]*value=\"([^\"]*)\"")));
    }

    private static int clicks(RoundRobinBrowser user, String what) {
        return Integer.parseInt(user.find("<span id=\"form:" + what + "\">(\\d+)</span>"));
    }
}
