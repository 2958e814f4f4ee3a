/**
 * The demo's cluster: some nodes, each a process of its own, behind a balancer in this JVM.
 *
 * <p>Entry type: {@link dev.holdfast.demo.launcher.cluster.DemoCluster}, which is thread-safe. Imported by the demo command
 * and its selftest.
 */
@NullMarked
package dev.holdfast.demo.launcher.cluster;

import org.jspecify.annotations.NullMarked;
