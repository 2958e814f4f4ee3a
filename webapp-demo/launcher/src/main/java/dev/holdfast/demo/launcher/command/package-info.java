/**
 * The demo command: reads its options, starts the cluster, says what to do with it, or runs the selftest.
 *
 * <p>Entry type: {@link dev.holdfast.demo.launcher.command.Demo}, the main class. Nobody imports this package.
 */
@NullMarked
package dev.holdfast.demo.launcher.command;

import org.jspecify.annotations.NullMarked;
