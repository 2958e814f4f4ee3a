package dev.holdfast.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * How long the processor is busy with one operation, in the threads that measure: of that a machine on which others work too says much
 * the same each time. Made by JMH, by its name.
 */
public final class ProcessorTime implements InternalProfiler {

    static final String MICROS = "processor.micros";

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private long before;

    @Override
    public String getDescription() {
        return "processor time of the measuring threads";
    }

    private static long nanosOfMeasuringThreads() {
        long nanos = 0;
        for (long id : THREADS.getAllThreadIds()) {
            var info = THREADS.getThreadInfo(id);
            if (info != null && info.getThreadName().contains("-jmh-worker-")) {
                nanos += THREADS.getThreadCpuTime(id);
            }
        }
        return nanos;
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = nanosOfMeasuringThreads();
    }

    @Override
    public Collection<? extends Result> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        double micros = (nanosOfMeasuringThreads() - before) / 1000.0;
        return List.of(
                new ScalarResult(MICROS, micros / result.getMetadata().getAllOps(), "us/op", AggregationPolicy.AVG));
    }
}
