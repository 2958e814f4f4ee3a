/**
 * The demo's load balancer: Jetty's reverse proxy with a rule for what may be sent twice.
 *
 * <p>Entry type: {@link dev.holdfast.demo.launcher.balancer.Balancer}. It sends each request to the next node in turn and
 * knows nothing of sessions. Thread-safe throughout; Jetty's threads call in. Runs in the JVM of the demo command, on the
 * jars in {@code target/containers/balancer}, never in a node. Imported by the demo command and its tests.
 */
@NullMarked
package dev.holdfast.demo.launcher.balancer;

import org.jspecify.annotations.NullMarked;
