package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Since when nodes have not answered. Thread-safe. */
final class Away {

    private final TimeSource time;
    private final Map<Node, Long> since = new ConcurrentHashMap<>();

    Away(TimeSource time) {
        this.time = time;
    }

    void answered(Node node) {
        if (!since.isEmpty()) {
            since.remove(node);
        }
    }

    void failed(Node node) {
        since.putIfAbsent(node, time.nanos());
    }

    /** Whether it has been away for so long that what it held counts as gone. */
    boolean isForgotten(Node node, Duration after) {
        Long from = since.get(node);
        return from != null && time.nanos() - from > after.toNanos();
    }
}
