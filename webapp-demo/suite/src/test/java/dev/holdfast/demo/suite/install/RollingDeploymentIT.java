package dev.holdfast.demo.suite.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.redis.servers.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A new version of an application takes the place of the old one, node by node, while users shop: their baskets stay, though the
 * class of a basket has changed, and what only the new version knows is not lost where the old one serves in between.
 */
class RollingDeploymentIT {

    private static final List<Container> CONTAINERS =
            List.of(Container.TOMCAT10, Container.JETTY_EE10, Container.TOMCAT11);
    private static final int USERS = 8;

    /** Of everybody, between one node and the next. */
    private static final int PURCHASES = 10;

    private final List<Integer> ports = new CopyOnWriteArrayList<>();
    private final List<User> users = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();

    @Test
    void basketsOutliveTheVersionOfTheirClassOverRedis() throws Exception {
        try (RedisServer redis = RedisServer.builder().start()) {
            roll("redis", redis.uri());
        }
    }

    @Test
    void basketsOutliveTheVersionOfTheirClassOverPeers() throws Exception {
        Random random = new Random();
        roll("peer", "peer://239.7.8." + random.nextInt(1, 255) + ":" + random.nextInt(30_000, 60_000));
    }

    private void roll(String name, String store) throws Exception {
        Path libraries = ShopApplication.libraries("libraries", jar -> true);
        Path first = ShopVersion.FIRST.make();
        Path second = ShopVersion.SECOND.make();
        NodeOptions options = NodeOptions.named("rolling-" + name)
                .libraries(libraries)
                .property("holdfast.store", store)
                .property("holdfast.ignore", "/health")
                .property("holdfast.timeout", "6s");
        if (name.equals("peer")) {
            options.property("holdfast.peer.join-timeout", "3s");
        } else {
            options.property("holdfast.redis.timeout", "4s");
        }
        List<NodeProcess> nodes = new ArrayList<>();
        try {
            List<NodeProcess.Starting> starting = new ArrayList<>();
            for (Container container : CONTAINERS) {
                starting.add(NodeProcess.launch(
                        container,
                        options.copy("rolling-" + name + "-1-" + container.id()).webapp("/", first)));
            }
            starting.forEach(node -> nodes.add(node.awaitReady()));
            nodes.forEach(node -> ports.add(node.port()));
            begin();
            everybodyBuys(PURCHASES);
            for (int i = 0; i < nodes.size(); i++) {
                NodeProcess old = nodes.get(i);
                assertThat(old.stop()).isTrue();
                everybodyBuys(PURCHASES);
                nodes.set(
                        i,
                        NodeProcess.start(
                                old.container(),
                                options.copy("rolling-" + name + "-2-"
                                                + old.container().id())
                                        .webapp("/", second)
                                        .port(old.port())));
                awaitHealth(old.port());
                everybodyBuys(PURCHASES);
            }
            finish();
            System.out.printf(
                    "rolling deployment over %s: %d users, %d purchases, %d of them answered by the old version after the"
                            + " new one, %d clicks had to be repeated%n",
                    name,
                    USERS,
                    users.stream().mapToInt(user -> user.bought.size()).sum(),
                    users.stream().mapToInt(user -> user.backToOld).sum(),
                    users.stream().mapToInt(user -> user.repeated).sum());
            // else nothing was shown
            assertThat(users).allSatisfy(user -> assertThat(user.backToOld).isPositive());
        } finally {
            threads.forEach(Thread::interrupt);
            for (Thread thread : threads) {
                thread.join();
            }
            nodes.forEach(NodeProcess::close);
        }
    }

    private void begin() {
        for (int i = 0; i < USERS; i++) {
            User user = new User();
            users.add(user);
            Thread thread = new Thread(user, "user " + i);
            threads.add(thread);
            thread.start();
        }
    }

    private void everybodyBuys(int more) throws InterruptedException {
        int[] wanted = users.stream().mapToInt(user -> user.purchases + more).toArray();
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(4);
        for (int i = 0; i < wanted.length; i++) {
            while (users.get(i).purchases < wanted[i] && users.get(i).losses.isEmpty()) {
                assertThat(System.nanoTime()).as("a user gets no page").isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
        assertNothingLost();
    }

    private void finish() throws InterruptedException {
        users.forEach(user -> user.stopped = true);
        for (Thread thread : threads) {
            thread.join();
        }
        assertNothingLost();
    }

    private void assertNothingLost() {
        assertThat(users.stream().flatMap(user -> user.losses.stream())).isEmpty();
    }

    /** As the operator's script does before it goes on to the next node. */
    private static void awaitHealth(int port) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (User.send(port, "/health", "GET", null).statusCode() != 200) {
            assertThat(System.nanoTime()).as("the new node is not ready").isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    /** Buys one thing after the other, each time from the next node that serves, and looks into the basket. */
    private final class User implements Runnable {

        private static final HttpClient CLIENT = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(60))
                .build();

        final List<String> losses = new CopyOnWriteArrayList<>();
        final TreeSet<Integer> bought = new TreeSet<>();
        volatile boolean stopped;
        volatile int purchases;
        volatile int repeated;
        volatile int backToOld;
        private String cookie;
        private String id;
        private int turn;
        private int lastWish;

        @Override
        public void run() {
            try {
                for (int item = 1; !stopped; item++) {
                    check(served("POST", "/basket?item=" + item), item);
                    bought.add(item);
                    purchases++;
                    check(served("GET", "/basket"), 0);
                    TimeUnit.MILLISECONDS.sleep(10);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException e) {
                losses.add(e.toString());
            }
        }

        /** By whoever serves: adding something twice is adding it once, so what was not answered is repeated. */
        private HttpResponse<String> served(String method, String path) throws InterruptedException {
            long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
            while (System.nanoTime() < deadline) {
                try {
                    HttpResponse<String> answer = send(ports.get(turn++ % ports.size()), path, method, cookie);
                    // 404 from a container whose application is gone or not there yet
                    if (answer.statusCode() != 503 && answer.statusCode() != 404) {
                        return answer;
                    }
                } catch (IOException e) {
                    // not there at the moment
                }
                repeated++;
                TimeUnit.MILLISECONDS.sleep(5);
            }
            throw new IllegalStateException("nobody answers");
        }

        static HttpResponse<String> send(int port, String path, String method, String cookie)
                throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .method(method, HttpRequest.BodyPublishers.noBody())
                    .timeout(Duration.ofSeconds(30));
            if (cookie != null) {
                request.header("Cookie", cookie);
            }
            return CLIENT.send(request.build(), BodyHandlers.ofString());
        }

        private void check(HttpResponse<String> answer, int item) {
            if (answer.statusCode() != 200) {
                losses.add("status " + answer.statusCode() + ": " + answer.body());
                return;
            }
            answer.headers().firstValue("Set-Cookie").ifPresent(line -> cookie = line.split(";")[0]);
            List<String> lines = answer.body().lines().toList();
            String[] who = lines.get(0).split(" ");
            if (id == null) {
                id = who[1];
            } else if (!id.equals(who[1])) {
                losses.add("another session");
            }
            boolean isNew = who[0].equals(ShopVersion.SECOND.name());
            TreeSet<Integer> missing = new TreeSet<>(bought);
            for (String number : lines.get(1).replaceAll("[\\[\\] ]", "").split(",")) {
                missing.remove(number.isEmpty() ? 0 : Integer.parseInt(number));
            }
            if (!missing.isEmpty()) {
                losses.add(missing.size() + " purchases lost");
            }
            if (isNew && item > 0) {
                lastWish = item;
            }
            String wishes = isNew && lastWish > 0 ? "Wishes[last=" + lastWish + "]" : "null";
            String size = isNew && lastWish > 0 ? "TINY" : "null";
            if (!lines.get(2).equals(wishes) || !lines.get(3).equals(size)) {
                losses.add("wishes " + lines.get(2) + " and size " + lines.get(3) + " instead of " + wishes + " and "
                        + size);
            }
            if (!isNew && lastWish > 0) {
                backToOld++;
            }
        }
    }
}
