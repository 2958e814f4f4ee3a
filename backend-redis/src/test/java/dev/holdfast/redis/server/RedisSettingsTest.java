package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.redis.server.StoreAddress.Kind;
import dev.holdfast.spi.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisSettingsTest {

    @TempDir
    private Path directory;

    @Test
    void defaults() {
        RedisSettings settings = Connected.settings("redis://cache");
        assertThat(settings.address()).isEqualTo(StoreAddress.parse("redis://cache:6379/0"));
        assertThat(settings.addresses()).containsExactly(new Address("cache", 6379));
        assertThat(settings.credentials()).isEmpty();
        assertThat(settings.tls()).isEmpty();
        assertThat(settings.timeout()).isEqualTo(Duration.ofMillis(500));
        assertThat(settings.poolSize()).isEqualTo(4);
        assertThat(settings.waitReplicas()).isZero();
    }

    @Test
    void oneServerWithEverythingInItsAddress() {
        RedisSettings settings = Connected.settings("rediss://sh%6Fp:p%40ss%25@[fe80::1%eth0]:7000/12");
        assertThat(settings.address().kind()).isEqualTo(Kind.SINGLE);
        assertThat(settings.addresses()).containsExactly(new Address("fe80::1%eth0", 7000));
        assertThat(settings.addresses().get(0)).hasToString("[fe80::1%eth0]:7000");
        assertThat(settings.address().database()).isEqualTo(12);
        assertThat(settings.credentials()).contains(new Credentials("shop", "p@ss%"));
        assertThat(settings.tls()).isPresent();
    }

    @Test
    void aPasswordWithoutAUserAndCharactersThatShouldHaveBeenEncoded() {
        assertThat(Connected.settings("redis://:a/b@c:d@host").credentials()).contains(new Credentials("", "a/b@c:d"));
    }

    @Test
    void sentinelsWithTheNameOfTheMaster() {
        RedisSettings settings = Connected.settings(
                "redis-sentinel://my.master-1@s1:26380, s2,s3 ,s1:26380/3",
                "redis.user",
                "u",
                "redis.password",
                "p",
                "redis.sentinel-password",
                "sp");
        assertThat(settings.address().kind()).isEqualTo(Kind.SENTINEL);
        assertThat(settings.address().master()).isEqualTo("my.master-1");
        assertThat(settings.addresses())
                .containsExactly(new Address("s1", 26380), new Address("s2", 26379), new Address("s3", 26379));
        assertThat(settings.address().database()).isEqualTo(3);
        assertThat(settings.credentials()).contains(new Credentials("u", "p"));
        assertThat(settings.sentinelCredentials()).contains(new Credentials("", "sp"));
    }

    @Test
    void nodesOfACluster() {
        RedisSettings settings = Connected.settings("rediss-cluster://n1:7000,n2", "redis.password", "p");
        assertThat(settings.address().kind()).isEqualTo(Kind.CLUSTER);
        assertThat(settings.address().tls()).isTrue();
        assertThat(settings.addresses()).containsExactly(new Address("n1", 7000), new Address("n2", 6379));
    }

    @Test
    void whatIsNoAddressIsToldWithAnExample() {
        assertThatSettings("redis").hasMessageContaining("write e.g. redis://");
        assertThatSettings("http://host").hasMessageContaining("is none of redis, redis-sentinel, redis-cluster");
        assertThatSettings("redis://").hasMessageContaining("no host:port");
        assertThatSettings("redis://host:0").hasMessageContaining("no host:port");
        assertThatSettings("redis://host:65536").hasMessageContaining("no host:port");
        assertThatSettings("redis://host:99999999999").hasMessageContaining("no host:port");
        assertThatSettings("redis://fe80::1").hasMessageContaining("IPv6 in brackets");
        assertThatSettings("redis://ho st").hasMessageContaining("no host:port");
        assertThatSettings("redis://host?db=1").hasMessageContaining("no host:port");
        assertThatSettings("redis://host/shop").hasMessageContaining("number of a database");
        assertThatSettings("redis://host/-1").hasMessageContaining("number of a database");
        assertThatSettings("redis://a,b")
                .hasMessageContaining("redis-cluster://")
                .hasMessageContaining("redis-sentinel://");
        assertThatSettings("redis://user@host").hasMessageContaining("user without a password");
        assertThatSettings("redis://user:@host").hasMessageContaining("user without a password");
        assertThatSettings("redis://:50%@host").hasMessageContaining("%25");
        assertThatSettings("redis://:50%zz@host").hasMessageContaining("%25");
        assertThatSettings("redis://:%ff@host").hasMessageContaining("UTF-8");
        assertThatSettings("redis-sentinel://s1,s2").hasMessageContaining("does not name the master");
        assertThatSettings("redis-sentinel://u:p@s1").hasMessageContaining("does not name the master");
        assertThatSettings("redis-cluster://u:p@n1").hasMessageContaining("redis.password");
        assertThatSettings("redis-cluster://n1/1").hasMessageContaining("has only one");
        assertThatSettings("redis-cluster://n1,,n2").hasMessageContaining("no host:port");
    }

    @Test
    void settingsThatContradictEachOther() {
        assertThatSettings("redis://:one@host", "redis.password", "two").hasMessageContaining("leave one of them out");
        assertThatSettings("redis://host", "redis.user", "u").hasMessageContaining("without redis.password");
        assertThatSettings("redis://host", "redis.sentinel-password", "p")
                .hasMessageContaining("redis.sentinel-password");
        assertThatSettings("redis://host", "redis.trust-store-password", "p")
                .hasMessageContaining("without redis.trust-store");
        assertThatSettings("redis://host", "redis.timeout", "5").hasMessageContaining("500ms");
        assertThatSettings("redis://host", "redis.timeout", "2m").hasMessageContaining("between 10ms and 1m");
        assertThatSettings("redis://host", "redis.pool-size", "0").hasMessageContaining("between 1 and 1000");
        assertThatSettings("redis://host", "redis.wait-replicas", "11").hasMessageContaining("between 0 and 10");
        assertThatSettings("redis://host", "redis.pool-sise", "2").hasMessageContaining("redis.pool-size");
    }

    @Test
    void aTrustStoreIsReadWhenSettingsAre() throws IOException, GeneralSecurityException {
        Path nothing = directory.resolve("nothing.p12");
        assertThatSettings("rediss://host", "redis.trust-store", nothing.toString())
                .hasMessageContaining("not a file that this process can read");
        Path text = Files.writeString(directory.resolve("text.p12"), "-----BEGIN CERTIFICATE-----");
        assertThatSettings("rediss://host", "redis.trust-store", text.toString())
                .hasMessageContaining("keytool -importcert");
        KeyStore empty = KeyStore.getInstance("PKCS12");
        empty.load(null, null);
        Path store = directory.resolve("empty.p12");
        try (var out = Files.newOutputStream(store)) {
            empty.store(out, "right-one".toCharArray());
        }
        assertThatSettings(
                        "rediss://host",
                        "redis.trust-store",
                        store.toString(),
                        "redis.trust-store-password",
                        "wrong-one")
                .hasMessageContaining("cannot be opened with this redis.trust-store-password");
        assertThatSettings(
                        "rediss://host",
                        "redis.trust-store",
                        store.toString(),
                        "redis.trust-store-password",
                        "right-one")
                .hasMessageContaining("has no certificate");
        assertThatSettings(
                        "redis://host",
                        "redis.trust-store",
                        store.toString(),
                        "redis.trust-store-password",
                        "right-one")
                .hasMessageContaining("no TLS");
    }

    @Test
    void passwordsAreNeverShown() {
        RedisSettings settings = Connected.settings("redis://host", "redis.user", "u", "redis.password", "s3cret");
        assertThat(settings.toString()).doesNotContain("s3cret");
        assertThat(Connected.settings("redis://u:s3cret@host").toString()).doesNotContain("s3cret");
        assertThatSettings("redis://u:s3cret%@host").hasMessageNotContaining("s3cret");
        assertThatSettings("redis://u:s3cret@host", "redis.password", "s3cret").hasMessageNotContaining("s3cret");
        assertThatSettings("redis-cluster://u:s3cret@host").hasMessageNotContaining("s3cret");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatSettings(String store, String... more) {
        return assertThatThrownBy(() -> Connected.settings(store, more)).isInstanceOf(SettingsException.class);
    }
}
