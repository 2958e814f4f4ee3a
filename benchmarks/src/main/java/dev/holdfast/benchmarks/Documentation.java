package dev.holdfast.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A Markdown file of whose sections some are written by programs: what stands between {@code <!-- bin/bench NAME -->} and
 * {@code <!-- end -->}. Immutable.
 */
final class Documentation {

    private static final String END = "<!-- end -->";

    private final Path file;
    private final String text;

    private Documentation(Path file, String text) {
        this.file = file;
        this.text = text;
    }

    static Documentation read(Path file) throws IOException {
        return new Documentation(file, Files.readString(file));
    }

    private static String beginOf(String name) {
        return "<!-- bin/bench " + name + " -->";
    }

    /** @throws IllegalStateException if there is none of this name */
    void requireSection(String name) {
        endOf(name);
    }

    private int startOf(String name) {
        int begin = text.indexOf(beginOf(name));
        if (begin < 0) {
            throw new IllegalStateException(file + " has no " + beginOf(name));
        }
        return begin + beginOf(name).length();
    }

    private int endOf(String name) {
        int end = text.indexOf(END, startOf(name));
        if (end < 0) {
            throw new IllegalStateException(file + " has no " + END + " after " + beginOf(name));
        }
        return end;
    }

    String section(String name) {
        return text.substring(startOf(name), endOf(name)).strip();
    }

    /** Replaces the section in the file. */
    void write(String name, String section) throws IOException {
        Files.writeString(
                file,
                text.substring(0, startOf(name)) + "\n\n" + section.strip() + "\n\n" + text.substring(endOf(name)));
    }
}
