package dev.holdfast.benchmarks;

import java.util.Collection;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/** Bytes, time and garbage of each serializer, beside the JDK's. */
final class SerializersComparison implements Comparison {

    private static final int DEFAULT_COMPRESSION = 128;
    private static final int NO_COMPRESSION = Integer.MAX_VALUE;

    @Override
    public String name() {
        return "serializers";
    }

    @Override
    public String measure() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include("\\." + SerializersBenchmark.class.getSimpleName() + "\\.")
                        .addProfiler(GCProfiler.class)
                        .addProfiler(ProcessorTime.class)
                        .shouldFailOnError(true)
                        .build())
                .run();
        return "With compression as it is by default (`compress-above=128B`):\n\n"
                + table(results, DEFAULT_COMPRESSION)
                + "\nWithout compression (`compress-above=off`):\n\n"
                + table(results, NO_COMPRESSION)
                + "\nMade by `bin/bench serializers` (JMH " + Provenance.version("jmh") + ", gc profiler): "
                + Codecs.SERIALIZERS.stream()
                        .filter(each -> !each.equals("jdk"))
                        .map(each -> each + " " + Provenance.version(each))
                        .collect(Collectors.joining(", "))
                + "; " + Provenance.ofThisRun() + "\n";
    }

    /** In brackets, how many times what the JDK's takes. */
    private static String table(Collection<RunResult> results, int compressAbove) {
        StringBuilder table = new StringBuilder("| session | serializer | bytes | encode, µs | decode, µs "
                + "| garbage of encoding, KB | of decoding, KB |\n|---|---|---|---|---|---|---|\n");
        for (SampleSession session : SampleSession.values()) {
            for (String serializer : Codecs.SERIALIZERS) {
                Figures jdk = new Figures(results, "jdk", session, compressAbove);
                table.append(new Figures(results, serializer, session, compressAbove).row(jdk))
                        .append('\n');
            }
        }
        return table.toString();
    }

    /** How many bytes a session takes, without measuring any time. */
    static int bytes(String serializer, SampleSession session, int compressAbove) {
        SerializersBenchmark benchmark = new SerializersBenchmark();
        benchmark.serializer = serializer;
        benchmark.session = session;
        benchmark.compressAbove = compressAbove;
        benchmark.prepare();
        return benchmark.bytes();
    }

    /** The beginning of a row, which is the same in each run. */
    static String sizes(String serializer, SampleSession session, int compressAbove) {
        int bytes = bytes(serializer, session, compressAbove);
        return String.format(
                Locale.ROOT,
                "| %s | %s | %s |",
                session.title(),
                serializer,
                besides("%,.0f", bytes, bytes("jdk", session, compressAbove)));
    }

    private static String besides(String format, double figure, double jdk) {
        return String.format(Locale.ROOT, format + " (%.2f)", figure, figure / jdk);
    }

    /** Of one serializer with one session. */
    private record Figures(Collection<RunResult> results, String serializer, SampleSession session, int compressAbove) {

        String row(Figures jdk) {
            return sizes(serializer, session, compressAbove)
                    + cell("%.1f", micros("encode"), jdk.micros("encode"))
                    + cell("%.1f", micros("decode"), jdk.micros("decode"))
                    + cell("%.1f", kilobytes("encode"), jdk.kilobytes("encode"))
                    + cell("%.1f", kilobytes("decode"), jdk.kilobytes("decode"));
        }

        private static String cell(String format, double figure, double jdk) {
            return " " + besides(format, figure, jdk) + " |";
        }

        private double micros(String method) {
            return secondary(method, ProcessorTime.MICROS);
        }

        private double kilobytes(String method) {
            return secondary(method, "gc.alloc.rate.norm") / 1000;
        }

        private double secondary(String method, String label) {
            return Objects.requireNonNull(of(method).getSecondaryResults().get(label))
                    .getScore();
        }

        private RunResult of(String method) {
            return results.stream()
                    .filter(each -> each.getParams().getBenchmark().endsWith("." + method)
                            && each.getParams().getParam("serializer").equals(serializer)
                            && each.getParams().getParam("session").equals(session.name())
                            && each.getParams().getParam("compressAbove").equals(Integer.toString(compressAbove)))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
