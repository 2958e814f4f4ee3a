package dev.holdfast.redis.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.servers.Poll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;

/** That the servers which other tests rely on do what they say. */
class ServersIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void startedServerAnswersAndAClosedOneIsGone() {
        RedisServer server = RedisServer.start();
        assertThat(server.command("PING")).isEqualTo("PONG");
        assertThat(server.command("SET", "k", "wörd\r\n")).isEqualTo("OK");
        assertThat(server.command("GET", "k")).isEqualTo("wörd\r\n");
        assertThat(server.command("GET", "none")).isNull();
        assertThat(server.command("MGET", "k", "none")).isEqualTo(Arrays.asList("wörd\r\n", null));
        assertThatThrownBy(() -> server.command("LPUSH", "k", "v"))
                .isInstanceOf(ErrorReply.class)
                .hasMessageStartingWith("WRONGTYPE");
        assertThat(server.uri()).isEqualTo("redis://127.0.0.1:" + server.port());
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
        server.close();
        assertThat(process.isAlive()).isFalse();
        assertThatThrownBy(() -> server.command("PING")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(server::restart).isInstanceOf(IllegalStateException.class);
        server.close();
    }

    @Test
    void badOptionIsToldWithTheServersLog() {
        assertThatThrownBy(() ->
                        RedisServer.builder().option("no-such-option", "1").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no-such-option");
    }

    @Test
    void killedServerComesBackOnItsPortWithWhatItHadWritten() {
        try (RedisServer server = RedisServer.builder().appendOnly().start()) {
            int port = server.port();
            server.command("SET", "k", "v");
            server.kill();
            assertThat(server.isAlive()).isFalse();
            assertThatThrownBy(() -> server.command("GET", "k")).isInstanceOf(UncheckedIOException.class);
            server.restart();
            assertThat(server.port()).isEqualTo(port);
            assertThat(server.command("GET", "k")).isEqualTo("v");
        }
    }

    @Test
    void withoutAnAppendOnlyFileARestartedServerIsEmpty() {
        try (RedisServer server = RedisServer.start()) {
            server.command("SET", "k", "v");
            server.restart();
            assertThat(server.command("DBSIZE")).isEqualTo(0L);
            server.command("SET", "k", "v");
            server.stop();
            server.restart();
            assertThat(server.command("DBSIZE")).isEqualTo(0L);
        }
    }

    @Test
    void pausedServerAnswersOnlyAfterItHasBeenResumed() throws IOException {
        try (RedisServer server = RedisServer.start();
                RespConnection connection = RespConnection.open(server.port(), null, Duration.ofMillis(300))) {
            server.pause();
            assertThatThrownBy(() -> connection.call("INCR", "n")).isInstanceOf(IOException.class);
            server.resume();
            Poll.until("the late INCR is done", LIMIT, () -> "1".equals(server.command("GET", "n")));
            server.pause();
            server.restart();
            assertThat(server.command("GET", "n")).isNull();
            server.pause();
        }
    }

    @Test
    void passwordAndUsersAreAskedFor() throws IOException {
        try (RedisServer server = RedisServer.builder().password("s3 cr\"et").start();
                RespConnection connection = open(server)) {
            assertThatThrownBy(() -> connection.call("GET", "k")).hasMessageStartingWith("NOAUTH");
            assertThat(connection.call("AUTH", "s3 cr\"et")).isEqualTo("OK");
            assertThat(server.command("PING")).isEqualTo("PONG");
        }
        try (RedisServer server = RedisServer.builder()
                        .user("default", "off")
                        .user("web", "on >pw ~hf:* +@all -flushall")
                        .start();
                RespConnection connection = open(server)) {
            assertThatThrownBy(() -> connection.call("GET", "k")).hasMessageStartingWith("NOAUTH");
            assertThat(connection.call("AUTH", "web", "pw")).isEqualTo("OK");
            assertThat(connection.call("SET", "hf:1", "v")).isEqualTo("OK");
            assertThatThrownBy(() -> connection.call("SET", "other", "v")).hasMessageStartingWith("NOPERM");
            assertThatThrownBy(() -> connection.call("FLUSHALL")).hasMessageStartingWith("NOPERM");
            assertThat(server.command("SET", "other", "v")).isEqualTo("OK");
        }
    }

    @Test
    void tlsServerIsTrustedWithItsAuthorityOnly() {
        try (TlsFiles files = TlsFiles.create();
                TlsFiles others = TlsFiles.create("DNS:elsewhere.invalid");
                RedisServer server = RedisServer.builder().tls(files).start()) {
            assertThat(server.uri()).startsWith("rediss://");
            assertThat(server.command("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> RespConnection.open(server.port(), others.clientContext(), LIMIT)
                            .call("PING"))
                    .isInstanceOf(SSLException.class);
            assertThatThrownBy(() -> open(server).call("PING")).isInstanceOf(IOException.class);
            assertThat(files.trustStore()).isNotEmptyFile();
            assertThat(files.strangerTrustStore()).isNotEmptyFile();
        }
    }

    @Test
    void fullServerRefusesWrites() {
        try (RedisServer server =
                RedisServer.builder().maxMemory(1, "noeviction").start()) {
            assertThatThrownBy(() -> server.command("SET", "k", "v")).hasMessageStartingWith("OOM");
            assertThat(server.info("memory")).containsEntry("maxmemory_policy", "noeviction");
            assertThat(server.usedMemory()).isGreaterThan(1);
        }
    }

    @Test
    void replicaFollows() {
        try (RedisServer master = RedisServer.builder().password("pw").start();
                RedisServer replica = RedisServer.builder()
                        .password("pw")
                        .databases(2)
                        .replicaOf(master)
                        .start()) {
            master.command("SET", "k", "v");
            Poll.until("the replica has the key", LIMIT, () -> "v".equals(replica.command("GET", "k")));
            assertThat(replica.info("replication")).containsEntry("role", "slave");
        }
    }

    @Test
    void countsAreThoseOfOtherClients() throws IOException {
        try (RedisServer server = RedisServer.builder().password("pw").start();
                RespConnection connection = open(server)) {
            assertThat(server.commandCalls()).isEmpty();
            assertThat(server.netBytes()).isZero();
            connection.call("AUTH", "pw");
            connection.call("SET", "k", "v");
            connection.call("GET", "k");
            connection.call("GET", "k");
            connection.call("INFO", "server");
            server.info("memory");
            server.usedMemory();
            assertThat(server.commandCalls()).isEqualTo(Map.of("auth", 1L, "set", 1L, "get", 2L, "info", 1L));
            assertThat(server.totalCommandCalls()).isEqualTo(5);
            assertThat(server.netBytes()).isEqualTo(connection.sentBytes() + connection.receivedBytes());
            server.command("DBSIZE");
            assertThat(server.commandCalls()).containsEntry("dbsize", 1L);
            server.restart();
            assertThat(server.commandCalls()).isEmpty();
            assertThat(server.netBytes()).isZero();
        }
    }

    @Test
    void sentinelsMakeAReplicaTheMasterAfterTheDeathOfTheirs() {
        try (RedisSentinels group = RedisSentinels.builder()
                .password("pw")
                .sentinelPassword("other")
                .servers(RedisServerBuilder::appendOnly)
                .start()) {
            assertThat(group.uri())
                    .matches(
                            "redis-sentinel://mymaster@127\\.0\\.0\\.1:\\d+,127\\.0\\.0\\.1:\\d+,127\\.0\\.0\\.1:\\d+");
            assertThat(group.replicas()).hasSize(2).doesNotContain(group.master());
            group.master().command("SET", "k", "v");
            awaitKey(group.replicas());

            RedisServer former = group.killMaster();
            group.sentinels().get(0).pause();
            RedisServer promoted = group.awaitNewMaster(former);
            assertThat(promoted).isNotSameAs(former).isSameAs(group.master());
            assertThat(promoted.command("SET", "k2", "v2")).isEqualTo("OK");
            assertThat(promoted.command("GET", "k")).isEqualTo("v");

            group.sentinels().get(0).resume();
            former.restart();
            group.awaitReplicas(promoted, 2);
            assertThat(former.command("GET", "k2")).isEqualTo("v2");
        }
    }

    @Test
    void clusterMakesAReplicaTheMasterAfterTheDeathOfTheirs() {
        try (RedisCluster cluster = RedisCluster.start(3, 1, RedisServerBuilder::appendOnly)) {
            assertThat(cluster.nodes()).hasSize(6);
            assertThat(cluster.uri()).startsWith("redis-cluster://127.0.0.1:").contains(",");
            int slot = cluster.slotOf("k");
            assertThat(slot).isEqualTo(cluster.slotOf("a{k}b"));
            RedisServer former = cluster.masterOf(slot);
            assertThat(cluster.masterOf(0)).isSameAs(cluster.nodes().get(0));
            assertThat(cluster.masterOf(RedisCluster.SLOTS - 1))
                    .isSameAs(cluster.nodes().get(2));
            former.command("SET", "k", "v");
            assertThat(former.command("WAIT", "1", "20000")).isEqualTo(1L);

            assertThat(cluster.killMasterOf(slot)).isSameAs(former);
            RedisServer promoted = cluster.awaitFailover(slot, former);
            assertThat(promoted.command("GET", "k")).isEqualTo("v");
            assertThat(promoted.command("SET", "k", "v2")).isEqualTo("OK");

            former.restart();
            cluster.awaitReplica(former);
            cluster.awaitWhole();
            assertThat(cluster.masterOf(slot)).isSameAs(promoted);
        }
    }

    private static void awaitKey(List<RedisServer> servers) {
        for (RedisServer server : servers) {
            Poll.until(server + " has the key", LIMIT, () -> "v".equals(server.command("GET", "k")));
        }
    }

    private static RespConnection open(RedisServer server) throws IOException {
        return RespConnection.open(server.port(), null, LIMIT);
    }
}
