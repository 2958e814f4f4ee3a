package dev.holdfast.demo.suite;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Writes into a session and reads it, by turns, until told to stop, and compares what it reads with what has been
 * acknowledged. A write is a POST, acknowledged by 200; one that got another answer or none may have been made.
 *
 * <p>Its counts may be read by any thread.
 */
final class ClickingUser implements Runnable {

    private static final HttpClient CLIENT = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(60))
            .build();

    private static final AtomicInteger COUNTER = new AtomicInteger();

    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** Between two clicks, so that a machine with two cores can do other things as well. */
    private static final long REST_MILLIS = 5;

    private final Balancer balancer;
    private final Mode mode;
    private final Set<Integer> acknowledged = new HashSet<>();

    /** By their names. */
    private final Map<String, String> cookies = new LinkedHashMap<>();

    /** For balancers that go by it. */
    private final String address = "10." + COUNTER.getAndIncrement() % 250 + "."
            + ThreadLocalRandom.current().nextInt(250) + ".7";

    private final String id;
    private int next;
    private volatile boolean stopped;

    final AtomicInteger pagesRead = new AtomicInteger();
    final AtomicInteger writesAcknowledged = new AtomicInteger();
    final AtomicInteger unanswered = new AtomicInteger();
    final AtomicLong longestMillis = new AtomicLong();

    /** How often another node has taken it over and said so. */
    final AtomicInteger moves = new AtomicInteger();

    /** What must not happen. */
    final List<String> losses = new CopyOnWriteArrayList<>();

    /** Begins a session. */
    ClickingUser(Balancer balancer, Mode mode) throws IOException, InterruptedException {
        this.balancer = balancer;
        this.mode = mode;
        HttpResponse<String> answer =
                CLIENT.send(request("session", "list-add n 0").GET().build(), BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException("no session: " + answer.statusCode());
        }
        acknowledged.add(0);
        next = 1;
        id = answer.body().lines().toList().get(0);
        for (String line : answer.headers().allValues("Set-Cookie")) {
            take(line);
        }
        if (!cookies.containsKey(Browser.COOKIE) || !losses.isEmpty()) {
            throw new IllegalStateException("no session: " + answer.headers() + losses);
        }
        moves.set(0);
    }

    /** Of its session. */
    String id() {
        return id;
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                write();
                read();
                TimeUnit.MILLISECONDS.sleep(REST_MILLIS);
            }
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!read()) {
                if (System.nanoTime() > deadline) {
                    losses.add("no page at the end");
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            losses.add(e.toString());
        }
    }

    private void write() throws InterruptedException {
        int number = next++;
        HttpResponse<String> answer = answered(request("list-add n " + number)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
        if (answer != null && check(answer)) {
            acknowledged.add(number);
            writesAcknowledged.incrementAndGet();
        }
    }

    /** @return whether there was a page */
    private boolean read() throws InterruptedException {
        HttpResponse<String> answer = answered(request("peek", "get-if n").GET().build());
        if (answer == null || !check(answer)) {
            return false;
        }
        List<String> lines = answer.body().lines().toList();
        if (!lines.get(0).equals(id)) {
            losses.add("session " + (lines.get(0).equals("none") ? "lost" : "changed its id"));
            return true;
        }
        List<Integer> numbers = Arrays.stream(
                        lines.get(1).replaceAll("[\\[\\] ]", "").split(","))
                .filter(number -> !number.equals("null"))
                .map(Integer::valueOf)
                .toList();
        List<Integer> missing = new ArrayList<>(acknowledged);
        missing.removeAll(new HashSet<>(numbers));
        if (!missing.isEmpty()) {
            losses.add(missing.size() + " acknowledged writes lost");
        }
        if (numbers.size() != new HashSet<>(numbers).size()) {
            losses.add("a write was made twice");
        }
        if (numbers.stream().anyMatch(number -> number >= next)) {
            losses.add("a write that nobody made");
        }
        // One that got no answer was made: it must stay.
        acknowledged.addAll(numbers);
        pagesRead.incrementAndGet();
        return true;
    }

    /** Whether it is a page, or else one that says that there is none at the moment. */
    private boolean check(HttpResponse<String> answer) {
        for (String line : answer.headers().allValues("Set-Cookie")) {
            take(line);
        }
        switch (answer.statusCode()) {
            case 200 -> {
                return true;
            }
            // 404 from a Tomcat that is being stopped: its application is gone, and it still takes what comes
            case 404, 502, 503, 504 -> unanswered.incrementAndGet();
            default -> losses.add("status " + answer.statusCode());
        }
        return false;
    }

    /**
     * As a browser does. Of the session's, which may have a server's name and {@code ~} before it and a route behind it, the id stays,
     * and in mode shared nothing changes at all.
     */
    private void take(String line) {
        String[] cookie = line.split(";")[0].split("=", 2);
        String before = cookies.put(cookie[0], cookie[1]);
        if (!cookie[0].equals(Browser.COOKIE)) {
            return;
        }
        if (before != null && mode == Mode.SHARED) {
            losses.add("a cookie in mode shared");
        } else if (!cookie[1]
                .replaceFirst("^[^~]*~", "")
                .replaceFirst("\\..*$", "")
                .equals(id)) {
            losses.add("a cookie with another id");
        }
        moves.incrementAndGet();
    }

    /** Null if the connection was broken. */
    private HttpResponse<String> answered(HttpRequest request) throws InterruptedException {
        long begun = System.nanoTime();
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException e) {
            unanswered.incrementAndGet();
            return null;
        } finally {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
            longestMillis.accumulateAndGet(millis, Math::max);
        }
    }

    private HttpRequest.Builder request(String... operations) {
        HttpRequest.Builder request = HttpRequest.newBuilder(balancer.site().resolve(Browser.script(operations)))
                .header("X-Forwarded-For", address)
                .timeout(LIMIT);
        if (!cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        return request;
    }
}
