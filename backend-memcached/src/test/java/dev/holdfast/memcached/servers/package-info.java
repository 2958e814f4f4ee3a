/**
 * Real memcached servers for tests: started on free ports of this machine, paused, killed, restarted, and gone at the end.
 *
 * <p>Entry types: {@link dev.holdfast.memcached.servers.MemcachedServer}, and {@link
 * dev.holdfast.memcached.servers.CuttingProxy} for what networks do. They need {@code memcached} on the path and fail without
 * it. Nothing here imports anything but the JDK and {@link dev.holdfast.spi.servers}, so that what is tested is not what tests
 * it, and the suites of other modules can use it. All types are thread-safe.
 */
package dev.holdfast.memcached.servers;
