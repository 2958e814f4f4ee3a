package dev.holdfast.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** What JMH has measured of all methods of one class, with its gc profiler and {@link ProcessorTime}. Immutable. */
public final class JmhResults {

    private final Collection<RunResult> results;

    private JmhResults(Collection<RunResult> results) {
        this.results = results;
    }

    /**
     * Runs a class's benchmarks.
     *
     * @param threads that do the same at the same time
     */
    public static JmhResults run(Class<?> benchmark, int threads) throws RunnerException {
        return run(benchmark, threads, Map.of());
    }

    /**
     * The same with other values of parameters.
     *
     * @param parameters by name
     * @param jvmArguments beside those that the class asks for
     */
    public static JmhResults run(
            Class<?> benchmark, int threads, Map<String, List<String>> parameters, String... jvmArguments)
            throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .include("\\." + benchmark.getSimpleName() + "\\.")
                .addProfiler(GCProfiler.class)
                .addProfiler(ProcessorTime.class)
                .threads(threads)
                .jvmArgs(jvmArguments)
                .shouldFailOnError(true);
        parameters.forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
        return new JmhResults(new Runner(options.build()).run());
    }

    /** With what: for the line under a table. */
    public static String madeBy(String command) {
        return "Made by `bin/bench " + command + "` (JMH " + Provenance.version("jmh") + ", gc profiler)";
    }

    /**
     * Of one method.
     *
     * @param parameters a name, its value, another name, …: all that the method is told apart by
     */
    public Figures of(String method, String... parameters) {
        RunResult result = results.stream()
                .filter(each -> each.getParams().getBenchmark().endsWith("." + method) && has(each, parameters))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(method + " " + String.join(" ", parameters)));
        return new Figures(
                result.getPrimaryResult().getScore(),
                secondary(result, ProcessorTime.MICROS),
                secondary(result, "gc.alloc.rate.norm"));
    }

    /**
     * For one operation.
     *
     * @param time as the clock on the wall has it, in the benchmark's own unit
     * @param processorMicros that the measuring threads were busy
     * @param allocated bytes, by all threads
     */
    public record Figures(double time, double processorMicros, double allocated) {}

    private static boolean has(RunResult result, String... parameters) {
        for (int i = 0; i < parameters.length; i += 2) {
            if (!parameters[i + 1].equals(result.getParams().getParam(parameters[i]))) {
                return false;
            }
        }
        return true;
    }

    private static double secondary(RunResult result, String label) {
        return Objects.requireNonNull(result.getSecondaryResults().get(label)).getScore();
    }
}
