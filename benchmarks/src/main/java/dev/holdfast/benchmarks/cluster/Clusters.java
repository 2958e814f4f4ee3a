package dev.holdfast.benchmarks.cluster;

import static java.util.Objects.requireNonNull;

import dev.holdfast.benchmarks.stores.StoreServers;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Measures contenders in turn: all run at the same time, but only one is under load, so that what else happens on the machine meets
 * all alike.
 */
public final class Clusters {

    private static final long WARM_UP = Duration.ofSeconds(3).toNanos();

    /** What users do. */
    public enum Action {
        READ("/read"),
        CHANGE("/change");

        private final String path;

        Action(String path) {
            this.path = path;
        }
    }

    /** One action in one round. */
    record Sample(Load.Result load, double nodeMicros, double storeMicros, double storeBytes) {}

    /** All rounds of one contender with sessions of one size. */
    static final class Figures {
        private final Map<Action, List<Sample>> closed = new EnumMap<>(Action.class);
        private final Map<Action, Load.Result> atRate = new EnumMap<>(Action.class);

        Figures() {
            for (Action action : Action.values()) {
                closed.put(action, new ArrayList<>());
            }
        }

        private List<Sample> closed(Action action) {
            return requireNonNull(closed.get(action));
        }

        double median(Action action, ToDoubleFunction<Sample> figure) {
            return median(closed(action).stream().mapToDouble(figure).sorted().toArray());
        }

        /** The median over the rounds of what this one has, as a multiple of what the other one had in the same round. */
        double ratio(Figures other, Action action, ToDoubleFunction<Sample> figure) {
            List<Sample> mine = closed(action);
            double[] ratios = new double[mine.size()];
            for (int i = 0; i < ratios.length; i++) {
                ratios[i] = figure.applyAsDouble(mine.get(i))
                        / figure.applyAsDouble(other.closed(action).get(i));
            }
            Arrays.sort(ratios);
            return median(ratios);
        }

        Load.Result atRate(Action action) {
            return requireNonNull(atRate.get(action));
        }

        long stale() {
            return closed.values().stream()
                    .flatMap(List::stream)
                    .mapToLong(sample -> sample.load().stale())
                    .sum();
        }

        long requests() {
            return closed.values().stream()
                    .flatMap(List::stream)
                    .mapToLong(sample -> sample.load().requests())
                    .sum();
        }

        private static double median(double[] sorted) {
            int half = sorted.length / 2;
            return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
        }
    }

    private final StoreServers stores;
    private final List<Running> running = new ArrayList<>();
    private final int rounds;
    private final long nanos;
    private final double rate;

    private Clusters(StoreServers stores, int rounds, long nanos, double rate) {
        this.stores = stores;
        this.rounds = rounds;
        this.nanos = nanos;
        this.rate = rate;
    }

    /**
     * Runs contenders and measures them with sessions of one size.
     *
     * @param directory for the nodes' logs
     * @param rate requests per second of the runs at a fixed rate
     * @return by the contender's name, in their order
     */
    static Map<String, Figures> measure(
            List<Contender> contenders,
            StoreServers stores,
            Path directory,
            int kilobytes,
            int rounds,
            Duration each,
            double rate)
            throws IOException {
        Clusters clusters = new Clusters(stores, rounds, each.toNanos(), rate);
        try {
            for (Contender contender : contenders) {
                System.err.println("starting " + contender.name());
                clusters.running.add(new Running(contender, directory, classPath(contender)));
            }
            return clusters.measure(kilobytes);
        } finally {
            clusters.running.forEach(Running::close);
        }
    }

    private static String classPath(Contender contender) {
        String own = System.getProperty("java.class.path");
        if (contender.rival().isEmpty()) {
            return own;
        }
        Path target =
                Path.of("benchmarks", "rivals", contender.rival(), "target").toAbsolutePath();
        return target.resolve("classes") + File.pathSeparator + target.resolve("lib") + "/*" + File.pathSeparator + own;
    }

    private Map<String, Figures> measure(int kilobytes) throws IOException {
        Map<String, Figures> all = new LinkedHashMap<>();
        for (Running each : running) {
            Figures figures = new Figures();
            all.put(each.contender().name(), figures);
            each.load().login(kilobytes);
            for (Action action : Action.values()) {
                each.load().closed(action.path, WARM_UP);
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Action action : Action.values()) {
                for (Running each : running) {
                    Sample sample = sample(each, action);
                    requireNonNull(all.get(each.contender().name()))
                            .closed(action)
                            .add(sample);
                    System.err.printf(
                            "%d KB, %s, %s: %,.0f/s, %.1f us of the nodes' and %.1f us of the stores' processors each, %d stale%n",
                            kilobytes,
                            action,
                            each.contender().name(),
                            sample.load().perSecond(),
                            sample.nodeMicros(),
                            sample.storeMicros(),
                            sample.load().stale());
                }
            }
        }
        for (Action action : Action.values()) {
            for (Running each : running) {
                requireNonNull(all.get(each.contender().name()))
                        .atRate
                        .put(action, each.load().atRate(action.path, nanos, rate));
            }
        }
        return all;
    }

    private Sample sample(Running contender, Action action) throws IOException {
        StoreServers.Use storesBefore = stores.use();
        Duration nodesBefore = contender.processorTime();
        Load.Result result = contender.load().closed(action.path, nanos);
        Duration nodesAfter = contender.processorTime();
        StoreServers.Use storesAfter = stores.use();
        StoreServers.Use used = storesAfter.since(storesBefore);
        double requests = result.requests();
        return new Sample(
                result,
                nodesAfter.minus(nodesBefore).toNanos() / 1000.0 / requests,
                used.processorTime().toNanos() / 1000.0 / requests,
                used.bytes() / requests);
    }
}
