package dev.holdfast.memcached.node;

import dev.holdfast.memcached.node.NodeOptions.Credentials;
import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.spi.servers.Poll;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Opens nodes for a test, and closes them after it. */
final class Nodes implements AutoCloseable {

    /** Longer than this machine, busy with other tests, keeps a sound server from answering. */
    static final Duration TIMEOUT = Duration.ofSeconds(1);

    static final Duration LIMIT = Duration.ofMinutes(1);

    private final List<Node> open = new ArrayList<>();

    Node open(int port, Protocol protocol) {
        return open(port, protocol, TIMEOUT, null);
    }

    Node open(int port, Protocol protocol, Duration timeout, Credentials credentials) {
        Node node = XmemcachedNode.open(
                new NodeOptions("n1", new InetSocketAddress("127.0.0.1", port), timeout, protocol, credentials));
        open.add(node);
        return node;
    }

    static void awaitUp(Node node) {
        Poll.until(node + " is up", LIMIT, () -> {
            node.get("up");
            return node.isUp();
        });
    }

    static void awaitDown(Node node) {
        Poll.until(node + " is down", LIMIT, () -> !node.isUp());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(Node.Item item) {
        return item == null ? null : new String(item.value(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        open.forEach(Node::close);
    }
}
