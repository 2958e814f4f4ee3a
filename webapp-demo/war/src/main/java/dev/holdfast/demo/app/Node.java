package dev.holdfast.demo.app;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server that this application runs on, and what whoever started it has told about the others. */
public final class Node {
    /** How many colours the style sheet has for servers. */
    private static final int COLOURS = 6;

    private Node() {}

    /** Its name, from the system property {@code demo.node}. */
    public static String name() {
        return System.getProperty("demo.node", "(no demo.node set)");
    }

    public static long pid() {
        return ProcessHandle.current().pid();
    }

    /**
     * The path under which the one who started this cluster tells its state to pages, and takes orders; null if there is nobody. From the
     * system property {@code demo.console}: an application on its own offers no buttons.
     */
    static @Nullable String console() {
        String path = System.getProperty("demo.console", "");
        return path.matches("/[a-z/-]+") ? path : null;
    }

    /** The same for a server on every server and at every time: its place in {@code demo.nodes}. */
    public static int colour(String node) {
        int place = List.of(System.getProperty("demo.nodes", "").split(",")).indexOf(node);
        return Math.floorMod(place >= 0 ? place : node.hashCode(), COLOURS);
    }

    /** For those who do not see colours: A for the first server. */
    public static char letter(String node) {
        return (char) ('A' + colour(node));
    }
}
