/**
 * The servers that {@code bin/bench clusters} drives: one small application on one Tomcat, whose sessions are kept by whatever is
 * compared. Entry type: {@link dev.holdfast.benchmarks.node.BenchNode}, the main class of a JVM of its own. Uses no more of Tomcat
 * than its versions 9 and 10.1 have in common, and no servlet type in its own signatures but in
 * {@link dev.holdfast.benchmarks.node.ShopServlet}, so that the same classes run on Tomcat 9 with {@code jakarta} renamed.
 */
@NullMarked
package dev.holdfast.benchmarks.node;

import org.jspecify.annotations.NullMarked;
