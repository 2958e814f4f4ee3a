package dev.holdfast.demo.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The Chromium of this system, without a window. Writes down what its pages complain about, and whom they ask. One thread. */
final class Chromium implements AutoCloseable {
    /** How long anything may take. */
    static final double LIMIT_MILLIS = 60_000;

    private final Playwright playwright;
    private final Browser browser;
    /** Errors on the pages' consoles, and exceptions that nobody caught. */
    final List<String> errors = new ArrayList<>();
    /** Of everything that pages have asked for: scheme, host and port. */
    final List<String> origins = new ArrayList<>();

    private Chromium(Playwright playwright, Browser browser) {
        this.playwright = playwright;
        this.browser = browser;
    }

    static Chromium start() {
        // its own browsers come from a place that builds need not reach
        Playwright playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        Browser browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(program())
                        .setChromiumSandbox(false));
        return new Chromium(playwright, browser);
    }

    private static Path program() {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .flatMap(directory -> Stream.of("chromium", "chromium-browser", "google-chrome")
                        .map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(
                        () -> new IllegalStateException(
                                "needs Chromium on the path (Debian: chromium; macOS: brew install --cask chromium); bin/test installs it"));
    }

    /** A visitor with a session of their own. */
    Page visit(boolean withJavaScript, ColorScheme colours) {
        BrowserContext context = browser.newContext(new Browser.NewContextOptions()
                .setJavaScriptEnabled(withJavaScript)
                .setColorScheme(colours)
                .setViewportSize(1280, 900));
        // a busy machine is no reason to fail
        context.setDefaultTimeout(LIMIT_MILLIS);
        Page page = context.newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                errors.add(message.text() + " at " + message.location());
            }
        });
        page.onPageError(errors::add);
        page.onRequest(request -> {
            String url = request.url();
            origins.add(url.substring(0, url.indexOf('/', url.indexOf("//") + 2)));
        });
        return page;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
