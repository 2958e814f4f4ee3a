package dev.holdfast.redis.server;

import static dev.holdfast.redis.server.Connected.get;
import static dev.holdfast.redis.server.Connected.open;
import static dev.holdfast.redis.server.Connected.send;
import static dev.holdfast.redis.server.Connected.set;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.redis.servers.TlsFiles;
import dev.holdfast.spi.StoreException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is wrong with a server or an address is told when the store opens, with what to do about it. */
class OpeningIT {

    @Test
    void aWrongPasswordIsToldWithoutShowingIt() {
        try (RedisServer redis = RedisServer.builder().password("right-one").start()) {
            assertThatOpening("redis://:wrong-one@" + redis.address())
                    .hasMessageContaining("refuses user or password")
                    .hasMessageContaining("redis.password")
                    .hasMessageContaining(redis.address())
                    .hasMessageNotContaining("wrong-one");
            open("redis://:right-one@" + redis.address()).close();
            open(redis.uri(), "redis.password", "right-one").close();
        }
    }

    @Test
    void aMissingPasswordIsTold() {
        try (RedisServer redis = RedisServer.builder().password("right-one").start()) {
            assertThatOpening(redis.uri()).hasMessageContaining("asks for a password; set redis.password");
        }
    }

    @Test
    void aPasswordForAServerThatHasNoneIsTold() {
        try (RedisServer redis = RedisServer.start()) {
            assertThatOpening("redis://:secret-one@" + redis.address())
                    .hasMessageContaining("leave redis.password out")
                    .hasMessageNotContaining("secret-one");
        }
    }

    @Test
    void anAclUserThatMayDoWhatIsNeededIsEnough() {
        String rules = "on >s3cret ~hf:* -@all +eval +evalsha +role +select +ping +info +hgetall +set +get +wait";
        try (RedisServer redis =
                RedisServer.builder().user("shop", rules).user("default", "off").start()) {
            try (RedisServers servers = open(redis.uri() + "/3", "redis.user", "shop", "redis.password", "s3cret")) {
                assertThat(send(servers, set("hf:x", "1"))).isEqualTo("OK");
                assertThatThrownBy(() -> send(servers, set("elsewhere", "1")))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("hf:*");
                assertThatThrownBy(() -> send(servers, Connected.command(true, null, "DEL", "hf:x")))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("permission for DEL");
            }
        }
    }

    @Test
    void anAclUserThatMayNotRunScriptsIsToldAtTheStart() {
        try (RedisServer redis =
                RedisServer.builder().user("shop", "on >s3cret ~* +@all -eval").start()) {
            assertThatOpening("redis://shop:s3cret@" + redis.address()).hasMessageContaining("permission for EVAL");
        }
    }

    @Test
    void anAclUserThatMayNotAskForTheRoleIsTold() {
        try (RedisServer redis =
                RedisServer.builder().user("shop", "on >s3cret ~* +@all -role").start()) {
            assertThatOpening("redis://shop:s3cret@" + redis.address()).hasMessageContaining("permission for ROLE");
        }
    }

    @Test
    void tlsWithATrustStoreWorksByNameAndByAddress() {
        try (TlsFiles files = TlsFiles.create();
                RedisServer redis =
                        RedisServer.builder().tls(files).password("p").start()) {
            for (String host : new String[] {"127.0.0.1", "localhost"}) {
                try (RedisServers servers = open(
                        "rediss://:p@" + host + ":" + redis.port(),
                        "redis.trust-store",
                        files.trustStore().toString(),
                        "redis.trust-store-password",
                        TlsFiles.TRUST_STORE_PASSWORD)) {
                    assertThat(send(servers, set("k", "v"))).isEqualTo("OK");
                }
            }
        }
    }

    @Test
    void aCertificateOfAStrangerIsRefused() {
        try (TlsFiles files = TlsFiles.create();
                RedisServer redis = RedisServer.builder().tls(files).start()) {
            assertThatOpening("rediss://" + redis.address())
                    .hasMessageContaining("not trusted")
                    .hasMessageContaining("redis.trust-store");
            assertThatThrownBy(() -> open(
                            "rediss://" + redis.address(),
                            "redis.trust-store",
                            files.strangerTrustStore().toString(),
                            "redis.trust-store-password",
                            TlsFiles.TRUST_STORE_PASSWORD))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("not trusted");
        }
    }

    @Test
    void aCertificateForAnotherHostIsRefused() {
        try (TlsFiles files = TlsFiles.create("DNS:cache.example.org");
                RedisServer redis = RedisServer.builder().tls(files).start()) {
            assertThatThrownBy(() -> open(
                            "rediss://localhost:" + redis.port(),
                            "redis.trust-store",
                            files.trustStore().toString(),
                            "redis.trust-store-password",
                            TlsFiles.TRUST_STORE_PASSWORD))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("another host name");
        }
    }

    @Test
    void aPortThatSpeaksTlsIsToldToWhoDoesNot() {
        try (TlsFiles files = TlsFiles.create();
                RedisServer redis = RedisServer.builder().tls(files).start()) {
            assertThatOpening("redis://" + redis.address()).hasMessageContaining("write rediss instead of redis");
        }
    }

    @Test
    void aPortThatDoesNotSpeakTlsIsToldToWhoDoes() {
        try (RedisServer redis = RedisServer.start()) {
            assertThatOpening("rediss://" + redis.address()).hasMessageContaining("write redis instead of rediss");
        }
    }

    @Test
    void aServerThatAsksForAClientsCertificateIsTold() {
        try (TlsFiles files = TlsFiles.create();
                RedisServer redis = RedisServer.builder()
                        .tls(files)
                        .option("tls-auth-clients", "optional")
                        .start()) {
            redis.command("CONFIG", "SET", "tls-auth-clients", "yes");
            assertThatThrownBy(() -> open(
                            "rediss://" + redis.address(),
                            "redis.trust-store",
                            files.trustStore().toString(),
                            "redis.trust-store-password",
                            TlsFiles.TRUST_STORE_PASSWORD))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("tls-auth-clients no");
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsTold() {
        try (RedisServer redis = RedisServer.builder().databases(2).start()) {
            assertThatOpening(redis.uri() + "/2").hasMessageContaining("no such database");
            open(redis.uri() + "/1").close();
        }
    }

    @Test
    void aWebServerIsToldFromARedis() throws IOException {
        HttpServer web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.start();
        try {
            assertThatOpening("redis://127.0.0.1:" + web.getAddress().getPort()).hasMessageContaining("speaks HTTP");
        } finally {
            web.stop(0);
        }
    }

    @Test
    void aReplicaIsNoMaster() {
        try (RedisServer master = RedisServer.start();
                RedisServer replica = RedisServer.builder().replicaOf(master).start()) {
            assertThatOpening(replica.uri())
                    .hasMessageContaining("is a replica; name the master")
                    .hasMessageContaining("redis-sentinel://");
        }
    }

    @Test
    void aServerThatKnowsNoMastersIsNoSentinel() {
        try (RedisServer redis = RedisServer.start()) {
            assertThatOpening("redis-sentinel://mymaster@" + redis.address()).hasMessageContaining("is no Sentinel");
        }
    }

    @Test
    void aServerAloneIsNoCluster() {
        try (RedisServer redis = RedisServer.start()) {
            assertThatOpening("redis-cluster://" + redis.address()).hasMessageContaining("write redis://");
        }
    }

    @Test
    void aHostThatIsNotThereIsTold() {
        assertThatOpening("redis://no-such-host.invalid").hasMessageContaining("no such host");
    }

    @Test
    void aPortWhereNobodyListensIsTold() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        assertThatOpening("redis://127.0.0.1:" + port)
                .hasMessageContaining("127.0.0.1:" + port)
                .hasMessageContaining("is it running");
    }

    @Test
    void anEvictionPolicyIsNoReasonNotToStart() {
        try (RedisServer redis =
                RedisServer.builder().maxMemory(64 << 20, "allkeys-lru").start()) {
            try (RedisServers servers = open(redis.uri())) {
                assertThat(send(servers, get("k"))).isNull();
            }
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatOpening(String store) {
        return assertThatThrownBy(() -> open(store).close())
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE));
    }
}
