package dev.holdfast.benchmarks.cluster;

import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import java.time.Duration;

/** The store servers of a comparison: a Redis that keeps nothing on disk, and two memcached. They end with this JVM. */
final class StoreServers implements AutoCloseable {

    private final RedisServer redis = RedisServer.start();
    private final MemcachedServer first = MemcachedServer.start("-m", "512");
    private final MemcachedServer second = MemcachedServer.start("-m", "512");

    String redis() {
        return redis.uri();
    }

    int redisPort() {
        return redis.port();
    }

    /** {@code n1:host:port,n2:host:port} */
    String memcached() {
        return "n1:" + first.address() + ",n2:" + second.address();
    }

    /** Of all of them since they started. */
    Use use() {
        return new Use(
                redis.netBytes()
                        + first.count("bytes_read")
                        + first.count("bytes_written")
                        + second.count("bytes_read")
                        + second.count("bytes_written"),
                NodeJvm.processorTime(ProcessHandle.of(redis.pid()).orElseThrow())
                        .plus(memcachedTime(first))
                        .plus(memcachedTime(second)));
    }

    private static Duration memcachedTime(MemcachedServer server) {
        double seconds = Double.parseDouble(server.stats().get("rusage_user"))
                + Double.parseDouble(server.stats().get("rusage_system"));
        return Duration.ofNanos((long) (seconds * 1e9));
    }

    /** Bytes in both directions, and time of processors. */
    record Use(long bytes, Duration processorTime) {}

    @Override
    public void close() {
        redis.close();
        first.close();
        second.close();
    }
}
