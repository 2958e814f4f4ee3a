/**
 * Sessions kept in Redis: a hash for each session, a sorted set of deadlines for each of 256 buckets, scripts that change
 * both in one step. See docs/stores/redis.md.
 *
 * <p>Entry type: {@code RedisStoreProvider}, which the filter finds as a {@link
 * java.util.ServiceLoader} service; nobody else may import anything of this package. How commands travel is in {@link
 * dev.holdfast.redis.server}.
 */
@NullMarked
package dev.holdfast.redis;

import org.jspecify.annotations.NullMarked;
