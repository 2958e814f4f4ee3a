package dev.holdfast.demo.suite.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * An application that strangers wrote, with real state in its session, on two nodes behind a balancer that knows no stickiness:
 * Apache Wicket's examples. Wicket keeps the page that a user is on as an object graph in the session, changed in place, and
 * a signed-in user in an object of the application's. Nothing in the WAR is edited: the jars lie beside it, and the store is
 * a system property.
 */
class ThirdPartyIT {

    /** One node is a Tomcat 10.1 and one a Tomcat 11; Jetty's own CDI classes get in the way of the Weld in this WAR. */
    @Test
    void wicketsPagesAndUsersSurviveTheDeathOfANode() throws Exception {
        Path war = WicketExamples.war();
        // its own copies of slf4j and log4j stay in charge of logging
        Path libraries = ShopApplication.libraries(
                "libraries-bare", jar -> jar.startsWith("holdfast") || jar.startsWith("jgroups"));
        String store = "peer://239.7.7." + new Random().nextInt(1, 255) + ":" + new Random().nextInt(30_000, 60_000);
        NodeOptions options = NodeOptions.named("wicket-a")
                .webapp("/app", war)
                .libraries(libraries)
                .property("holdfast.store", store)
                // two that start on a busy machine may not hear each other at once, and each would begin alone
                .property("holdfast.peer.join-timeout", "5s")
                .property("holdfast.timeout", "6s")
                .jvmArguments(List.of(
                        "-Xmx300m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        // the Weld that the application brings wants this on Java 17
                        "--add-opens=java.base/java.lang=ALL-UNNAMED"));
        NodeProcess.Starting startingB = NodeProcess.launch(Container.TOMCAT11, options.copy("wicket-b"));
        try (NodeProcess a = NodeProcess.start(Container.TOMCAT10, options);
                NodeProcess b = startingB.awaitReady()) {
            RoundRobinBrowser browser = new RoundRobinBrowser(List.of(a, b));

            browser.open("/app/linkomatic/");
            assertThat(clicks(browser)).isZero();
            for (int i = 1; i <= 20; i++) {
                click(browser);
                assertThat(clicks(browser)).isEqualTo(i);
            }

            browser.open("/app/authentication1/");
            browser.post(
                    browser.find("<form[^>]*action=\"([^\"]*)\""),
                    Map.of("username", "wicket", "password", "wicket", "submit", "Sign In"));
            for (int i = 0; i < 4; i++) {
                browser.open("/app/authentication1/");
                assertThat(browser.page()).contains("Welcome!").doesNotContain("name=\"password\"");
            }

            browser.open("/app/linkomatic/");
            click(browser);
            click(browser);
            int before = clicks(browser);

            a.kill();
            for (int i = 1; i <= 5; i++) {
                click(browser);
                assertThat(clicks(browser)).isEqualTo(before + i);
            }
            browser.open("/app/authentication1/");
            assertThat(browser.page()).contains("Welcome!").doesNotContain("name=\"password\"");

            assertThat(browser.sessionCookies()).as("sessions that were begun").hasSize(1);
            for (NodeProcess node : List.of(a, b)) {
                assertThat(node.log())
                        .contains("session filter 'holdfast' ready: application '/app'")
                        .doesNotContain("of the container's own was made");
            }
        }
    }

    private static void click(RoundRobinBrowser browser) throws Exception {
        browser.open(browser.find("href=\"([^\"]*actionLink)\">Action link clicked"));
    }

    private static int clicks(RoundRobinBrowser browser) {
        return Integer.parseInt(browser.find("Action link clicked <span>(\\d+)</span>"));
    }
}
