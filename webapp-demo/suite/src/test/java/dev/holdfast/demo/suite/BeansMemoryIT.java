package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.redis.servers.RedisServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What sessions of 20 attributes with nested beans take in Redis, everything included: with compression, and without. */
@Tag("beyond")
class BeansMemoryIT {

    private static final int SESSIONS = 1_000;

    /** That the leanest of the others takes for such a session. */
    private static final long LEANEST_OTHER = 9_100;

    private final Cell cell = new Cell(Container.TOMCAT10, Cells.REDIS);

    @Test
    void sessionsOfNestedBeansTakeLessThanElsewhere() {
        try (RedisServer redis = RedisServer.start()) {
            long plain = bytesEach(redis, "off");
            long compressed = bytesEach(redis, "128B");
            System.out.printf(
                    "Redis, 20 attributes of nested beans: %,d bytes a session, without compression %,d%n",
                    compressed, plain);
            assertThat(plain).as("a session of some 10 KB").isGreaterThan(10_000);
            assertThat(compressed).isLessThan(LEANEST_OTHER);
        }
    }

    private long bytesEach(RedisServer redis, String compressAbove) {
        try (NodeProcess node = NodeProcess.start(
                Container.TOMCAT10,
                cell.options("beans-" + compressAbove)
                        .property("holdfast.store", redis.uri())
                        .property("holdfast.compress-above", compressAbove))) {
            // its lists of deadlines, its scripts
            create(node, 300);
            long before = usedMemory(redis);
            create(node, SESSIONS);
            return (usedMemory(redis) - before) / SESSIONS;
        }
    }

    private void create(NodeProcess node, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(new Browser(cell).run(node, "session", "set-beans " + i).status())
                    .isEqualTo(200);
        }
    }

    private static long usedMemory(RedisServer redis) {
        String info = String.valueOf(redis.command("INFO", "memory"));
        return Long.parseLong(info.lines()
                .filter(line -> line.startsWith("used_memory:"))
                .findFirst()
                .orElseThrow()
                .substring("used_memory:".length())
                .strip());
    }
}
