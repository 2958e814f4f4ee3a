package dev.holdfast.filter;

import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/** Which requests have their session for themselves: {@code none}, {@code all}, or those of some paths. Immutable. */
final class LockRule {

    private final boolean all;
    private final PathPatterns paths;

    private LockRule(boolean all, PathPatterns paths) {
        this.all = all;
        this.paths = paths;
    }

    /** @param problem told about each pattern that is none, as text that goes on after the setting's name and value */
    static LockRule parse(String text, Consumer<String> problem) {
        List<String> words = Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
        if (words.equals(List.of("all")) || words.equals(List.of("/*"))) {
            return new LockRule(true, PathPatterns.parse(List.of(), problem));
        }
        if (words.equals(List.of("none"))) {
            return new LockRule(false, PathPatterns.parse(List.of(), problem));
        }
        if (words.contains("all") || words.contains("none")) {
            problem.accept("names paths beside all or none; write all, none, or paths");
            return new LockRule(false, PathPatterns.parse(List.of(), problem));
        }
        return new LockRule(false, PathPatterns.parse(words, problem));
    }

    boolean isNone() {
        return !all && paths.isEmpty();
    }

    /** @param path as for {@link PathPatterns#matches}; one that holds something a client could play with is locked, to be safe */
    boolean covers(String path) {
        return all || paths.matches(path) || !paths.isEmpty() && PathPatterns.isPlayful(path);
    }
}
