package dev.holdfast.benchmarks;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Processor time and garbage that the filter adds to a request. */
final class FilterComparison implements Comparison {

    private static final Map<String, String> TITLES = new LinkedHashMap<>();

    static {
        TITLES.put("noUse", "does not use its session");
        TITLES.put("read", "reads two strings");
        TITLES.put("readCart", "reads a cart of 20 beans, and does not change it");
        TITLES.put("change", "replaces a string of 100 letters");
    }

    @Override
    public String name() {
        return "filter";
    }

    @Override
    public String measure() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("\\." + FilterBenchmark.class.getSimpleName() + "\\.")
                        .addProfiler(GCProfiler.class)
                        .addProfiler(ProcessorTime.class)
                        .shouldFailOnError(true)
                        .build())
                .run();
        StringBuilder table =
                new StringBuilder("| a request that | `mode=sticky`, µs | bytes | `mode=shared`, µs | bytes |\n"
                        + "|---|---|---|---|---|\n");
        TITLES.forEach((method, title) -> table.append("| ")
                .append(title)
                .append(cells(results, method, "sticky"))
                .append(cells(results, method, "shared"))
                .append(" |\n"));
        return table + "\nMade by `bin/bench filter` (JMH " + Provenance.version("jmh") + ", gc profiler); "
                + Provenance.ofThisRun() + "\n";
    }

    private static String cells(Collection<RunResult> results, String method, String mode) {
        RunResult result = results.stream()
                .filter(each -> each.getParams().getBenchmark().endsWith("." + method)
                        && each.getParams().getParam("mode").equals(mode))
                .findFirst()
                .orElseThrow();
        return String.format(
                Locale.ROOT,
                " | %.2f | %,.0f",
                secondary(result, ProcessorTime.MICROS),
                secondary(result, "gc.alloc.rate.norm"));
    }

    private static double secondary(RunResult result, String label) {
        return Objects.requireNonNull(result.getSecondaryResults().get(label)).getScore();
    }
}
