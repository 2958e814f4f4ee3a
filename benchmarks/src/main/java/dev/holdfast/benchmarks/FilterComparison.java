package dev.holdfast.benchmarks;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

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
        return requests() + contention() + slowStores() + mutationChecks() + ids() + "\n" + JmhResults.madeBy(name())
                + "; " + Provenance.ofThisRun() + "\n";
    }

    private static String requests() throws RunnerException {
        JmhResults results = JmhResults.run(FilterBenchmark.class, 1);
        StringBuilder table =
                new StringBuilder("| a request that | `mode=sticky`, µs | bytes | `mode=shared`, µs | bytes |\n"
                        + "|---|---|---|---|---|\n");
        TITLES.forEach((method, title) -> {
            JmhResults.Figures sticky = results.of(method, "mode", "sticky");
            JmhResults.Figures shared = results.of(method, "mode", "shared");
            row(
                    table,
                    "| %s | %.2f | %,.0f | %.2f | %,.0f |%n",
                    title,
                    sticky.processorMicros(),
                    sticky.allocated(),
                    shared.processorMicros(),
                    shared.allocated());
        });
        return table.toString();
    }

    private static String contention() throws RunnerException {
        StringBuilder table = new StringBuilder("""

                Requests of one session at the same time, as many per second as of one thread, and their processor time:

                | threads | `mode=sticky`, reads | µs | changes | µs | `mode=shared`, reads | µs | changes | µs |
                |---|---|---|---|---|---|---|---|---|
                """);
        JmhResults one = null;
        for (int threads : new int[] {1, 4, 16}) {
            JmhResults results = JmhResults.run(ContentionBenchmark.class, threads);
            one = one == null ? results : one;
            row(table, "| %d", threads);
            for (String mode : new String[] {"sticky", "shared"}) {
                for (String method : new String[] {"read", "change"}) {
                    JmhResults.Figures figures = results.of(method, "mode", mode);
                    double perSecond = threads / figures.time();
                    double perSecondOfOne = 1 / one.of(method, "mode", mode).time();
                    row(table, " | %.2f | %.2f", perSecond / perSecondOfOne, figures.processorMicros());
                }
            }
            table.append(" |\n");
        }
        return table.toString();
    }

    private static String slowStores() throws RunnerException {
        JmhResults results = JmhResults.run(SlowStoreBenchmark.class, 1);
        StringBuilder table = new StringBuilder("""

                A read in `mode=shared` from a store that takes its time (it waits busily: a timer comes late by more than the filter takes):

                | the store's answer takes, µs | as measured alone | the request takes, µs | of them the filter and `local` |
                |---|---|---|---|
                """);
        for (String micros : new String[] {"0", "200", "1000"}) {
            double read = results.of("read", "micros", micros).time();
            double waiting = results.of("waiting", "micros", micros).time();
            row(table, "| %s | %,.2f | %,.2f | %.2f |%n", micros, waiting, read, read - waiting);
        }
        return table.toString();
    }

    private static String mutationChecks() throws RunnerException {
        JmhResults results = JmhResults.run(MutationCheckBenchmark.class, 1);
        StringBuilder table = new StringBuilder("""

                Whether an attribute that was read has been changed in place:

                | attribute | µs | bytes |
                |---|---|---|
                """);
        for (MutationCheckBenchmark.Kind kind : MutationCheckBenchmark.Kind.values()) {
            JmhResults.Figures figures = results.of("isChanged", "kind", kind.name());
            row(table, "| %s | %.3f | %,.0f |%n", kind.title(), figures.processorMicros(), figures.allocated());
        }
        return table.toString();
    }

    private static String ids() throws RunnerException {
        JmhResults results = JmhResults.run(IdBenchmark.class, 1);
        StringBuilder table = new StringBuilder("""

                A request that asks for its session, `mode=sticky`, with a `secret`, and brings

                | | µs | bytes |
                |---|---|---|
                """);
        for (IdBenchmark.Cookies cookies : IdBenchmark.Cookies.values()) {
            JmhResults.Figures figures = results.of("ask", "cookies", cookies.name());
            row(table, "| %s | %.3f | %,.0f |%n", cookies.title(), figures.processorMicros(), figures.allocated());
        }
        return table.toString();
    }

    private static void row(StringBuilder table, String format, Object... cells) {
        table.append(String.format(Locale.ROOT, format, cells));
    }
}
