package dev.holdfast.benchmarks;

import java.util.Map;

/** A question that figures answer, and a section of the documentation with the answer. */
public interface Comparison {

    /** What {@code bin/bench} is given, and what the section goes by. */
    String name();

    /**
     * Measures. Takes minutes, and wants the machine for itself.
     *
     * @return the section's tables in Markdown, and with what they were made
     */
    String measure() throws Exception;

    /** Files that the section shows, once it has been measured: their texts by their paths from the documentation. */
    default Map<String, String> images() {
        return Map.of();
    }
}
