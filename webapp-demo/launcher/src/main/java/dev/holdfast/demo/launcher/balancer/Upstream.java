package dev.holdfast.demo.launcher.balancer;

/**
 * A node to which requests may go.
 *
 * @param name how answers name it, in the header {@link Balancer#NODE_HEADER}
 * @param host where it listens
 * @param port where it listens
 */
public record Upstream(String name, String host, int port) {}
