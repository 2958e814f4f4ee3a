package dev.holdfast.demo.launcher;

/** A started container in this JVM. */
interface WebServer {

    /**
     * The name of a servlet context attribute, a {@link java.util.function.LongSupplier}: how many sessions of its own the
     * container has ever made for that application.
     */
    String NATIVE_SESSIONS = "dev.holdfast.demo.nativeSessions";

    /** The name of a servlet context attribute: the name of the node. */
    String NODE_NAME = "dev.holdfast.demo.node";

    /** The port it listens on. */
    int port();

    /** Stops the applications, then the container. */
    void stop() throws Exception;
}
