package dev.holdfast.benchmarks;

import java.util.Locale;
import java.util.stream.Collectors;

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
        JmhResults results = JmhResults.run(SerializersBenchmark.class, 1);
        return "With compression as it is by default (`compress-above=128B`):\n\n"
                + table(results, DEFAULT_COMPRESSION)
                + "\nWithout compression (`compress-above=off`):\n\n"
                + table(results, NO_COMPRESSION)
                + "\n" + JmhResults.madeBy("serializers") + ": "
                + Codecs.SERIALIZERS.stream()
                        .filter(each -> !each.equals("jdk"))
                        .map(each -> each + " " + Provenance.version(each))
                        .collect(Collectors.joining(", "))
                + "; " + Provenance.ofThisRun() + "\n";
    }

    /** In brackets, how many times what the JDK's takes. */
    private static String table(JmhResults results, int compressAbove) {
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
    private record Figures(JmhResults results, String serializer, SampleSession session, int compressAbove) {

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
            return of(method).processorMicros();
        }

        private double kilobytes(String method) {
            return of(method).allocated() / 1000;
        }

        private JmhResults.Figures of(String method) {
            return results.of(
                    method,
                    "serializer",
                    serializer,
                    "session",
                    session.name(),
                    "compressAbove",
                    Integer.toString(compressAbove));
        }
    }
}
