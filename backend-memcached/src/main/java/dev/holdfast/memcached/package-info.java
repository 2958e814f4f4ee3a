/**
 * Sessions kept in memcached: each on a primary and a backup node, written by compare and set only.
 *
 * <p>How one server is talked to is in {@link dev.holdfast.memcached.node}.
 */
@NullMarked
package dev.holdfast.memcached;

import org.jspecify.annotations.NullMarked;
