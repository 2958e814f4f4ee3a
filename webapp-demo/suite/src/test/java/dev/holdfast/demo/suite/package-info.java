/**
 * What the Servlet specification asks of a session, asked over HTTP of nodes that are JVMs of their own. A test class is run
 * once for every {@link dev.holdfast.demo.suite.Cell}, a container with a store; the nodes of a cell are started once and
 * shared.
 *
 * <p>System properties: {@code holdfast.suite=all} runs every container with every store; {@code holdfast.containers} and
 * {@code holdfast.stores} (comma lists) choose; {@code holdfast.suite.control=true} runs the containers' own sessions
 * instead, without the filter: a test that fails there is wrong, or asks for more than the specification does and is tagged
 * {@code beyond}.
 */
package dev.holdfast.demo.suite;
