package dev.holdfast.demo.launcher.selftest;

import java.io.IOException;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One visitor's browser: remembers the session cookie, follows no redirect by itself, repeats nothing. Not thread-safe. */
final class Browser {
    private static final Duration REQUEST_LIMIT = Duration.ofSeconds(30);

    private final HttpClient client;
    private final URI origin;
    private final Tally tally;
    private @Nullable String cookieName;
    private @Nullable String cookieValue;

    Browser(HttpClient client, URI origin, Tally tally) {
        this.client = client;
        this.origin = origin;
        this.tally = tally;
    }

    Answer get(String path) {
        return remember(send(request(path, cookieValue).GET().build()));
    }

    Answer post(String path, Map<String, String> form) {
        return remember(send(form(path, form)));
    }

    /** Sends two forms at the same time, as two scripts of one page do. The answers come in the order of the forms. */
    List<Answer> postBoth(String path, Map<String, String> form, String otherPath, Map<String, String> otherForm) {
        CompletableFuture<HttpResponse<String>> one = start(form(path, form));
        CompletableFuture<HttpResponse<String>> other = start(form(otherPath, otherForm));
        return List.of(remember(await(one)), remember(await(other)));
    }

    /** Asks with another session cookie than the one that it has, and remembers nothing of the answer. */
    Answer getWithCookie(String value, String path) {
        return send(request(path, value).GET().build());
    }

    /** The session cookie's value, null before the first. */
    @Nullable
    String cookie() {
        return cookieValue;
    }

    /** The next request begins a session. */
    void forgetSession() {
        cookieValue = null;
    }

    private HttpRequest.Builder request(String path, @Nullable String cookie) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(origin.resolve(path)).timeout(REQUEST_LIMIT);
        if (cookieName != null && cookie != null) {
            request.header("Cookie", cookieName + "=" + cookie);
        }
        return request;
    }

    private HttpRequest form(String path, Map<String, String> form) {
        return request(path, cookieValue)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(encoded(form)))
                .build();
    }

    private Answer send(HttpRequest request) {
        return await(start(request));
    }

    private CompletableFuture<HttpResponse<String>> start(HttpRequest request) {
        tally.requests.increment();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    }

    private Answer await(CompletableFuture<HttpResponse<String>> pending) {
        try {
            HttpResponse<String> response = pending.get();
            Answer answer = new Answer(
                    response.statusCode(),
                    response.headers().firstValue("X-Node").orElse("balancer"),
                    response.headers().firstValue("Location").orElse(null),
                    response.headers().allValues("Set-Cookie"),
                    response.body());
            tally.answeredBy(answer.node());
            if (answer.isUnavailable()) {
                tally.unavailable.increment();
            }
            return answer;
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof IOException)) {
                throw new IllegalStateException("the HTTP client failed", e.getCause());
            }
            tally.broken.increment();
            return e.getCause() instanceof HttpTimeoutException ? Answer.late() : Answer.broken();
        } catch (InterruptedException e) {
            // the run is over; whoever is called next sees the flag
            Thread.currentThread().interrupt();
            return Answer.broken();
        }
    }

    /** Cookies of answers that were errors too: browsers take them. */
    private Answer remember(Answer answer) {
        for (String header : answer.setCookies()) {
            for (HttpCookie cookie : HttpCookie.parse(header)) {
                if (cookieName != null && !cookieName.equals(cookie.getName())) {
                    tally.found(
                            Finding.SECOND_COOKIE,
                            1,
                            cookieName + " and " + cookie.getName() + " from " + answer.node());
                }
                cookieName = cookie.getName();
                cookieValue = cookie.getMaxAge() == 0 ? null : cookie.getValue();
            }
        }
        return answer;
    }

    private static String encoded(Map<String, String> form) {
        return form.entrySet().stream()
                .map(field -> URLEncoder.encode(field.getKey(), StandardCharsets.UTF_8) + "="
                        + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /**
     * What came back.
     *
     * @param status 0 if no whole answer came, -1 if none was waited for any longer
     * @param node who answered, as the balancer names it
     * @param location of a redirect
     */
    record Answer(int status, String node, @Nullable String location, List<String> setCookies, String body) {

        static Answer broken() {
            return new Answer(0, "", null, List.of(), "");
        }

        static Answer late() {
            return new Answer(-1, "", null, List.of(), "");
        }

        /** Whether it came whole and says that all is well: from here on what was asked for must last. */
        boolean isAcknowledged() {
            return status >= 200 && status < 400;
        }

        boolean isRedirect() {
            return status >= 300 && status < 400;
        }

        /** Whether a server, or the balancer, has said that it cannot now. */
        boolean isUnavailable() {
            return status == 502 || status == 503 || status == 504;
        }

        boolean isBroken() {
            return status <= 0;
        }

        /** Whether a server may still be at the request: this browser, or the balancer, has waited no longer. */
        boolean mayBeUnderWay() {
            return status == -1 || status == 504;
        }
    }
}
