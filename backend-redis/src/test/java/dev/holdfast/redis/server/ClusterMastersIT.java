package dev.holdfast.redis.server;

import static dev.holdfast.redis.server.Connected.get;
import static dev.holdfast.redis.server.Connected.in;
import static dev.holdfast.redis.server.Connected.open;
import static dev.holdfast.redis.server.Connected.script;
import static dev.holdfast.redis.server.Connected.send;
import static dev.holdfast.redis.server.Connected.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.servers.RedisCluster;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.redis.servers.TlsFiles;
import dev.holdfast.spi.StoreException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Slots that move, and masters that die. */
class ClusterMastersIT {

    private static final Script BOTH =
            new Script("both", "return {redis.call('GET', KEYS[1]), redis.call('GET', KEYS[2])}");

    /** For all tests that leave it as it was, but for where slots are. */
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Test
    void eachCommandGoesToTheMasterOfItsSlot() {
        try (RedisServers servers = open(cluster.uri())) {
            List<Command> commands = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                commands.add(script(Connected.ECHO, false, null, "{" + i + "}k", "v" + i));
            }
            List<Object> answers = servers.send(commands, in(Duration.ofSeconds(5)));
            for (int i = 0; i < 60; i++) {
                assertThat(new String((byte[]) answers.get(i), StandardCharsets.UTF_8))
                        .isEqualTo("v" + i);
            }
            assertThat(servers.masters().all()).hasSize(3);
            servers.ping(in(Duration.ofSeconds(2)));
        }
    }

    @Test
    void oneNodeIsEnoughToFindTheOthersAndItIsNoSingleServer() {
        RedisServer node = cluster.nodes().get(0);
        try (RedisServers servers = open("redis-cluster://127.0.0.1:1," + node.address())) {
            assertThat(servers.masters().all()).hasSize(3);
        }
        assertThatThrownBy(() -> open(node.uri()).close())
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("write redis-cluster://");
    }

    @Test
    void aSlotThatMovesIsFollowedAtEachStepOfTheMove() {
        try (RedisServers servers = open(cluster.uri())) {
            int slot = Connected.slot("{t}");
            RedisServer source = cluster.masterOf(slot);
            RedisServer target = cluster.masterOf((slot + Slots.COUNT / 3) % Slots.COUNT);
            assertThat(source.port()).isNotEqualTo(target.port());
            send(servers, set("{t}stays", "1"));
            send(servers, set("{t}moves", "2"));
            String sourceId = source.command("CLUSTER", "MYID").toString();
            String targetId = target.command("CLUSTER", "MYID").toString();
            target.command("CLUSTER", "SETSLOT", "" + slot, "IMPORTING", sourceId);
            source.command("CLUSTER", "SETSLOT", "" + slot, "MIGRATING", targetId);
            source.command("MIGRATE", "127.0.0.1", "" + target.port(), "{t}moves", "0", "5000");

            // The source has it, the source has it no more (ASK), and for both keys nobody has them both (TRYAGAIN).
            assertThat(send(servers, get("{t}stays"))).isEqualTo("1");
            assertThat(send(servers, get("{t}moves"))).isEqualTo("2");
            assertThat(send(servers, script(Connected.APPEND, true, null, "{t}moves", "x")))
                    .isEqualTo(2L);
            Command both = new Command(
                    slot,
                    "both",
                    BOTH,
                    2,
                    List.of("{t}stays".getBytes(StandardCharsets.UTF_8), "{t}moves".getBytes(StandardCharsets.UTF_8)),
                    false,
                    null);
            assertThatThrownBy(() -> send(servers, both, Duration.ofMillis(300)))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("on its way to another node");

            // It ends while a caller is waiting for it.
            Thread mover = new Thread(() -> {
                source.command("MIGRATE", "127.0.0.1", "" + target.port(), "{t}stays", "0", "5000");
                target.command("CLUSTER", "SETSLOT", "" + slot, "NODE", targetId);
                source.command("CLUSTER", "SETSLOT", "" + slot, "NODE", targetId);
            });
            mover.start();
            assertThat(send(servers, both, Duration.ofSeconds(10))).isInstanceOf(List.class);
            assertThat(send(servers, get("{t}stays"))).isEqualTo("1");
            assertThat(servers.masters().of(slot).address().port()).isEqualTo(target.port());
        } catch (Unreachable e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aMasterThatDiesIsReplacedAndCallersWithTimeDoNotNotice() {
        try (RedisCluster mortal = RedisCluster.start();
                RedisServers servers = open(mortal.uri(), "redis.wait-replicas", "1")) {
            int slot = Connected.slot("{t}");
            send(servers, set("{t}k", "1"));
            RedisServer former = mortal.killMasterOf(slot);
            assertThat(send(servers, Connected.command(false, get("{t}k"), "GET", "{t}k"), Duration.ofSeconds(40)))
                    .isEqualTo("1");
            mortal.awaitFailover(slot, former);
            assertThatThrownBy(() -> send(servers, set("{t}k", "2")))
                    .as("its only replica is the master now")
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("only 0 replicas");
        }
    }

    @Test
    void slotsOfOtherMastersAreServedWhileOneIsDown() {
        try (RedisServers servers = open(cluster.uri())) {
            int slot = Connected.slot("{t}");
            RedisServer down = cluster.masterOf(slot);
            String other = otherKey(slot);
            send(servers, set(other, "1"));
            send(servers, get("{t}k"));
            down.pause();
            try {
                assertThatThrownBy(() -> send(servers, get("{t}k"), Duration.ofSeconds(1)))
                        .isInstanceOf(StoreException.class);
                assertThat(send(servers, get(other))).isEqualTo("1");
            } finally {
                down.resume();
            }
        }
    }

    @Test
    void nodesThatSpeakTlsAreFoundWithTls() {
        try (TlsFiles files = TlsFiles.create();
                RedisCluster secure = RedisCluster.start(
                        3, 0, node -> node.tls(files).password("p").option("tls-cluster", "yes"));
                RedisServers servers = open(
                        secure.uri().replace("redis-cluster", "rediss-cluster"),
                        "redis.password",
                        "p",
                        "redis.trust-store",
                        files.trustStore().toString(),
                        "redis.trust-store-password",
                        TlsFiles.TRUST_STORE_PASSWORD)) {
            for (int i = 0; i < 10; i++) {
                assertThat(send(servers, set("{" + i + "}", "v" + i))).isEqualTo("OK");
            }
            assertThat(servers.masters().all()).hasSize(3);
        }
    }

    private static String otherKey(int slot) {
        RedisServer master = cluster.masterOf(slot);
        for (int i = 0; ; i++) {
            if (cluster.masterOf(Connected.slot("{" + i + "}")) != master) {
                return "{" + i + "}k";
            }
        }
    }
}
