/**
 * One memcached server as the store sees it: get, add, compare and set. Timeouts, reconnecting, the breaker. Knows nothing of
 * sessions, nor of other nodes.
 *
 * <p>Entry type: {@link dev.holdfast.memcached.node.Node}. Only this package imports xmemcached.
 */
@NullMarked
package dev.holdfast.memcached.node;

import org.jspecify.annotations.NullMarked;
