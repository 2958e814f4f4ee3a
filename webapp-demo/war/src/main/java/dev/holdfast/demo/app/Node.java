package dev.holdfast.demo.app;

/** The server that this application runs on. */
public final class Node {
    private Node() {}

    /** Its name, from the system property {@code demo.node}. */
    public static String name() {
        return System.getProperty("demo.node", "(no demo.node set)");
    }

    public static long pid() {
        return ProcessHandle.current().pid();
    }
}
