package dev.holdfast.benchmarks.growth;

import dev.holdfast.benchmarks.Comparison;
import dev.holdfast.benchmarks.Provenance;
import dev.holdfast.benchmarks.bare.BareApplication;
import dev.holdfast.benchmarks.stores.StoreServers;
import dev.holdfast.spi.scale.LinePlot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;

/** More sessions, more and larger attributes, more nodes, more requests at the same time. */
public final class GrowthComparison implements Comparison {

    private static final String PLOT = "images/growth.svg";

    /** {@code -Dbench.growth.sessions}: less takes less time. */
    private static final int MOST = Integer.getInteger("bench.growth.sessions", 1_000_000);

    /** So long, about, may it take to add what is missing to the next number of sessions. */
    private static final double MOST_SECONDS = 90;

    /** So much may they take, all copies. */
    private static final double MOST_BYTES = 4e9;

    private final Map<String, String> images = new LinkedHashMap<>();

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public Map<String, String> images() {
        return images;
    }

    @Override
    public String measure() throws Exception {
        return sessions() + forms() + nodes() + together() + "\nMade by `bin/bench growth`; " + Provenance.ofThisRun()
                + "\n";
    }

    private String sessions() throws Exception {
        StringBuilder table = new StringBuilder("""
                Sessions of 1 KB. Bytes are those of all copies of a session; loads are of the whole session, one after the other; in brackets: times what
                they take with a thousand sessions. The near cache's load is a whole request that reads one attribute.

                | sessions | | bytes for each | a load, µs |
                |---|---|---|---|
                """);
        List<Callable<Home>> homes = List.of(
                Home::redis, () -> Home.memcached(2), () -> Home.nearCache(Math.max(MOST, 1_000)), () -> Home.peers(2));
        List<LinePlot.Line> lines = new ArrayList<>();
        List<Integer> sizes = new ArrayList<>();
        for (int size : new int[] {1_000, 10_000, 100_000, 500_000, 1_000_000}) {
            if (size <= MOST) {
                sizes.add(size);
            }
        }
        for (Callable<Home> each : homes) {
            List<Double> ratios = new ArrayList<>();
            try (Home home = each.call()) {
                Filling filling = new Filling(home, Home.Form.USUAL);
                double first = 0;
                double bytes = 0;
                for (int size : sizes) {
                    String tooMuch = filling.secondsTo(size) > MOST_SECONDS
                            ? "not within %.0f s".formatted(MOST_SECONDS)
                            : bytes * size > MOST_BYTES ? "more than %.0f GB".formatted(MOST_BYTES / 1e9) : "";
                    if (!tooMuch.isEmpty()) {
                        row(table, "| %,d | %s | not measured: %s | |%n", size, home.name(), tooMuch);
                        ratios.add(Double.NaN);
                        continue;
                    }
                    Filling.Point point = filling.at(size);
                    bytes = point.bytes();
                    first = first == 0 ? point.micros() : first;
                    double ratio = point.micros() / first;
                    ratios.add(ratio);
                    row(table, "| %,d | %s | %,.0f | %.1f (%.2f) |%n", size, home.name(), bytes, point.micros(), ratio);
                }
                lines.add(new LinePlot.Line(home.name(), ratios));
            }
        }
        images.put(
                PLOT,
                new LinePlot(
                                "a load, times what it takes with a thousand sessions",
                                "sessions",
                                sizes.stream()
                                        .map(size -> String.format(Locale.ROOT, "%,d", size))
                                        .toList(),
                                lines)
                        .svg());
        return table + "\n![Time of a load by the number of sessions](" + PLOT + ")\n";
    }

    private static String forms() throws Exception {
        StringBuilder table = new StringBuilder("""

                Two thousand sessions with attributes of one size:

                | attributes | of bytes | | bytes for each session | a load, µs |
                |---|---|---|---|---|
                """);
        int sessions = Math.min(2_000, MOST);
        for (Home.Form form : List.of(
                new Home.Form(1, 1_000),
                new Home.Form(10, 100),
                new Home.Form(100, 10),
                new Home.Form(1, 10_000),
                new Home.Form(10, 1_000),
                new Home.Form(100, 100))) {
            for (Callable<Home> each :
                    List.<Callable<Home>>of(Home::redis, () -> Home.memcached(2), () -> Home.peers(2))) {
                try (Home home = each.call()) {
                    Filling.Point point = new Filling(home, form).at(sessions);
                    row(
                            table,
                            "| %d | %,d | %s | %,.0f | %.1f |%n",
                            form.attributes(),
                            form.bytes(),
                            home.name(),
                            point.bytes(),
                            point.micros());
                }
            }
        }
        return table.toString();
    }

    private static String nodes() throws Exception {
        int sessions = Math.min(20_000, MOST);
        StringBuilder table = new StringBuilder(String.format(Locale.ROOT, """

                %,d sessions of 1 KB on more nodes, loaded by the first member:

                | nodes | bytes for each session | and node | a load, µs |
                |---|---|---|---|
                """, sessions));
        for (int nodes : new int[] {2, 4}) {
            for (Callable<Home> each : List.<Callable<Home>>of(() -> Home.memcached(nodes), () -> Home.peers(nodes))) {
                try (Home home = each.call()) {
                    Filling.Point point = new Filling(home, Home.Form.USUAL).at(sessions);
                    row(
                            table,
                            "| %s | %,.0f | %,.0f | %.1f |%n",
                            home.name(),
                            point.bytes(),
                            point.bytes() / nodes,
                            point.micros());
                }
            }
        }
        return table.toString();
    }

    private static String together() throws Exception {
        StringBuilder table = new StringBuilder("""

                Requests of one session at one node in `mode=shared`, at the same time, as many per second as of one at a time:

                | at the same time | Redis, reads | changes | memcached, reads | changes |
                |---|---|---|---|---|
                """);
        try (StoreServers servers = new StoreServers()) {
            List<BareApplication> applications = new ArrayList<>();
            try {
                for (String store : List.of(servers.redis(), "memcached://" + servers.memcached())) {
                    applications.add(new BareApplication("bench", Map.of("store", store)));
                }
                Map<String, Double> ofOne = new LinkedHashMap<>();
                for (int threads : new int[] {1, 4, 16}) {
                    row(table, "| %d", threads);
                    for (BareApplication application : applications) {
                        for (Together.Action action : Together.Action.values()) {
                            double perSecond = Together.perSecond(application, threads, action);
                            double one = ofOne.computeIfAbsent(
                                    applications.indexOf(application) + action.name(), first -> perSecond);
                            row(table, " | %.2f", perSecond / one);
                        }
                    }
                    table.append(" |\n");
                }
            } finally {
                applications.forEach(BareApplication::close);
            }
        }
        return table.toString();
    }

    private static void row(StringBuilder table, String format, Object... cells) {
        table.append(String.format(Locale.ROOT, format, cells));
    }
}
