/**
 * Runs a web application on Tomcat 10.1, Tomcat 11, Jetty 12 ee10 or Jetty 12 ee11, each node a JVM of its own.
 *
 * <p>Two sides: {@link dev.holdfast.demo.launcher.NodeProcess} starts and ends nodes from another JVM (the HTTP suite, the
 * demo command); {@link dev.holdfast.demo.launcher.Node} is what runs inside, on the class path of its container. They speak
 * by command line arguments and one line on the standard output. Nothing here knows Holdfast.
 */
@NullMarked
package dev.holdfast.demo.launcher;

import org.jspecify.annotations.NullMarked;
