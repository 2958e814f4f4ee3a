/**
 * What the demo's start page shows of the cluster, and the buttons on it: a small HTTP server beside the nodes, so that it survives them.
 *
 * <p>Entry type: {@link dev.holdfast.demo.launcher.console.Console}, which is thread-safe. It listens on the loopback address only,
 * answers no page of another site, and obeys only who has the key that it tells the demo's own page. Imported by the demo command.
 */
@NullMarked
package dev.holdfast.demo.launcher.console;

import org.jspecify.annotations.NullMarked;
