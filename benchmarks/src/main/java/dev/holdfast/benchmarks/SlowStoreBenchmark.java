package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.bare.BareApplication;
import dev.holdfast.benchmarks.stores.SlowStoreProvider;
import jakarta.servlet.http.HttpSession;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** A read that asks a store which takes its time, beside the waiting alone. */
@SuppressWarnings("NullAway.Init") // JMH calls start
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class SlowStoreBenchmark {

    @Param({"0", "200", "1000"})
    public int micros;

    private BareApplication application;
    private BareApplication.Client client;

    /** Before each trial. */
    @Setup(Level.Trial)
    public void start() throws Exception {
        application = new BareApplication("bench", Map.of("store", "slow:" + micros, "mode", "shared"));
        client = application.login(FilterBenchmark.attributes());
    }

    /** After each trial. */
    @TearDown(Level.Trial)
    public void stop() {
        application.close();
    }

    /** Two attributes are read. */
    @Benchmark
    public void read(Blackhole hole) throws Exception {
        application.serve(client, (HttpSession session) -> {
            hole.consume(session.getAttribute("text1"));
            hole.consume(session.getAttribute("text2"));
        });
    }

    /** What of it is the store's. */
    @Benchmark
    public void waiting() {
        SlowStoreProvider.await(micros);
    }
}
