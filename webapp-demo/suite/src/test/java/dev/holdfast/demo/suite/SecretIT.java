package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.demo.launcher.Container;
import dev.holdfast.demo.launcher.NodeOptions;
import dev.holdfast.demo.launcher.NodeProcess;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What stores hold, and what a change of the secret does, with nodes that have one. */
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

    /** What the test above all must see in a store without a secret, or it would see nothing with one. */
    private static void assertShows(String dump, List<String> ids) {
        assertThat(dump).contains("sv-ada", "the-user", "wishes", ids.get(1));
    }

    private static void assertHides(String dump, List<String> ids) {
        assertThat(dump).doesNotContain("sv-kelp", "sv-grapes", "sv-grace", "sv-ada", "the-user", "basket", "wishes");
        for (String id : ids) {
            assertThat(id).hasSize(40);
            assertThat(dump).doesNotContain(id.substring(0, 26));
        }
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
            assertShows(dump(), ids);

            redis.command("FLUSHALL");
            ids = useEverything(sealed, sealed);
            String dump = dump();
            assertThat(dump).contains("hf:{app").doesNotContain("ArrayList");
            assertHides(dump, ids);
            assertThat(sealed.log()).doesNotContain(NEW);
        }
    }

    @Test
    void aDumpOfMemcachedShowsNeither() {
        try (MemcachedServer memcached = MemcachedServer.start();
                NodeProcess plain = NodeProcess.start(cell.container(), in(memcached, "plain"));
                NodeProcess sealed = NodeProcess.start(
                        cell.container(), in(memcached, "sealed").property("holdfast.secret", NEW))) {
            List<String> ids = useEverything(plain, plain);
            assertShows(memcached.dump(), ids);

            memcached.command("flush_all");
            memcached.restart();
            ids = useEverything(sealed, sealed);
            assertThat(memcached.dump()).contains("\nVALUE ").doesNotContain("ArrayList");
            assertHides(memcached.dump(), ids);
        }
    }

    private NodeOptions in(MemcachedServer memcached, String name) {
        return cell.options(name).property("holdfast.store", "memcached://" + memcached.address());
    }

    /** All that has come to it over the network, garbage included. */
    @Test
    void theMemoryOfAMemberThatKeepsASessionForAnotherShowsNeither() throws Exception {
        Cell peers = new Cell(Container.TOMCAT10, "peer");
        try (NodeProcess serves = NodeProcess.start(cell.container(), peers.options("serves"));
                NodeProcess keeps = NodeProcess.start(cell.container(), peers.options("keeps"))) {
            List<String> ids = useEverything(serves, serves);
            assertShows(heapOf(keeps), ids);
        }
        Cell sealed = peers.sibling();
        try (NodeProcess serves = NodeProcess.start(
                        cell.container(), sealed.options("serves").property("holdfast.secret", NEW));
                NodeProcess keeps = NodeProcess.start(
                        cell.container(), sealed.options("keeps").property("holdfast.secret", NEW))) {
            List<String> ids = useEverything(serves, serves);
            assertHides(heapOf(keeps), ids);
            serves.kill();
            Browser user = new Browser(sealed).cookie(Browser.COOKIE, ids.get(1));
            Control.await("the session on the other member", () -> {
                Answer answer = user.run(keeps, "get-if the-user");
                return answer.status() == 200 && answer.result(0).equals("sv-ada");
            });
        }
    }

    /** Texts are in it byte for byte, and are so in what is returned. */
    private static String heapOf(NodeProcess node) throws Exception {
        Path file = Cell.NODES.resolve(node.name() + ".hprof").toAbsolutePath();
        Files.deleteIfExists(file);
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        "" + node.pid(),
                        "GC.heap_dump",
                        "-all",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(jcmd.waitFor()).isZero();
        String heap = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.delete(file);
        return heap;
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
