package dev.holdfast.demo.suite.install.app;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What happened in this application, one line each, since it started. */
public final class Heard {

    private static final List<String> LINES = new CopyOnWriteArrayList<>();

    private Heard() {}

    public static void add(String line) {
        LINES.add(line);
    }

    static List<String> lines() {
        return LINES;
    }
}
