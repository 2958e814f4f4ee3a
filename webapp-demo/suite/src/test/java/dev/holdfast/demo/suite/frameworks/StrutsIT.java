package dev.holdfast.demo.suite.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.suite.install.RoundRobinBrowser;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Apache Struts: a form with a token is taken once, whichever nodes it comes from and goes to. */
class StrutsIT {

    @ParameterizedTest
    @MethodSource("dev.holdfast.demo.suite.frameworks.Place#all")
    void aFormWithATokenIsTakenOnce(Place place) throws Exception {
        try (TwoNodes nodes = TwoNodes.start(place, "struts")) {
            RoundRobinBrowser user = nodes.browser();
            for (int transfer = 1; transfer <= 3; transfer++) {
                sendTwice(user, transfer);
            }

            user.open("/app/form.action");
            Map<String, String> form = form(user);
            nodes.a().kill();
            user.post("/app/send.action", form);
            assertThat(user.page()).contains("sent 4");
            sendTwice(user, 5);

            assertThat(user.sessionCookies()).as("sessions that were begun").hasSize(1);
            nodes.assertOnlyOurSessions();
        }
    }

    /** Three requests, so that each kind comes to each node. */
    private static void sendTwice(RoundRobinBrowser user, int transfer) throws Exception {
        user.open("/app/form.action");
        Map<String, String> form = form(user);
        user.post("/app/send.action", form);
        assertThat(user.page()).contains("sent " + transfer);
        user.post("/app/send.action", form);
        assertThat(user.page()).contains("sent already");
    }

    private static Map<String, String> form(RoundRobinBrowser user) {
        return Map.of("struts.token.name", "token", "token", user.find("name=\"token\"[^>]*value=\"([^\"]*)\""));
    }
}
