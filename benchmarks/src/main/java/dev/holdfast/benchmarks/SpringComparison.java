package dev.holdfast.benchmarks;

import static java.util.Objects.requireNonNull;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import dev.holdfast.benchmarks.bare.BareApplication;
import dev.holdfast.benchmarks.bare.Texts;
import dev.holdfast.redis.servers.RedisServer;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpSession;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * Holdfast and Spring Session in one JVM over one Redis, given the same requests in turn. Its class path has both: Spring's is no
 * part of the build.
 */
final class SpringComparison implements Comparison {

    private static final String SPRING = "dev.holdfast.benchmarks.rivals.RedisSessionFilter";
    private static final Set<String> NOT_ITS_OWN = Set.of("info", "evalsha", "time", "zrangebyscore");
    private static final int WARM_UP = 3_000;
    private static final int ROUNDS = 7;

    /** So many that the system's clock of processor time, which ticks each 10 ms, tells them apart. */
    private static final int REQUESTS = 2_000;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final OperatingSystemMXBean PROCESS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** What a request does. */
    private enum Action {
        READ("read 2 attributes"),
        CHANGE("replace 1 of 10 attributes"),
        IN_PLACE("change 1 in place"),
        NEW("a new session");

        private final String title;

        Action(String title) {
            this.title = title;
        }
    }

    /** Of one request. */
    private record Cost(double micros, double processorMicros, double commands, double bytes, double allocated) {}

    @Override
    public String name() {
        return "spring";
    }

    @Override
    public String measure() throws Exception {
        StringBuilder table = new StringBuilder("""
                | KB | a request that does | | µs | processor µs | commands | bytes | garbage, bytes |
                |---|---|---|---|---|---|---|---|
                """);
        for (int kilobytes : new int[] {1, 10}) {
            try (RedisServer redis = RedisServer.start()) {
                Map<String, BareApplication> applications = applications(redis);
                for (Action action : Action.values()) {
                    Map<String, List<Cost>> costs = new LinkedHashMap<>();
                    Map<String, User> users = new LinkedHashMap<>();
                    for (Map.Entry<String, BareApplication> each : applications.entrySet()) {
                        User user = new User(each.getValue(), action, kilobytes);
                        System.err.println(kilobytes + " KB, " + action.title + ", " + each.getKey());
                        user.send(WARM_UP);
                        users.put(each.getKey(), user);
                        costs.put(each.getKey(), new ArrayList<>());
                    }
                    for (int round = 0; round < ROUNDS; round++) {
                        for (Map.Entry<String, User> each : users.entrySet()) {
                            requireNonNull(costs.get(each.getKey()))
                                    .add(cost(
                                            redis,
                                            each.getValue(),
                                            each.getKey().startsWith("Holdfast")));
                        }
                    }
                    for (Map.Entry<String, User> each : users.entrySet()) {
                        table.append(row(
                                kilobytes,
                                action,
                                each.getKey() + (each.getValue().isKept() ? "" : ": **not saved**"),
                                requireNonNull(costs.get(each.getKey()))));
                    }
                }
                applications.values().forEach(BareApplication::close);
            }
        }
        return table + "\nMade by `bin/bench " + name() + "`: medians of " + ROUNDS + " rounds of " + REQUESTS
                + " requests in turn, of one user; " + Provenance.ofThisRun() + "\n";
    }

    private static Map<String, BareApplication> applications(RedisServer redis) throws Exception {
        Map<String, BareApplication> applications = new LinkedHashMap<>();
        // So long only so that a busy machine fails no run; Spring Session waits for a minute.
        applications.put("Holdfast", new BareApplication("shared", Map.of("store", redis.uri(), "timeout", "20s")));
        applications.put(
                "Holdfast, `mode=sticky`",
                new BareApplication(
                        "sticky", Map.of("store", redis.uri(), "timeout", "20s", "mode", "sticky", "route", "n1")));
        Map<String, String> port = Map.of("port", Integer.toString(redis.port()));
        applications.put("Spring Session", new BareApplication("spring", spring(), port));
        Map<String, String> onGet = new HashMap<>(port);
        onGet.put("save-mode", "ON_GET_ATTRIBUTE");
        applications.put("Spring Session, `ON_GET_ATTRIBUTE`", new BareApplication("spring-on-get", spring(), onGet));
        return applications;
    }

    private static Filter spring() throws ReflectiveOperationException {
        return (Filter) Class.forName(SPRING).getDeclaredConstructor().newInstance();
    }

    /** One who does the same again and again. */
    private static final class User {
        private final BareApplication application;
        private final Action action;
        private final Map<String, Object> attributes = new HashMap<>();
        private final int size;
        private final BareApplication.Client client;
        private int number;

        User(BareApplication application, Action action, int kilobytes) throws Exception {
            this.application = application;
            this.action = action;
            size = kilobytes * 100;
            for (int i = 0; i < 10; i++) {
                attributes.put("text" + i, Texts.text(i, size));
            }
            attributes.put("counters", new int[] {0});
            client = application.login(attributes);
        }

        void send(int requests) throws Exception {
            for (int i = 0; i < requests; i++) {
                number++;
                if (action == Action.NEW) {
                    application.login(attributes);
                } else {
                    application.serve(client, this::work);
                }
            }
        }

        private void work(HttpSession session) {
            switch (action) {
                case READ -> {
                    if (session.getAttribute("text1") == null || session.getAttribute("text2") == null) {
                        throw new IllegalStateException("an attribute is lost");
                    }
                }
                case CHANGE -> session.setAttribute("text1", Texts.text(number, size));
                case IN_PLACE -> ((int[]) session.getAttribute("counters"))[0] = number;
                case NEW -> throw new IllegalStateException("is a request without a session");
            }
        }

        /** Whether the next request sees what the last one did. */
        boolean isKept() throws Exception {
            boolean[] kept = {true};
            if (action == Action.IN_PLACE) {
                application.serve(
                        client,
                        (HttpSession session) -> kept[0] = ((int[]) session.getAttribute("counters"))[0] == number);
            } else if (action == Action.CHANGE) {
                application.serve(
                        client,
                        (HttpSession session) ->
                                kept[0] = Texts.text(number, size).equals(session.getAttribute("text1")));
            }
            return kept[0];
        }
    }

    private static Cost cost(RedisServer redis, User user, boolean scripts) throws Exception {
        Map<String, Long> commands = redis.commandCalls();
        long bytes = redis.netBytes();
        // what asking takes
        long asking = redis.netBytes() - bytes;
        bytes = redis.netBytes();
        long allocated = allocated();
        long processor = PROCESS.getProcessCpuTime();
        long begin = System.nanoTime();
        user.send(REQUESTS);
        long nanos = System.nanoTime() - begin;
        processor = PROCESS.getProcessCpuTime() - processor;
        allocated = allocated() - allocated;
        bytes = redis.netBytes() - bytes - asking;
        return new Cost(
                nanos / 1e3 / REQUESTS,
                processor / 1e3 / REQUESTS,
                (double) commands(commands, redis.commandCalls(), scripts) / REQUESTS,
                (double) bytes / REQUESTS,
                (double) allocated / REQUESTS);
    }

    /**
     * As clients have sent them: of Holdfast the scripts, of Spring Session, which has none, all but what Holdfast's search for expired
     * sessions does in the background.
     */
    private static long commands(Map<String, Long> before, Map<String, Long> after, boolean scripts) {
        long commands = 0;
        for (Map.Entry<String, Long> each : after.entrySet()) {
            if (scripts ? each.getKey().equals("evalsha") : !NOT_ITS_OWN.contains(each.getKey())) {
                commands += each.getValue() - before.getOrDefault(each.getKey(), 0L);
            }
        }
        return commands;
    }

    /** By all threads: clients have some of their own. */
    private static long allocated() {
        return LongStream.of(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    private static String row(int kilobytes, Action action, String who, List<Cost> rounds) {
        return String.format(
                Locale.ROOT,
                "| %d | %s | %s | %.1f | %.1f | %.2f | %,.0f | %,.0f |%n",
                kilobytes,
                action.title,
                who,
                median(rounds.stream().mapToDouble(Cost::micros).toArray()),
                median(rounds.stream().mapToDouble(Cost::processorMicros).toArray()),
                median(rounds.stream().mapToDouble(Cost::commands).toArray()),
                median(rounds.stream().mapToDouble(Cost::bytes).toArray()),
                median(rounds.stream().mapToDouble(Cost::allocated).toArray()));
    }

    private static double median(double[] figures) {
        Arrays.sort(figures);
        return figures[figures.length / 2];
    }
}
