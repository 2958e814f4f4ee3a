/**
 * Drives the demo as its visitors would, kills a node meanwhile, and says what was lost.
 *
 * <p>Entry type: {@link dev.holdfast.demo.launcher.selftest.SelfTest}. Each visitor is one thread with one browser, and
 * keeps what its own session must and may hold ({@link dev.holdfast.demo.launcher.selftest.ExpectedSession}): a write whose
 * answer arrived whole, with 2xx or 3xx, must be there from then on; one that got no such answer may be there or not. What
 * visitors find goes into one thread-safe {@link dev.holdfast.demo.launcher.selftest.Tally}.
 *
 * <p>Only HTTP and the nodes' event logs are looked at: nothing here knows Holdfast. Imported by the demo command and its
 * tests.
 */
@NullMarked
package dev.holdfast.demo.launcher.selftest;

import org.jspecify.annotations.NullMarked;
