/**
 * Real Redis servers for tests: started on free ports of this machine, paused, killed, restarted, and gone at the end.
 *
 * <p>Entry types: {@link dev.holdfast.redis.servers.RedisServer}, {@link dev.holdfast.redis.servers.RedisSentinels} and {@link
 * dev.holdfast.redis.servers.RedisCluster}; {@link dev.holdfast.redis.servers.TlsFiles} and {@link
 * dev.holdfast.redis.servers.FaultProxy} go with them. They need {@code redis-server} and {@code openssl} on the path and
 * fail without them. Nothing here imports anything but the JDK and {@link dev.holdfast.spi.servers}, so that what is tested is not what tests it, and the suites
 * of other modules can use it. All types are thread-safe but for builders.
 */
package dev.holdfast.redis.servers;
