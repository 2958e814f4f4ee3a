/**
 * Sessions kept by the application servers themselves: JGroups gives membership and messages, the replication is here.
 *
 * <p>Entry types: {@link dev.holdfast.peer.PeerStoreProvider} (how the filter finds the store) and {@link
 * dev.holdfast.peer.PeerStore}. Inside, {@link dev.holdfast.peer.PeerNode} is the whole protocol without any network: it
 * is told of views and messages and says what to send, so that tests can drive several of them by hand. {@link
 * dev.holdfast.peer.Group} joins it to JGroups; nothing else here imports JGroups.
 *
 * <p>Threads: nothing in {@code PeerNode} waits. Only the calling threads of {@link dev.holdfast.peer.PeerStore} do, each for
 * its own answer and not longer than the operation timeout; see docs/concurrency.md, Peers.
 *
 * <p>The filter may import nothing of this package: it finds it as a {@link java.util.ServiceLoader} service.
 */
@NullMarked
package dev.holdfast.peer;

import org.jspecify.annotations.NullMarked;
