package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.bare.BareApplication;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** A request that asks for its session, of which nothing is read: what the filter takes to find its id in the cookies. */
@SuppressWarnings("NullAway.Init") // JMH calls start
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class IdBenchmark {

    /** What a browser sends. */
    public enum Cookies {
        NONE("no cookie", false),
        ITS_OWN("the cookie of its session", true),
        CROWDED("that behind ten other cookies", true),
        MISSPELT("an id that is not spelled like one", false),
        FORGED("an id that was not made with the secret", false);

        private final String title;
        private final boolean hasSession;

        Cookies(String title, boolean hasSession) {
            this.title = title;
            this.hasSession = hasSession;
        }

        String title() {
            return title;
        }

        private @Nullable String header(String right) {
            String name = right.substring(0, right.indexOf('=') + 1);
            return switch (this) {
                case NONE -> null;
                case ITS_OWN -> right;
                case CROWDED -> "_ga=GA1.1.1234567890.1234567890; ".repeat(10) + right;
                case MISSPELT -> name + "0123456789ABCDEF0123456789ABCDEF";
                // The first character is random, and so is part of what the proof is of.
                case FORGED ->
                    name + (right.charAt(name.length()) == 'A' ? 'B' : 'A') + right.substring(name.length() + 1);
            };
        }
    }

    @Param
    public Cookies cookies = Cookies.NONE;

    private BareApplication application;
    private BareApplication.Client client;
    private boolean found;

    private final FilterChain ask =
            (request, response) -> found = ((HttpServletRequest) request).getSession(false) != null;

    /** Before each trial. */
    @Setup(Level.Trial)
    public void start() throws Exception {
        application = new BareApplication(
                "bench",
                Map.of("store", "local", "mode", "sticky", "secret", "a-secret-of-the-benchmarks-that-all-know"));
        String right = application.login(Map.of("text", "x")).cookies();
        client = application.client(cookies.header(right));
        if (ask() != cookies.hasSession) {
            throw new IllegalStateException(cookies.title());
        }
    }

    /** After each trial. */
    @TearDown(Level.Trial)
    public void stop() {
        application.close();
    }

    /** Whether there is one. */
    @Benchmark
    public boolean ask() throws Exception {
        application.serve(client, ask);
        return found;
    }
}
