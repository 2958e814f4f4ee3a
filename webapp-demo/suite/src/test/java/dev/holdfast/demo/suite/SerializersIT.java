package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.redis.servers.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nodes of every container, each with another serializer, that share their sessions: as in a rolling change of the setting. */
@Tag("beyond")
class SerializersIT {

    private static final Map<String, Container> SERIALIZERS = new TreeMap<>(Map.of(
            "fory", Container.TOMCAT11,
            "jdk", Container.JETTY_EE10,
            "kryo", Container.JETTY_EE11,
            "protostuff", Container.TOMCAT10));

    private final Cell cell = new Cell(Container.TOMCAT11, Cells.REDIS);

    @Test
    void whatANodeWritesWithItsSerializerTheOthersReadWithTheirs() {
        try (RedisServer redis = RedisServer.start()) {
            Map<String, NodeProcess> nodes = start(redis);
            try {
                Browser user = new Browser(cell);
                List<String> wishes = new ArrayList<>();
                nodes.forEach((serializer, writer) -> {
                    String wish = "no." + wishes.size();
                    wishes.add(wish);
                    String order = user.run(
                                    writer, "set-beans " + wishes.size(), "list-add wishes " + wish, "get order.0")
                            .result(2);
                    assertThat(order).startsWith("Order[number=N0,");
                    assertThat(stored(redis)).contains((char) serializer.length() + serializer); // as in an envelope
                    nodes.forEach((other, reader) -> assertThat(user.run(reader, "get order.0", "get wishes")
                                    .results())
                            .as(serializer + " read where " + other + " is set")
                            .containsExactly(order, wishes.toString()));
                });
                nodes.values().forEach(node -> assertThat(node.log()).doesNotContain("cannot be read"));
            } finally {
                nodes.values().forEach(NodeProcess::close);
            }
        }
    }

    private Map<String, NodeProcess> start(RedisServer redis) {
        Map<String, NodeProcess.Starting> starting = new TreeMap<>();
        SERIALIZERS.forEach((serializer, container) -> starting.put(
                serializer,
                NodeProcess.launch(
                        container,
                        cell.options(serializer)
                                .libraries(Cell.SERIALIZERS)
                                .property("holdfast.store", redis.uri())
                                .property("holdfast.compress-above", "off") // so that the envelopes' names can be read
                                .property("holdfast.serializer", serializer))));
        Map<String, NodeProcess> nodes = new TreeMap<>();
        starting.forEach((serializer, node) -> nodes.put(serializer, node.awaitReady()));
        return nodes;
    }

    /** The attributes of all sessions. */
    private static String stored(RedisServer redis) {
        StringBuilder all = new StringBuilder();
        for (Object key : (List<?>) redis.command("KEYS", "*")) {
            if (redis.command("TYPE", key.toString()).toString().equals("hash")) {
                all.append(redis.command("HGETALL", key.toString()));
            }
        }
        return all.toString();
    }
}
