package dev.holdfast.demo.launcher.console;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What nodes have counted, of which the page shows some. Those of a process that has died still count. Not thread-safe.
 */
final class Figures {
    private static final Pattern FIGURE = Pattern.compile("\"([A-Za-z]+)\": ([0-9]{1,18})\\b");

    /** By process id. */
    private final Map<Long, Map<String, Long>> byProcess = new HashMap<>();

    /** @param status what a node's {@code /status} says: JSON, in which no two figures that are used here have one name */
    void note(long pid, String status) {
        Map<String, Long> figures = new HashMap<>();
        Matcher figure = FIGURE.matcher(status);
        while (figure.find()) {
            figures.put(figure.group(1), Long.parseLong(figure.group(2)));
        }
        byProcess.put(pid, figures);
    }

    long requests() {
        return sum("requests");
    }

    /** Requests that asked the store for their session, or knew that they need not. */
    long reads() {
        return sum("LoadsFound") + sum("LoadsUnchanged") + sum("TrustedReads");
    }

    /** Those that found that the node's copy is the newest. */
    long hits() {
        return sum("LoadsUnchanged") + sum("TrustedReads");
    }

    /** Calls of the store that requests have made. */
    long trips() {
        return sum("Loads") + sum("Saves") + sum("Removals") + sum("TouchCalls");
    }

    long bytes() {
        return sum("BytesLoaded") + sum("BytesSaved");
    }

    /** How many members of its cluster this process sees, itself included; null if it is in none. */
    @Nullable
    Long members(long pid) {
        Map<String, Long> figures = byProcess.get(pid);
        return figures == null ? null : figures.get("members");
    }

    private long sum(String name) {
        return byProcess.values().stream()
                .mapToLong(figures -> figures.getOrDefault(name, 0L))
                .sum();
    }
}
