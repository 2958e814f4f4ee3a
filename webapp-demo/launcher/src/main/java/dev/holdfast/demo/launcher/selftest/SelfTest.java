package dev.holdfast.demo.launcher.selftest;

import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.demo.launcher.cluster.DemoCluster;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Visitors click through the demo while one node is killed with SIGKILL and started again later; afterwards nothing that
 * was acknowledged may be missing. Use it from one thread.
 */
public final class SelfTest {
    private static final double KILL_AT = 0.4;
    private static final double RESTART_AT = 0.6;
    /** Here visitors wait for the node to be back, so that it serves a good part of the clicks. */
    private static final double WAIT_AT = 0.75;

    private static final long LOOK_MILLIS = 50;
    private static final Duration FINISH_LIMIT = Duration.ofMinutes(2);
    private static final Pattern NATIVE_SESSIONS = Pattern.compile("\"nativeSessions\": ([0-9]+)");

    private final DemoCluster cluster;
    private final Plan plan;
    private final PrintStream out;
    private final Tally tally = new Tally();
    private final CountDownLatch restarted = new CountDownLatch(1);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final long started = System.nanoTime();

    /**
     * How much to do.
     *
     * @param visitors that click at the same time
     * @param clicks of each
     * @param seed of all that is random
     * @param kill whether a node is killed and started again
     * @param limit after which it is broken off and has failed
     */
    public record Plan(int visitors, int clicks, long seed, boolean kill, Duration limit) {}

    private SelfTest(DemoCluster cluster, Plan plan, PrintStream out) {
        this.cluster = cluster;
        this.plan = plan;
        this.out = out;
        if (!plan.kill()) {
            restarted.countDown();
        }
    }

    /**
     * Runs it and prints what it found.
     *
     * @return whether nothing was lost
     */
    public static boolean run(DemoCluster cluster, Plan plan, PrintStream out)
            throws InterruptedException, IOException {
        return new SelfTest(cluster, plan, out).run();
    }

    private boolean run() throws InterruptedException, IOException {
        out.printf(
                "Selftest: %d users, %d clicks each, seed %d (--seed %d repeats its choices)%n",
                plan.visitors(), plan.clicks(), plan.seed(), plan.seed());
        ExecutorService threads = Executors.newFixedThreadPool(plan.visitors(), work -> new Thread(work, "visitor"));
        List<ExpectedSession> sessions = new ArrayList<>();
        try {
            List<Future<List<ExpectedSession>>> visits = new ArrayList<>();
            for (int i = 1; i <= plan.visitors(); i++) {
                visits.add(threads.submit(visit(i)));
            }
            watch(visits);
            collect(visits, sessions);
        } finally {
            threads.shutdownNow();
        }
        countNativeSessions();
        EventLog events = EventLog.read(cluster.eventLogs());
        sessions.forEach(session -> events.check(session, tally));
        new Report(tally, cluster, plan, secondsSinceStart()).print(out);
        return tally.isClean();
    }

    private Callable<List<ExpectedSession>> visit(int number) {
        Browser browser = new Browser(client, cluster.origin(), tally);
        Visitor visitor = new Visitor("user-" + number, plan.seed() * 1_000 + number, browser, tally);
        return () -> {
            visitor.click(plan.clicks(), gate());
            long deadline = System.nanoTime() + FINISH_LIMIT.toNanos();
            return visitor.finish(cluster.nodes().size(), deadline);
        };
    }

    private IntConsumer gate() {
        int stop = (int) Math.ceil(plan.clicks() * WAIT_AT);
        return click -> {
            if (click == stop) {
                try {
                    restarted.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        };
    }

    /** Kills and restarts a node when it is time, and says how it goes. */
    private void watch(List<Future<List<ExpectedSession>>> visits) throws InterruptedException {
        Random random = new Random(plan.seed());
        long total = (long) plan.visitors() * plan.clicks();
        NodeProcess victim = null;
        boolean back = false;
        long said = -1;
        while (!visits.stream().allMatch(Future::isDone)) {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            long clicks = tally.clicks.sum();
            if (secondsSinceStart() != said) {
                said = secondsSinceStart();
                progress(clicks, total);
            }
            if (said > plan.limit().toSeconds()) {
                restarted.countDown();
                visits.forEach(visit -> visit.cancel(true));
                return;
            }
            if (plan.kill() && victim == null && clicks >= total * KILL_AT) {
                victim = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
                victim.kill();
                out.printf("%5d s  kill -9 %d (%s)%n", secondsSinceStart(), victim.pid(), victim.name());
            } else if (victim != null && !back && clicks >= total * RESTART_AT) {
                out.printf("%5d s  starting %s again%n", secondsSinceStart(), victim.name());
                back = true;
                restart(victim);
                restarted.countDown();
            }
        }
    }

    private void restart(NodeProcess victim) {
        try {
            NodeProcess node = cluster.restart(victim);
            out.printf("%5d s  %s is back, pid %d%n", secondsSinceStart(), node.name(), node.pid());
        } catch (IllegalStateException e) {
            tally.found(Finding.UNFINISHED, 1, "the killed node did not start again: " + e.getMessage());
        }
    }

    private void progress(long clicks, long total) {
        out.printf(
                "%5d s  %,7d of %,d clicks, %,d times unavailable, %,d broken%n",
                secondsSinceStart(), clicks, total, tally.unavailable.sum(), tally.broken.sum());
    }

    private void collect(List<Future<List<ExpectedSession>>> visits, List<ExpectedSession> sessions)
            throws InterruptedException {
        for (Future<List<ExpectedSession>> visit : visits) {
            if (visit.isCancelled()) {
                tally.found(
                        Finding.UNFINISHED,
                        1,
                        "broken off after " + plan.limit().toSeconds() + " s");
                continue;
            }
            try {
                sessions.addAll(visit.get());
            } catch (ExecutionException e) {
                tally.found(Finding.UNFINISHED, 1, "a visitor failed: " + e.getCause());
            }
        }
    }

    private void countNativeSessions() throws InterruptedException {
        for (NodeProcess node : cluster.nodes()) {
            String status = status(node);
            Matcher count = NATIVE_SESSIONS.matcher(status == null ? "" : status);
            if (count.find()) {
                tally.found(Finding.NATIVE_SESSION, Integer.parseInt(count.group(1)), node.name() + " made its own");
            } else {
                tally.found(Finding.UNFINISHED, 1, node.name() + " does not tell its count of native sessions");
            }
        }
    }

    private @Nullable String status(NodeProcess node) throws InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + node.port() + "/status");
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return null;
        }
    }

    private long secondsSinceStart() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - started);
    }
}
