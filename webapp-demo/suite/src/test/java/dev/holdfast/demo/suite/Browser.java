package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A user's browser: keeps cookies, follows no redirect by itself. Thread-safe, as a browser with several tabs. */
final class Browser {

    static final String COOKIE = "JSESSIONID";

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(Duration.ofSeconds(60))
            .build();

    private final Cell cell;
    private final Map<String, String> cookies = new ConcurrentHashMap<>();

    Browser(Cell cell) {
        this.cell = cell;
    }

    /** Runs a script in the test application of the cell's first node. */
    Answer run(String... operations) {
        return run(cell.a(), operations);
    }

    Answer run(NodeProcess node, String... operations) {
        return get(node, script(operations));
    }

    /** The path of a script; a space separates an operation from its arguments. */
    static String script(String... operations) {
        return "/app" + dispatch(operations);
    }

    /** The same within the application, for a dispatch. */
    static String dispatch(String... operations) {
        StringBuilder path = new StringBuilder("/do?");
        for (String operation : operations) {
            path.append("op=")
                    .append(URLEncoder.encode(operation, StandardCharsets.UTF_8))
                    .append('&');
        }
        return path.substring(0, path.length() - 1);
    }

    Answer get(NodeProcess node, String path) {
        return send(node, request(node, path));
    }

    Answer post(NodeProcess node, String path) {
        return send(node, request(node, path).POST(HttpRequest.BodyPublishers.noBody()));
    }

    HttpRequest.Builder request(NodeProcess node, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                .timeout(Duration.ofSeconds(70));
    }

    Answer send(NodeProcess node, HttpRequest.Builder request) {
        String cookie = cookieHeader();
        if (!cookie.isEmpty()) {
            request.setHeader("Cookie", cookie);
        }
        try {
            Answer answer = Answer.of(CLIENT.send(request.build(), BodyHandlers.ofString()));
            accept(answer);
            return answer;
        } catch (IOException e) {
            throw new UncheckedIOException(node + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What it sends as Cookie header. */
    String cookieHeader() {
        return cookies.entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .collect(Collectors.joining("; "));
    }

    /** Takes the cookies of an answer, of which at most one may be the session's. */
    void accept(Answer answer) {
        assertThat(answer.sessionCookies()).hasSizeLessThanOrEqualTo(1);
        for (String cookie : answer.headers().allValues("Set-Cookie")) {
            String pair = cookie.split(";")[0];
            if (pair.startsWith(COOKIE + "=") && !answer.sessionCookies().contains(cookie)) {
                continue;
            }
            cookie(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
    }

    Browser cookie(String name, String value) {
        cookies.put(name, value);
        if (name.equals(COOKIE)) {
            cell.seen(value);
        }
        return this;
    }

    /** What the session cookie says: in mode sticky there is a route behind it that is not the id's. */
    String sessionId() {
        return cell.idOf(sessionCookie());
    }

    /** The session cookie's value. */
    String sessionCookie() {
        String id = cookies.get(COOKIE);
        assertThat(id).as("session cookie").isNotNull();
        return id;
    }

    boolean hasSession() {
        return cookies.containsKey(COOKIE);
    }

    /** Forgets which node it comes from: that one too then asks the store. */
    Browser forgetNode() {
        if (hasSession()) {
            cookie(COOKIE, sessionId());
        }
        return this;
    }

    /**
     * Waits until the session that it knows is dead on a node: by now, but in mode sticky a node that served it may go on for two
     * touch intervals.
     */
    void awaitDead(NodeProcess node) {
        if (cell.tellsNodes()) {
            Control.await(
                    "the end of the session on " + node.name(),
                    () -> copy().run(node, "peek").result(0).equals("none"));
        } else {
            assertThat(copy().run(node, "peek").result(0)).isEqualTo("none");
        }
    }

    /** Another browser with the same cookies. */
    Browser copy() {
        Browser copy = new Browser(cell);
        copy.cookies.putAll(cookies);
        return copy;
    }
}
