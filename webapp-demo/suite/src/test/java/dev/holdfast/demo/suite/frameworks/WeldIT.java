package dev.holdfast.demo.suite.frameworks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.suite.install.RoundRobinBrowser;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** CDI: beans in the session, which are changed in place, are those of the user on every node. */
class WeldIT {

    @ParameterizedTest
    @MethodSource("dev.holdfast.demo.suite.frameworks.Place#all")
    void beansFollowTheirUserAndEndWithHisSession(Place place) throws Exception {
        try (TwoNodes nodes = TwoNodes.start(place, "weld")) {
            RoundRobinBrowser user = nodes.browser();
            List<String> items = new ArrayList<>();
            for (int i = 1; i <= 5; i++) {
                put(user, items);
            }
            user.open("/app/order");
            String conversation = user.page();
            for (int step = 1; step <= 5; step++) {
                user.open("/app/order?cid=" + conversation);
                assertThat(user.page()).isEqualTo("" + step);
            }
            for (int i = 0; i < 2; i++) {
                user.open("/app/injected");
                assertThat(user.page()).isEqualTo("true");
                user.open("/app/dispatched");
                assertThat(user.page()).isEqualTo(items.toString());
                user.open("/app/nothing"); // so that the other one of each comes to the other node
            }
            assertThat(user.sessionCookies()).as("sessions that were begun").hasSize(1);
            user.open("/app/login");
            assertThat(user.sessionCookies()).hasSize(2).last().isEqualTo(user.page());
            put(user, items);
            put(user, items);

            nodes.a().kill();

            put(user, items);
            user.open("/app/order?cid=" + conversation);
            assertThat(user.page()).isEqualTo("6");
            user.open("/app/end");
            assertThat(TwoNodes.ask(nodes.b(), "/app/ended")).isEqualTo("[" + String.join("+", items) + "]");

            RoundRobinBrowser another = nodes.browser();
            another.open("/app/cart?put=x");
            another.open("/app/short");
            TwoNodes.awaitAnswer(nodes.b(), "/app/ended", "[" + String.join("+", items) + ", x]");
            assertThat(user.sessionCookies()).hasSize(2);
            nodes.assertOnlyOurSessions();
        }
    }

    private static void put(RoundRobinBrowser user, List<String> items) throws Exception {
        items.add("i" + (items.size() + 1));
        user.open("/app/cart?put=" + items.get(items.size() - 1));
        assertThat(user.page()).isEqualTo(items.toString());
    }
}
