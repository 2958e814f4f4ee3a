package dev.holdfast.benchmarks;

import dev.holdfast.filter.codec.AttributeCodec;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** Whether an attribute that a request has read has been changed in place, which the filter asks at its end. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "-Xmx256m")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class MutationCheckBenchmark {

    /** Kinds of values. */
    public enum Kind {
        STRING("a string of 100 letters") {
            @Override
            Object value() {
                return "x".repeat(100);
            }
        },
        BOXED("a `Long`") {
            @Override
            Object value() {
                return 4711L;
            }
        },
        BEAN("a bean with two strings") {
            @Override
            Object value() {
                return new SampleSession.Address("Elm St 1", "Utrecht");
            }
        },
        CUSTOMER("a bean with a list of two beans") {
            @Override
            Object value() {
                return new SampleSession.Customer();
            }
        },
        CART("a cart of 20 items") {
            @Override
            Object value() {
                return new SampleSession.Cart(20);
            }
        },
        LIST("a list of 1,000 strings") {
            @Override
            Object value() {
                return new ArrayList<>(
                        IntStream.range(0, 1_000).mapToObj(i -> "item " + i).toList());
            }
        },
        MAP("a map of 100 strings to numbers") {
            @Override
            Object value() {
                Map<String, Integer> map = new HashMap<>();
                for (int i = 0; i < 100; i++) {
                    map.put("key " + i, i);
                }
                return map;
            }
        },
        SELF_WRITING("a bean of a class with a `writeObject` of its own") {
            @Override
            Object value() {
                return new SelfWriting();
            }
        };

        private final String title;

        Kind(String title) {
            this.title = title;
        }

        String title() {
            return title;
        }

        abstract Object value();
    }

    /** Can only be compared by encoding it. */
    private static final class SelfWriting implements Serializable {
        private static final long serialVersionUID = 1;
        private final List<String> names = List.of("Ada", "Byron");

        private void writeObject(java.io.ObjectOutputStream out) throws java.io.IOException {
            out.defaultWriteObject();
            out.writeInt(names.size());
        }
    }

    @Param
    public Kind kind = Kind.STRING;

    private AttributeCodec codec = Codecs.of("jdk", 128);
    private Object value = "";
    private AttributeCodec.Baseline baseline = other -> true;

    /** Looks at it for the first time. */
    @Setup
    public void look() {
        codec = Codecs.of("jdk", 128);
        value = kind.value();
        baseline = Objects.requireNonNull(codec.baseline(value));
        if (isChanged()) {
            throw new IllegalStateException(kind.title());
        }
    }

    /** As the filter asks. */
    @Benchmark
    public boolean isChanged() {
        return !codec.isImmutable(value) && baseline.differs(value);
    }
}
