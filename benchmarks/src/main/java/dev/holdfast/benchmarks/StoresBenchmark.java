package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.stores.StoreServers;
import dev.holdfast.benchmarks.stores.StoreWork;
import dev.holdfast.benchmarks.stores.StoreWork.Operation;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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

/** Loads and saves of a store, each thread's of a session of its own, or what a bare client takes for as many bytes. */
@SuppressWarnings("NullAway.Init") // JMH calls start
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1500m")
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class StoresBenchmark {

    /** Connections, and what all threads share. */
    @State(Scope.Benchmark)
    public static class Connected {
        @Param({"redis", "memcached", "peers"})
        String store = "";

        /** Twice in turn, so that what else happens on the machine meets both alike. */
        @Param({"false", "true"})
        boolean bare;

        @Param({"1", "10"})
        int kilobytes;

        @Param
        Operation operation = Operation.LOAD;

        private final AtomicInteger users = new AtomicInteger();
        private StoreWork work;

        /** Before each trial. */
        @Setup(Level.Trial)
        public void start() throws Exception {
            work = StoreWork.of(store, bare, StoreServers.Addresses.ofSystemProperties());
        }

        /** After each trial. */
        @TearDown(Level.Trial)
        public void stop() throws Exception {
            work.close();
        }
    }

    /** A thread and its session. */
    @State(Scope.Thread)
    public static class OneUser {
        private StoreWork.User user;

        /** After the connections. */
        @Setup(Level.Trial)
        public void login(Connected connected) throws Exception {
            // Another session in each JVM: a store keeps those of the last one.
            long seed = System.nanoTime() + connected.users.incrementAndGet();
            user = connected.work.user(new Random(seed), connected.kilobytes);
        }

        /** Before the connections. */
        @TearDown(Level.Trial)
        public void logout() throws Exception {
            user.close();
        }
    }

    /** The parameter's. */
    @Benchmark
    public Object act(Connected connected, OneUser one) throws Exception {
        return one.user.act(connected.operation);
    }
}
