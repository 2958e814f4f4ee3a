package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.List;

/** Waits until nodes have a connection again. */
final class NodesUp {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private NodesUp() {}

    static void await(List<Node> nodes) {
        for (Node node : nodes) {
            Poll.until(node + " is up", LIMIT, () -> {
                node.get("up");
                return node.isUp();
            });
        }
    }
}
