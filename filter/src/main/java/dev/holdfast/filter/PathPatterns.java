package dev.holdfast.filter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Paths written as a web.xml writes url-patterns (Servlet 6.0 §12.2): {@code /static/*} for a folder, {@code *.js} for an
 * extension, anything else that begins with {@code /} for that very path. Immutable.
 *
 * <p>Compared with the path within the context as the container maps servlets by it: decoded, without query and path
 * parameters. A path that still holds something a client could play with (a semicolon, a question mark, a percent sign, a backslash, dots or
 * nothing between two slashes) matches no pattern: being taken for a path that needs its session is always right.
 */
final class PathPatterns {

    private final List<String> exact = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private final List<String> extensions = new ArrayList<>();

    private PathPatterns() {}

    /** @param problem told about each pattern that is none, as text that goes on after the setting's name and value */
    static PathPatterns parse(List<String> patterns, Consumer<String> problem) {
        PathPatterns parsed = new PathPatterns();
        for (String pattern : patterns) {
            fault(pattern)
                    .ifPresentOrElse(fault -> problem.accept("has a pattern that " + fault), () -> parsed.add(pattern));
        }
        return parsed;
    }

    private static Optional<String> fault(String pattern) {
        if (pattern.equals("/*") || pattern.equals("/") || pattern.equals("*")) {
            return Optional.of("matches everything");
        }
        boolean extension = pattern.startsWith("*.");
        String fixed = extension
                ? pattern.substring(2)
                : pattern.endsWith("/*") ? pattern.substring(0, pattern.length() - 2) : pattern;
        if (extension ? fixed.isEmpty() || fixed.contains(".") || fixed.contains("/") : !fixed.startsWith("/")) {
            return Optional.of("is not like /static/*, *.js or /health");
        }
        if (fixed.contains("*")) {
            return Optional.of("has a * in the middle; write a folder as /static/* or an extension as *.js");
        }
        if (isPlayful(extension ? "/" + fixed : fixed)) {
            return Optional.of("no path is compared with: write the decoded path, without ; ? % \\ // or dots alone");
        }
        return Optional.empty();
    }

    private void add(String pattern) {
        if (pattern.startsWith("*.")) {
            extensions.add(pattern.substring(1));
        } else if (pattern.endsWith("/*")) {
            folders.add(pattern.substring(0, pattern.length() - 1));
        } else {
            exact.add(pattern);
        }
    }

    boolean isEmpty() {
        return exact.isEmpty() && folders.isEmpty() && extensions.isEmpty();
    }

    /** @param path the servlet path and the path info, together */
    boolean matches(String path) {
        if (isEmpty() || isPlayful(path)) {
            return false;
        }
        if (exact.contains(path)) {
            return true;
        }
        for (String folder : folders) {
            boolean inside = path.startsWith(folder);
            boolean itself = path.length() == folder.length() - 1 && folder.startsWith(path);
            if (inside || itself) {
                return true;
            }
        }
        String name = path.substring(path.lastIndexOf('/') + 1);
        int dot = name.lastIndexOf('.');
        return dot >= 0 && extensions.contains(name.substring(dot));
    }

    /** Whether it holds something that a client could play with, see above. */
    static boolean isPlayful(String path) {
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == ';' || c == '?' || c == '%' || c == '\\' || c < ' ' || c == 0x7f) {
                return true;
            }
        }
        return !path.startsWith("/")
                || path.contains("//")
                || path.contains("/./")
                || path.contains("/../")
                || path.endsWith("/.")
                || path.endsWith("/..");
    }

    @Override
    public String toString() {
        List<String> all = new ArrayList<>(exact);
        folders.forEach(folder -> all.add(folder + "*"));
        extensions.forEach(extension -> all.add("*" + extension));
        return all.toString();
    }
}
