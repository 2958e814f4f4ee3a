package dev.holdfast.benchmarks.stores;

import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A Redis that keeps nothing on disk, and two memcached. They end with this JVM. Thread-safe. */
public final class StoreServers implements AutoCloseable {

    private final RedisServer redis = RedisServer.start();
    private final List<MemcachedServer> memcached =
            Stream.generate(() -> MemcachedServer.start("-m", "512")).limit(2).toList();

    /** {@code redis://host:port} */
    public String redis() {
        return redis.uri();
    }

    /** On this machine. */
    public int redisPort() {
        return redis.port();
    }

    /** {@code n1:host:port,n2:host:port} */
    public String memcached() {
        return "n1:" + memcached.get(0).address() + ",n2:" + memcached.get(1).address();
    }

    /** For other JVMs. */
    public Addresses addresses() {
        return new Addresses(redis(), memcached());
    }

    /** Where servers listen. */
    public record Addresses(String redis, String memcached) {

        private static final String REDIS = "bench.redis";
        private static final String MEMCACHED = "bench.memcached";

        /** Arguments of a JVM. */
        public String[] asSystemProperties() {
            return new String[] {"-D" + REDIS + "=" + redis, "-D" + MEMCACHED + "=" + memcached};
        }

        /** In a JVM with these arguments. */
        public static Addresses ofSystemProperties() {
            return new Addresses(System.getProperty(REDIS), System.getProperty(MEMCACHED));
        }
    }

    /** Forgets all sessions. */
    public void flush() {
        redis.command("FLUSHALL");
        memcached.forEach(server -> server.command("flush_all"));
    }

    /** Of all of them since they started; what asking takes is counted too, and is always the same. */
    public Use use() {
        Map<String, Long> calls = redis.commandCalls();
        long commands = calls.getOrDefault("evalsha", 0L) + calls.getOrDefault("eval", 0L);
        long bytes = redis.netBytes();
        Duration time = processorTime(ProcessHandle.of(redis.pid()).orElseThrow());
        for (MemcachedServer server : memcached) {
            Map<String, String> stats = server.stats();
            for (Map.Entry<String, String> stat : stats.entrySet()) {
                if (stat.getKey().startsWith("cmd_")) {
                    commands += Long.parseLong(stat.getValue());
                }
            }
            bytes += number(stats, "bytes_read") + number(stats, "bytes_written");
            time = time.plus(seconds(stats, "rusage_user")).plus(seconds(stats, "rusage_system"));
        }
        return new Use(commands, bytes, time);
    }

    private static long number(Map<String, String> stats, String name) {
        return Long.parseLong(stats.getOrDefault(name, "0"));
    }

    private static Duration seconds(Map<String, String> stats, String name) {
        return Duration.ofNanos((long) (Double.parseDouble(stats.getOrDefault(name, "0")) * 1e9));
    }

    /** How long processors have worked for a process, in user and in kernel mode. */
    public static Duration processorTime(ProcessHandle process) {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /**
     * What servers have done.
     *
     * @param commands of Redis the scripts, of memcached all
     * @param bytes in both directions
     */
    public record Use(long commands, long bytes, Duration processorTime) {

        /** What has been added since an earlier moment. */
        public Use since(Use earlier) {
            return new Use(
                    commands - earlier.commands, bytes - earlier.bytes, processorTime.minus(earlier.processorTime));
        }
    }

    @Override
    public void close() {
        redis.close();
        memcached.forEach(MemcachedServer::close);
    }
}
