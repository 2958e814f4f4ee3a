package dev.holdfast.benchmarks;

import dev.holdfast.benchmarks.cluster.ClustersComparison;
import dev.holdfast.benchmarks.cluster.PeersComparison;
import dev.holdfast.benchmarks.growth.GrowthComparison;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Runs one comparison and writes its section of the documentation: {@code bin/bench serializers}. */
public final class Bench {

    private static final List<Comparison> COMPARISONS = List.of(
            new FilterComparison(),
            new SerializersComparison(),
            new StoresComparison(),
            new GrowthComparison(),
            new SpringComparison(),
            new ClustersComparison(),
            new PeersComparison());

    private Bench() {}

    /** @param arguments the documentation to write to, and the comparison's name */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            fail();
            return;
        }
        for (Comparison each : COMPARISONS) {
            if (each.name().equals(arguments[1])) {
                Documentation documentation = Documentation.read(Path.of(arguments[0]));
                documentation.requireSection(each.name()); // rather than in half an hour
                String section = each.measure();
                System.out.println(section);
                documentation.write(each.name(), section);
                for (Map.Entry<String, String> image : each.images().entrySet()) {
                    Files.writeString(Path.of(arguments[0]).resolveSibling(image.getKey()), image.getValue());
                }
                return;
            }
        }
        fail();
    }

    private static void fail() {
        System.err.println(
                "one of: " + COMPARISONS.stream().map(Comparison::name).collect(Collectors.joining(", ")));
        System.exit(2);
    }
}
