package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.bare.BareApplication;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpSession;
import java.util.HashMap;
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

/** What the filter takes of a request, on a request that takes nothing itself. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgsAppend = "-Xmx512m")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
public class FilterBenchmark {

    /** An application with the local store, and a client of it for each thread. */
    @SuppressWarnings("NullAway.Init") // JMH calls start
    @State(Scope.Thread)
    public static class OneUser {
        @Param({"sticky", "shared"})
        String mode = "sticky";

        BareApplication application;
        BareApplication.Client client;
        int count;

        /** Before each trial. */
        @Setup(Level.Trial)
        public void start() throws Exception {
            application = new BareApplication("bench", Map.of("store", "local", "mode", mode));
            client = application.login(attributes());
        }

        /** After each trial. */
        @TearDown(Level.Trial)
        public void stop() {
            application.close();
        }
    }

    /** Ten strings of 100 letters and a cart. */
    static Map<String, Object> attributes() {
        Map<String, Object> attributes = new HashMap<>();
        for (int i = 0; i < 10; i++) {
            attributes.put("text" + i, "x".repeat(100));
        }
        attributes.put("cart", new SampleSession.Cart(20));
        return attributes;
    }

    /** As long as the others, and another one each time. */
    static String text(int number) {
        return "x".repeat(92) + (10_000_000 + number % 1000);
    }

    private static final FilterChain NOTHING = (request, response) -> {};

    /** A request that carries the id of a session and does not use it. */
    @Benchmark
    public void noUse(OneUser user) throws Exception {
        user.application.serve(user.client, NOTHING);
    }

    /** Two attributes are read, both immutable. */
    @Benchmark
    public void read(OneUser user, Blackhole hole) throws Exception {
        user.application.serve(user.client, (HttpSession session) -> {
            hole.consume(session.getAttribute("text1"));
            hole.consume(session.getAttribute("text2"));
        });
    }

    /** A cart of 20 items is read and not changed, which the filter has to find out. */
    @Benchmark
    public void readCart(OneUser user, Blackhole hole) throws Exception {
        user.application.serve(user.client, (HttpSession session) -> hole.consume(session.getAttribute("cart")));
    }

    /** One attribute of 100 letters is replaced. */
    @Benchmark
    public void change(OneUser user) throws Exception {
        int count = user.count++;
        user.application.serve(user.client, (HttpSession session) -> session.setAttribute("text1", text(count)));
    }
}
