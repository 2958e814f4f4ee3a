package dev.holdfast.demo.suite.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.NodeProcess;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A user's browser behind a balancer that sends each request, redirected ones too, to the next node that is alive. It tries again
 * where a node says 503 with Retry-After, as a patient user does.
 */
public final class RoundRobinBrowser {

    /** All requests name one host, as behind any balancer: applications put it into what they redirect to. */
    private static final String SITE = "http://shop.example";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private final List<NodeProcess> nodes;
    private final Map<String, String> cookies = new LinkedHashMap<>();
    private final List<String> sessionCookies = new ArrayList<>();
    private int turn;
    private URI location = URI.create(SITE + "/");
    private String page = "";

    public RoundRobinBrowser(List<NodeProcess> nodes) {
        this.nodes = nodes;
    }

    /** The page that it shows. */
    public String page() {
        return page;
    }

    /** Every session cookie that it was ever given. */
    public List<String> sessionCookies() {
        return sessionCookies;
    }

    /** The first group of the expression in the page, with HTML's escapes undone. */
    public String find(String expression) {
        Matcher matcher = Pattern.compile(expression).matcher(page);
        assertThat(matcher.find())
                .as("%s in %s: %s", expression, location, page)
                .isTrue();
        return matcher.group(1).replace("&amp;", "&");
    }

    /** Follows a link of the page, or an address. */
    public void open(String link) throws Exception {
        follow(location.resolve(link), null);
    }

    public void post(String link, Map<String, String> form) throws Exception {
        String body = form.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
        follow(location.resolve(link), body);
    }

    private void follow(URI target, String body) throws Exception {
        HttpResponse<String> answer = send(target, body == null ? null : BodyPublishers.ofString(body));
        for (int hop = 0; answer.statusCode() / 100 == 3; hop++) {
            assertThat(hop).as("redirects to " + target).isLessThan(10);
            target = target.resolve(answer.headers().firstValue("Location").orElseThrow());
            answer = send(target, null);
        }
        assertThat(answer.statusCode()).as("%s: %s", target, answer.body()).isEqualTo(200);
        location = target;
        page = answer.body();
    }

    private HttpResponse<String> send(URI target, BodyPublisher body) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            NodeProcess node = next();
            String path = target.getRawPath() + (target.getRawQuery() == null ? "" : "?" + target.getRawQuery());
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + path))
                    .timeout(PATIENCE)
                    .header("Host", URI.create(SITE).getHost());
            if (!cookies.isEmpty()) {
                request.header(
                        "Cookie",
                        cookies.entrySet().stream()
                                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                                .collect(Collectors.joining("; ")));
            }
            if (body != null) {
                request.header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(body);
            }
            HttpResponse<String> answer;
            try {
                answer = http.send(request.build(), BodyHandlers.ofString());
            } catch (IOException e) {
                if (node.isAlive()) {
                    throw e;
                }
                continue;
            }
            boolean mayRetry = answer.statusCode() == 503
                    && answer.headers().firstValue("Retry-After").isPresent();
            if (mayRetry && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(200);
                continue;
            }
            for (String cookie : answer.headers().allValues("Set-Cookie")) {
                String[] pair = cookie.split(";")[0].split("=", 2);
                cookies.put(pair[0], pair[1]);
                if (pair[0].equals("JSESSIONID")) {
                    sessionCookies.add(pair[1]);
                }
            }
            return answer;
        }
    }

    private NodeProcess next() {
        for (int i = 0; i < nodes.size(); i++) {
            NodeProcess node = nodes.get(turn++ % nodes.size());
            if (node.isAlive()) {
                return node;
            }
        }
        throw new AssertionError("no node is alive");
    }
}
