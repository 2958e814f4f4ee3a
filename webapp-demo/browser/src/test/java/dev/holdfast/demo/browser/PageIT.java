package dev.holdfast.demo.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo's start page in a real browser, before three servers and a Redis. Everything is found by its role and name, as a screen reader
 * finds it. With {@code -Dholdfast.screenshots=DIRECTORY} it leaves pictures there; those in docs/images were made so.
 */
class PageIT {
    private static final List<String> NODES = List.of("tomcat10", "tomcat11", "jetty-ee10");

    private static DemoCommand demo;
    private static Chromium chromium;

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        PlaywrightAssertions.setDefaultAssertionTimeout(Chromium.LIMIT_MILLIS);
        demo = DemoCommand.start(directory.resolve("demo.log"), "--store", "redis", "--nodes", String.join(",", NODES));
        chromium = Chromium.start();
    }

    @AfterAll
    static void stop() {
        try {
            if (chromium != null) {
                chromium.close();
            }
        } finally {
            if (demo != null) {
                demo.close();
            }
        }
    }

    @AfterEach
    void noPageComplainedOrAskedAnotherHost() {
        assertThat(chromium.errors).isEmpty();
        assertThat(chromium.origins)
                .isNotEmpty()
                .allMatch(origin -> (origin + "/").equals(demo.site().toString()));
        chromium.origins.clear();
    }

    @Test
    void theSessionStaysWhileEachServerIsKilledInTurn() {
        Page page = visit(ColorScheme.LIGHT);
        String id = page.locator("#session-id").textContent();
        int clicks = 0;
        for (; clicks < NODES.size(); clicks++) {
            click(page, clicks);
        }
        page.getByLabel("Product").selectOption("Anchor");
        press(page, "Put into the cart");
        assertThat(line(page)).isVisible();

        for (String node : NODES) {
            press(page, "kill -9 " + node);
            assertThat(server(page, node)).containsText("dead");
            for (int i = 0; i < NODES.size(); i++) {
                click(page, clicks++);
                assertThat(lastAnswers(page, 2)).doesNotContain(node);
            }
            assertThat(page.locator("#session-id")).hasText(id);
            assertThat(line(page)).isVisible();
            if (node.equals("tomcat11")) {
                picture(page, "demo-light");
            }

            press(page, "Start " + node + " again");
            assertThat(server(page, node)).containsText("running");
            int before = clicks;
            while (!lastAnswers(page, 2).contains(node)) {
                assertThat(clicks - before)
                        .as("clicks until %s answers again", node)
                        .isLessThan(4 * NODES.size());
                click(page, clicks++);
            }
        }
        assertThat(page.locator("#session-id")).hasText(id);
        assertThat(page.locator("#counter-failovers")).not().hasText("0");
        assertThat(page.locator("#counter-trips")).not().hasText("–");
    }

    @Test
    void aPausedServerGoesOnLater() {
        Page page = visit(ColorScheme.DARK);
        click(page, 0);

        press(page, "Pause jetty-ee10");
        assertThat(server(page, "jetty-ee10")).containsText("paused");
        picture(page, "demo-dark");
        press(page, "Resume jetty-ee10");
        assertThat(server(page, "jetty-ee10")).containsText("running");

        click(page, 1);
    }

    @Test
    void theKeyboardIsEnough() {
        Page page = visit(ColorScheme.LIGHT);
        Locator click = button(page, "Click");
        for (int i = 0; i < 30 && !(boolean) click.evaluate("button => button === document.activeElement"); i++) {
            page.keyboard().press("Tab");
        }
        assertThat(click).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("#count")).hasText("1");
        assertThat(click).isFocused();
        page.keyboard().press("Space");
        assertThat(page.locator("#count")).hasText("2");
    }

    @Test
    void theSessionNeedsNoJavaScript() {
        Page page = chromium.visit(false, ColorScheme.LIGHT);
        page.navigate(demo.site().toString());
        String id = page.locator("#session-id").textContent();
        click(page, 0);
        click(page, 1);
        page.getByLabel("Product").selectOption("Anchor");
        press(page, "Put into the cart");

        assertThat(line(page)).isVisible();
        assertThat(page.locator("#session-id")).hasText(id);
        assertThat(page.getByText("Your session needs no JavaScript")).isVisible();
        assertThat(page.locator("[data-action]")).hasCount(0);
    }

    @Test
    void nobodyButThePageKillsAServer() throws Exception {
        Page page = visit(ColorScheme.LIGHT);

        assertThat(order("X-Demo-Key", "0".repeat(32))).isEqualTo(403);
        assertThat(order("Origin", "http://evil.example")).isEqualTo(403);
        assertThat(order("Sec-Fetch-Site", "cross-site")).isEqualTo(403);

        assertThat(server(page, "tomcat10")).containsText("running");
        click(page, 0);
    }

    private static int order(String header, String value) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(demo.site() + "-/cluster/kill"))
                .header(header, value)
                .POST(HttpRequest.BodyPublishers.ofString("tomcat10"))
                .build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    private static Page visit(ColorScheme colours) {
        Page page = chromium.visit(true, colours);
        page.navigate(demo.site().toString());
        for (String node : NODES) {
            assertThat(server(page, node)).containsText("running");
        }
        return page;
    }

    private static void click(Page page, int before) {
        button(page, "Click").click();
        assertThat(page.locator("#count")).hasText(String.valueOf(before + 1));
    }

    private static void press(Page page, String name) {
        button(page, name).click();
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static Locator server(Page page, String name) {
        return page.locator("#server-" + name);
    }

    private static Locator line(Page page) {
        return page.getByText("1. Anchor");
    }

    /** As the trace names them for who does not see colours. */
    private static List<String> lastAnswers(Page page, int count) {
        List<String> all = page.locator(".trace .unseen").allTextContents();
        return all.subList(Math.max(0, all.size() - count), all.size());
    }

    private static void picture(Page page, String name) {
        String directory = System.getProperty("holdfast.screenshots");
        if (directory != null) {
            page.waitForTimeout(1_500);
            page.screenshot(new Page.ScreenshotOptions()
                    .setFullPage(true)
                    .setPath(Path.of(directory).resolve(name + ".png")));
        }
    }
}
