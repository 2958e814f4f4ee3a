package dev.holdfast.demo.testapp;

import java.util.ArrayList;
import java.util.List;

/** What listeners and scripts have noted on this node since it started, in order. Thread-safe. */
final class Events {

    private static final List<String> NOTED = new ArrayList<>();

    private Events() {}

    static synchronized void note(String event) {
        NOTED.add(event);
    }

    /** All that contain this text. */
    static synchronized List<String> with(String text) {
        return NOTED.stream().filter(event -> event.contains(text)).toList();
    }
}
