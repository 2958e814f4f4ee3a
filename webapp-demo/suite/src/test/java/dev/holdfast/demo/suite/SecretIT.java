package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.redis.servers.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a Redis holds, and what a change of the secret does, with nodes that have one. */
@Tag("beyond")
class SecretIT {

    private static final String OLD = "the secret of last year";
    private static final String NEW = "the secret of this year";

    private static RedisServer redis;

    private final Cell cell = new Cell(Container.TOMCAT10, Cells.REDIS);

    @BeforeAll
    static void startRedis() {
        redis = RedisServer.start();
    }

    @AfterAll
    static void stopRedis() {
        redis.close();
    }

    private NodeOptions options(String name) {
        return cell.options(name).property("holdfast.store", redis.uri());
    }

    /** All keys of the server and what is behind them. */
    private static String dump() {
        StringBuilder dump = new StringBuilder();
        for (Object key : (List<?>) redis.command("KEYS", "*")) {
            String name = key.toString();
            Object content = switch (redis.command("TYPE", name).toString()) {
                case "hash" -> redis.command("HGETALL", name);
                case "zset" -> redis.command("ZRANGE", name, "0", "-1", "WITHSCORES");
                default -> redis.command("GET", name);
            };
            dump.append(name).append(' ').append(content).append('\n');
        }
        return dump.toString();
    }

    private List<String> useEverything(NodeProcess one, NodeProcess two) {
        Browser user = new Browser(cell);
        user.run(one, "set basket sv-kelp", "list-add wishes sv-grapes", "set the-user sv-ada");
        List<String> ids = new ArrayList<>(List.of(user.sessionId()));
        assertThat(user.run(two, "change-id", "get the-user", "list-add wishes sv-more", "remove basket")
                        .results())
                .contains("sv-ada");
        ids.add(user.sessionId());
        assertThat(ids).doesNotHaveDuplicates();
        Browser other = new Browser(cell);
        other.run(two, "set the-user sv-grace");
        ids.add(other.sessionId());
        other.run(one, "invalidate");
        assertThat(user.run(one, "get the-user").result(0)).isEqualTo("sv-ada");
        return ids;
    }

    @Test
    void aDumpShowsNoIdNoNameAndNoValue() {
        try (NodeProcess plain = NodeProcess.launch(
                                cell.container(), options("plain").property("holdfast.application", "plain"))
                        .awaitReady();
                NodeProcess sealed = NodeProcess.launch(
                                cell.container(), options("sealed").property("holdfast.secret", NEW))
                        .awaitReady()) {
            redis.command("FLUSHALL");
            List<String> ids = useEverything(plain, plain);
            assertThat(dump()).contains("sv-ada", "the-user", "wishes", ids.get(1));

            redis.command("FLUSHALL");
            ids = useEverything(sealed, sealed);
            String dump = dump();
            assertThat(dump)
                    .contains("hf:{app")
                    .doesNotContain("sv-kelp", "sv-grapes", "sv-grace", "the-user", "basket", "wishes", "ArrayList");
            for (String id : ids) {
                assertThat(id).hasSize(40);
                assertThat(dump).doesNotContain(id.substring(0, 26));
            }
            assertThat(sealed.log()).doesNotContain(NEW);
        }
    }

    @Test
    void usersDoNotNoticeThatTheSecretIsChanged() {
        try (NodeProcess before = NodeProcess.launch(
                                cell.container(), options("before").property("holdfast.secret", OLD + "," + NEW))
                        .awaitReady();
                NodeProcess after = NodeProcess.launch(
                                cell.container(), options("after").property("holdfast.secret", NEW + "," + OLD))
                        .awaitReady()) {
            useEverything(before, after);
            useEverything(after, before);
        }
    }
}
