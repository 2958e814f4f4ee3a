package dev.holdfast.benchmarks;

import dev.holdfast.filter.codec.EnvelopeCodec;
import dev.holdfast.filter.codec.UndecodableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** All attributes of a session, encoded and decoded as the filter does it for its store. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 1,
        jvmArgsAppend = {"-Xmx256m", "-Xbatch"}) // compiles at once, not when the machine has time for it
public class SerializersBenchmark {

    private static final int WARM_UP = 6_000;

    @Param({"jdk", "fory", "kryo", "protostuff"})
    public String serializer = "";

    @Param
    public SampleSession session = SampleSession.SMALL;

    /** {@code compress-above} in bytes; of two thousand million, none is. */
    @Param({"128", "2147483647"})
    public int compressAbove;

    private EnvelopeCodec codec = Codecs.of("jdk", 0);
    private Map<String, Object> attributes = Map.of();
    private final List<byte[]> encoded = new ArrayList<>();

    void prepare() {
        codec = Codecs.of(serializer, compressAbove);
        attributes = session.attributes();
        attributes.forEach((name, value) -> encoded.add(codec.encode(name, value)));
    }

    /** By number, not by time, of which a machine on which others work gives any amount. */
    @Setup
    public void warmUp(Blackhole used) throws UndecodableException {
        prepare();
        for (int i = 0; i < WARM_UP; i++) {
            encode(used);
            decode(used);
        }
    }

    @Benchmark
    public void encode(Blackhole used) {
        for (Map.Entry<String, Object> each : attributes.entrySet()) {
            used.consume(codec.encode(each.getKey(), each.getValue()));
        }
    }

    @Benchmark
    public void decode(Blackhole used) throws UndecodableException {
        for (byte[] each : encoded) {
            used.consume(codec.decode(each));
        }
    }

    /** What the session takes in a store, without its names. */
    int bytes() {
        return encoded.stream().mapToInt(each -> each.length).sum();
    }
}
