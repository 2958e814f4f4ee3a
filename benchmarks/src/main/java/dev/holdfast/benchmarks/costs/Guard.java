package dev.holdfast.benchmarks.costs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Compares what requests cost now with what they cost when {@code benchmarks/baseline.txt} was written, and fails when a cost has
 * grown. Times are none of them.
 */
public final class Guard {

    private static final double MORE_CALLS_OR_BYTES = 1.05;
    private static final double MORE_ALLOCATED = 1.15;

    /** Background work and the answers of servers that are asked for their counts: not more than that for a request. */
    private static final double SLACK_CALLS = 0.02;

    private static final double SLACK_BYTES = 16;
    private static final double SLACK_ALLOCATED = 64;

    private static final String SEPARATOR = " = ";

    private Guard() {}

    /** {@code FILE} compares, {@code FILE --update} writes the file. Ends with status 1 if a cost has grown. */
    public static void main(String[] arguments) throws Exception {
        Path file = Path.of(arguments[0]);
        Map<String, Cost> now;
        try (Costs costs = new Costs()) {
            now = costs.measure();
        }
        if (arguments.length > 1 && arguments[1].equals("--update")) {
            write(file, now);
            System.out.println("written to " + file + "; look at what has changed before you commit it");
            return;
        }
        List<String> grown = grown(read(file), now);
        now.forEach((what, cost) -> System.out.println(what + SEPARATOR + cost));
        if (!grown.isEmpty()) {
            System.out.println("\nGrown:\n" + String.join("\n", grown)
                    + "\nIf that is the price of something worth it: bin/bench --quick --update");
            System.exit(1);
        }
    }

    /** A line for each cost that has grown, and for each that only one of the two knows. */
    static List<String> grown(Map<String, Cost> before, Map<String, Cost> now) {
        List<String> grown = new ArrayList<>();
        now.forEach((what, cost) -> {
            Cost was = before.get(what);
            if (was == null) {
                grown.add(what + ": not in the baseline");
            } else if (cost.calls() > was.calls() * MORE_CALLS_OR_BYTES + SLACK_CALLS
                    || cost.bytes() > was.bytes() * MORE_CALLS_OR_BYTES + SLACK_BYTES
                    || cost.allocated() > was.allocated() * MORE_ALLOCATED + SLACK_ALLOCATED) {
                grown.add(what + ": calls, bytes, allocated were " + was + ", are " + cost);
            }
        });
        before.keySet().stream()
                .filter(what -> !now.containsKey(what))
                .forEach(what -> grown.add(what + ": in the baseline, but not measured"));
        return grown;
    }

    static Map<String, Cost> read(Path file) throws IOException {
        Map<String, Cost> costs = new TreeMap<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.startsWith("#")) {
                int separator = line.indexOf(SEPARATOR);
                costs.put(line.substring(0, separator), Cost.parse(line.substring(separator + SEPARATOR.length())));
            }
        }
        return costs;
    }

    private static void write(Path file, Map<String, Cost> costs) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add(
                "# What a request costs on average: calls to store servers, bytes both ways, bytes allocated by its thread.");
        lines.add("# Written by bin/bench --quick --update; bin/bench --quick and the tests compare with it.");
        costs.forEach((what, cost) -> lines.add(what + SEPARATOR + cost));
        Files.write(file, lines);
    }
}
