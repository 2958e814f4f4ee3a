/**
 * What the tests of a backend start real servers with: {@link dev.holdfast.spi.servers.ServerProcess}, {@link
 * dev.holdfast.spi.servers.Ports} and {@link dev.holdfast.spi.servers.Poll}. Knows no server, and imports nothing but the JDK.
 * All types are thread-safe.
 */
package dev.holdfast.spi.servers;
