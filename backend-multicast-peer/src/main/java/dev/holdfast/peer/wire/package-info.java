/**
 * What goes over the network beneath JGroups: packets that are sealed, so that nothing of JGroups, and nothing of ours, reads
 * what did not come from a member of this cluster.
 *
 * <p>Two members that want to talk first greet each other: they find out whether they know the same secret, are of releases that
 * understand each other and agree on settings that all must have alike; and they agree on a key for this one direction between
 * these two processes. Each packet then carries its number and a seal (an HMAC; without a secret, a checksum). A recorded packet is
 * of no use: its number has been seen, and the next start of either side has other keys.
 *
 * <p>Entry types: {@link dev.holdfast.peer.wire.SealedTcp}, the transport, {@link dev.holdfast.peer.wire.Links}, the connections
 * for our own messages beside it, and {@link dev.holdfast.peer.wire.MemberKeys}, also for
 * the multicast packets that find members. {@link dev.holdfast.peer.wire.Sealing} is the whole protocol without a network. All are
 * thread-safe. Imported by the package above alone.
 */
@NullMarked
package dev.holdfast.peer.wire;

import org.jspecify.annotations.NullMarked;
