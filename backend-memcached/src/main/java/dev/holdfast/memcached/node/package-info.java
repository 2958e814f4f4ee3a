/**
 * One memcached server as the store sees it: get, add, compare and set. Timeouts, reconnecting, the breaker. Knows nothing of
 * sessions, nor of other nodes.
 *
 * <p>Entry types: {@link dev.holdfast.memcached.node.Node} and {@link dev.holdfast.memcached.node.XmemcachedNode}, which has a
 * thread of its own beside the two of each connection. Only this package imports xmemcached.
 */
@NullMarked
package dev.holdfast.memcached.node;

import org.jspecify.annotations.NullMarked;
