package dev.holdfast.benchmarks.cluster;

import java.util.List;

/**
 * One way to keep sessions.
 *
 * @param alternating whether each request of a session goes to the next node; otherwise it stays with its node
 * @param rival the directory below {@code benchmarks/rivals} whose jars come first on the class path; empty for none
 * @param nodes for each node the arguments of {@link dev.holdfast.benchmarks.node.BenchNode}, but for the work directory
 */
record Contender(String name, boolean alternating, String rival, List<List<String>> nodes) {

    /** A single node. */
    static Contender one(String name, String... arguments) {
        return new Contender(name, false, "", List.of(List.of(arguments)));
    }

    /** Two nodes, and each request goes to the other one. */
    static Contender two(String name, List<String> first, List<String> second) {
        return new Contender(name, true, "", List.of(first, second));
    }

    Contender withJarsOf(String newRival) {
        return new Contender(name, alternating, newRival, nodes);
    }
}
