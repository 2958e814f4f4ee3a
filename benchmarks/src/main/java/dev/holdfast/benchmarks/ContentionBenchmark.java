package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.bare.BareApplication;
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

/** Requests of one session at the same time. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 2, time = 1)
public class ContentionBenchmark {

    /** An application and the one session. */
    @SuppressWarnings("NullAway.Init") // JMH calls start
    @State(Scope.Benchmark)
    public static class OneSession {
        @Param({"sticky", "shared"})
        String mode = "sticky";

        BareApplication application;
        BareApplication.Client first;

        /** Before each trial. */
        @Setup(Level.Trial)
        public void start() throws Exception {
            application = new BareApplication("bench", Map.of("store", "local", "mode", mode));
            first = application.login(FilterBenchmark.attributes());
        }

        /** After each trial. */
        @TearDown(Level.Trial)
        public void stop() {
            application.close();
        }
    }

    /** One thread of a browser. */
    @SuppressWarnings("NullAway.Init") // JMH calls start
    @State(Scope.Thread)
    public static class OneTab {
        BareApplication.Client client;
        int count;

        /** After the session's. */
        @Setup(Level.Trial)
        public void start(OneSession session) {
            client = session.application.at(session.first);
        }
    }

    /** Two attributes are read. */
    @Benchmark
    public void read(OneSession one, OneTab tab, Blackhole hole) throws Exception {
        one.application.serve(tab.client, (HttpSession session) -> {
            hole.consume(session.getAttribute("text1"));
            hole.consume(session.getAttribute("text2"));
        });
    }

    /** The same attribute is replaced by all. */
    @Benchmark
    public void change(OneSession one, OneTab tab) throws Exception {
        int count = tab.count++;
        one.application.serve(
                tab.client, (HttpSession session) -> session.setAttribute("text1", FilterBenchmark.text(count)));
    }
}
