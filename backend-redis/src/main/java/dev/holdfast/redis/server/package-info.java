/**
 * How commands reach the server that holds their keys, and how their answers come back: connections, trips that callers
 * share, timeouts, Sentinel, Cluster. Knows nothing of sessions.
 *
 * <p>Entry type: {@link dev.holdfast.redis.server.Servers}. Only this package imports Jedis. Threads: a caller's own thread
 * does the I/O for itself and for those who wait with it; background threads only look for masters.
 */
@NullMarked
package dev.holdfast.redis.server;

import org.jspecify.annotations.NullMarked;
