package dev.holdfast.demo.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code bin/demo} for who knows nothing else: what it prints leads to the first page, the page shows the servers that were printed and who
 * each of them sees, and Ctrl-C leaves nothing. Prints how long the first page took after the command; nothing is asserted of that.
 */
class FirstPageIT {
    private static final List<String> NODES = List.of("tomcat10", "tomcat11", "jetty-ee10");
    private static final Pattern SERVER = Pattern.compile("(?m)^ +(\\S+) +port +([0-9]+) +pid +([0-9]+) +log \\S+$");

    @TempDir
    Path directory;

    @Test
    void theCommandLeadsToAPageAndCtrlCLeavesNothing() throws Exception {
        PlaywrightAssertions.setDefaultAssertionTimeout(Chromium.LIMIT_MILLIS);
        long begun = System.nanoTime();
        DemoCommand demo = DemoCommand.start(directory.resolve("demo.log"));
        try (demo) {
            assertThat(demo.output())
                    .startsWith("Starting 3 nodes, store peer://")
                    .contains("\nOpen " + demo.site() + "\n", "kill -9 ", "Ctrl-C ends all.");
            List<Matcher> printed = SERVER.matcher(demo.output())
                    .results()
                    .map(found -> {
                        Matcher line = SERVER.matcher(found.group());
                        assertThat(line.find()).isTrue();
                        return line;
                    })
                    .toList();
            assertThat(printed).extracting(line -> line.group(1)).containsExactlyElementsOf(NODES);

            try (Chromium chromium = Chromium.start()) {
                Page page = chromium.visit(true, ColorScheme.LIGHT);
                page.navigate(demo.site().toString());
                assertThat(page.locator("#count")).hasText("0");
                System.out.println("bin/demo: the first page "
                        + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun)
                        + " s after the command, a browser's start included");
                for (Matcher line : printed) {
                    assertThat(server(page, line.group(1)))
                            .containsText("running · port " + line.group(2) + " · process " + line.group(3)
                                    + " · sees 3 members, itself included");
                }
                button(page, "Click").click();
                assertThat(page.locator("#count")).hasText("1");

                button(page, "kill -9 tomcat11").click();
                assertThat(server(page, "tomcat11")).containsText("dead");
                assertThat(server(page, "tomcat11")).not().containsText("sees");
                for (String alive : List.of("tomcat10", "jetty-ee10")) {
                    assertThat(server(page, alive)).containsText("sees 2 members, itself included");
                }
                button(page, "Start tomcat11 again").click();
                for (String node : NODES) {
                    assertThat(server(page, node)).containsText("sees 3 members, itself included");
                }
                button(page, "Pause jetty-ee10").click();
                assertThat(server(page, "jetty-ee10")).containsText("paused");
                demo.kill("tomcat10");
                assertThat(chromium.errors).isEmpty();
            }
            // killed ones, one of them started again, a paused one
            demo.pressCtrlC();
        }
        demo.assertThatNothingIsLeft();
    }

    private static Locator server(Page page, String name) {
        return page.locator("#server-" + name);
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }
}
