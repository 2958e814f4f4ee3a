package dev.holdfast.demo.app;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A shopping cart as many applications have one: put into the session once, and from then on changed in place, without
 * another {@code setAttribute}. Its lines are numbered by the page that added them, so that adding one twice is adding it
 * once.
 */
public final class Cart implements Serializable {
    private static final long serialVersionUID = 1;

    /** Greatest number of lines, so that no visitor can make a session large. */
    public static final int MAX_LINES = 1_000;

    /** Guarded by {@code this}: two requests of one visitor may change their cart at the same time. */
    private final SortedMap<Integer, String> lines = new TreeMap<>();

    /** @return whether there was room for it */
    public synchronized boolean add(int line, String product) {
        if (lines.size() >= MAX_LINES && !lines.containsKey(line)) {
            return false;
        }
        lines.put(line, product);
        return true;
    }

    public synchronized void remove(int line) {
        lines.remove(line);
    }

    /** A copy, in the order of the line numbers. */
    public synchronized List<Map.Entry<Integer, String>> lines() {
        List<Map.Entry<Integer, String>> copy = new ArrayList<>();
        lines.forEach((line, product) -> copy.add(Map.entry(line, product)));
        return copy;
    }

    /** The line number that the next added product should carry. */
    public synchronized int next() {
        return lines.isEmpty() ? 1 : lines.lastKey() + 1;
    }

    private synchronized void writeObject(ObjectOutputStream out) throws IOException {
        out.defaultWriteObject();
    }
}
