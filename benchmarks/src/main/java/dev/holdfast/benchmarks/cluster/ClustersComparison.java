package dev.holdfast.benchmarks.cluster;

import static java.util.Objects.requireNonNull;

import dev.holdfast.benchmarks.Comparison;
import dev.holdfast.benchmarks.Provenance;
import dev.holdfast.benchmarks.cluster.Clusters.Action;
import dev.holdfast.benchmarks.cluster.Clusters.Figures;
import dev.holdfast.benchmarks.cluster.Clusters.Sample;
import dev.holdfast.benchmarks.stores.StoreServers;
import dev.holdfast.spi.servers.OwnDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What replication costs whole servers: throughput, processor time, waiting and bytes, beside a Tomcat that replicates nothing and what
 * others would take. What {@code benchmarks/rivals} has must have been built.
 */
public final class ClustersComparison implements Comparison {

    /** For one's own use: a part of the contenders, which sizes in KB, and how many rounds. */
    private static final Pattern ONLY = Pattern.compile(System.getProperty("bench.only", ""));

    private static final List<String> SIZES =
            List.of(System.getProperty("bench.sizes", "1,10").split(","));
    private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);

    private static final Duration EACH = Duration.ofSeconds(2);
    private static final int RATE = 1000;

    @Override
    public String name() {
        return "clusters";
    }

    @Override
    public String measure() throws IOException {
        StringBuilder section = new StringBuilder();
        Path directory = OwnDirectory.create("holdfast-bench-");
        try (StoreServers stores = new StoreServers()) {
            List<Contender> contenders = new ArrayList<>(Contenders.ofHoldfast(stores));
            contenders.addAll(Contenders.ofRivals(stores, directory));
            contenders.removeIf(each -> !each.name().endsWith(" alone")
                    && !ONLY.matcher(each.name()).find());
            for (String kilobytes : SIZES) {
                Map<String, Figures> figures = Clusters.measure(
                        contenders, stores, directory, Integer.parseInt(kilobytes), ROUNDS, EACH, RATE);
                section.append("Sessions of ").append(kilobytes).append(" KB:\n\n");
                section.append(table(contenders, figures)).append('\n');
            }
        } finally {
            OwnDirectory.delete(directory);
        }
        return section
                + "Made by `bin/bench " + name() + "`: medians of " + ROUNDS + " rounds of " + EACH.toSeconds()
                + " s in turn, after 3 s of warming up each; " + Running.USERS + " users at once with "
                + Running.SESSIONS_EACH + " sessions each, JVMs with `" + String.join(" ", NodeJvm.FLAGS) + "`, Tomcat "
                + Provenance.version("tomcat") + "; " + Provenance.ofThisRun() + "\n";
    }

    /** Throughput and the nodes' processor time are told as multiples of what as many Tomcats alone do in the same round. */
    private static String table(List<Contender> contenders, Map<String, Figures> figures) {
        StringBuilder table = new StringBuilder("| | reads | changes | node, read | node, change | store, read, µs "
                + "| store, change, µs | bytes, read | bytes, change | ms, read | ms, change | stale |\n"
                + "|---|---|---|---|---|---|---|---|---|---|---|---|\n");
        for (Contender each : contenders) {
            Figures its = requireNonNull(figures.get(each.name()));
            Figures ceiling = requireNonNull(figures.get(ceiling(each)));
            table.append("| ").append(each.name());
            for (Action action : Action.values()) {
                append(
                        table,
                        "%.2f",
                        its.ratio(ceiling, action, sample -> sample.load().perSecond()));
            }
            for (Action action : Action.values()) {
                append(table, "%.2f", its.ratio(ceiling, action, Sample::nodeMicros));
            }
            for (Action action : Action.values()) {
                append(table, "%.1f", its.median(action, Sample::storeMicros));
            }
            for (Action action : Action.values()) {
                append(table, "%,.0f", its.median(action, Sample::storeBytes));
            }
            for (Action action : Action.values()) {
                table.append(String.format(
                        Locale.ROOT,
                        " | %.2f / %.1f",
                        its.atRate(action).micros(0.5) / 1000.0,
                        its.atRate(action).micros(0.99) / 1000.0));
            }
            table.append(String.format(Locale.ROOT, " | %,d of %,d |%n", its.stale(), its.requests()));
        }
        return table.toString();
    }

    private static String ceiling(Contender contender) {
        if (contender.rival().equals("msm")) {
            return Contenders.TOMCAT_9_ALONE;
        }
        return contender.nodes().size() == 1 ? Contenders.ALONE : Contenders.TWO_ALONE;
    }

    private static void append(StringBuilder table, String format, double value) {
        table.append(" | ").append(String.format(Locale.ROOT, format, value));
    }
}
