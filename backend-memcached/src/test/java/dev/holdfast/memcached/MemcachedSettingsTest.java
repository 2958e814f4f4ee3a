package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.memcached.node.NodeOptions.Credentials;
import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.spi.SettingsException;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class MemcachedSettingsTest {

    @Test
    void defaults() {
        MemcachedSettings settings = Given.settings("memcached://cache1,cache2");
        assertThat(settings.nodes())
                .containsExactly(
                        new NodeAddress("cache1:11211", "cache1", 11211),
                        new NodeAddress("cache2:11211", "cache2", 11211));
        assertThat(settings.previousNodes()).isEmpty();
        assertThat(settings.timeout()).isEqualTo(Duration.ofMillis(300));
        assertThat(settings.replicas()).isEqualTo(2);
        assertThat(settings.protocol()).isEqualTo(Protocol.BINARY);
        assertThat(settings.credentials()).isEmpty();
        assertThat(settings.read()).isEqualTo(MemcachedSettings.Read.BOTH);
        assertThat(settings.warnings()).isEmpty();
    }

    @Test
    void nodesWithAndWithoutNamesAndPorts() {
        assertThat(Given.settings("memcached://n1:a:1, n2:b ,c:3,d,n5:[fe80::1%eth0]:5,[::1],n7:[::2],10.0.0.8:8")
                        .nodes())
                .containsExactly(
                        new NodeAddress("n1", "a", 1),
                        new NodeAddress("n2", "b", 11211),
                        new NodeAddress("c:3", "c", 3),
                        new NodeAddress("d:11211", "d", 11211),
                        new NodeAddress("n5", "fe80::1%eth0", 5),
                        new NodeAddress("[::1]:11211", "::1", 11211),
                        new NodeAddress("n7", "::2", 11211),
                        new NodeAddress("10.0.0.8:8", "10.0.0.8", 8));
    }

    @Test
    void aNodeIsCalledAlikeHoweverItsAddressIsWritten() {
        assertThat(Given.settings("memcached://Cache1").nodes().get(0))
                .isEqualTo(Given.settings("memcached://cache1:11211").nodes().get(0));
    }

    @Test
    void everythingElse() {
        MemcachedSettings settings = Given.settings(
                "memcached://n1:a,n2:b,n3:c",
                "memcached.previous-nodes",
                "memcached://n1:a,n0:z",
                "memcached.zones",
                "n1=left, n2=left,n0=right",
                "memcached.timeout",
                "1s",
                "memcached.replicas",
                "3",
                "memcached.protocol",
                "text",
                "memcached.user",
                "u",
                "memcached.password",
                "p",
                "memcached.read",
                "primary");
        assertThat(settings.previousNodes())
                .containsExactly(new NodeAddress("n1", "a", 11211), new NodeAddress("n0", "z", 11211));
        assertThat(settings.zones()).isEqualTo(Map.of("n1", "left", "n2", "left", "n3", "host c", "n0", "right"));
        assertThat(settings.credentials()).contains(new Credentials("u", "p"));
        assertThat(settings.options(settings.nodes().get(1)).address().getHostString())
                .isEqualTo("b");
        assertThat(settings.read()).isEqualTo(MemcachedSettings.Read.PRIMARY);
    }

    @Test
    void whatIsNoListOfNodesIsToldWithAnExample() {
        for (String bad : new String[] {
            "memcached://",
            "memcached://a:0",
            "memcached://a:65536",
            "memcached://a:999999",
            "memcached://n1:a:b",
            "memcached://n1:a:1:2",
            "memcached://::1",
            "memcached://[::1",
            "memcached://a,,b",
            "memcached://a/0",
            "memcached://a b",
            "memcached://11211",
            "memcached://n 1:a:1"
        }) {
            assertThatSettings(bad)
                    .as(bad)
                    .hasMessageContaining("no host:port or name:host:port")
                    .hasMessageContaining("memcached://n1:cache1:11211,n2:cache2:11211");
        }
        assertThatSettings("memcached").hasMessageContaining("write e.g. memcached://");
        assertThatSettings("memcached:a:1").hasMessageContaining("write e.g. memcached://");
    }

    @Test
    void theSameServerOrNameTwiceIsRefused() {
        assertThatSettings("memcached://a,b,A:11211")
                .hasMessageContaining("names the server of part 1 again in part 3");
        assertThatSettings("memcached://n1:a,n2:a").hasMessageContaining("both its copies there");
        assertThatSettings("memcached://n1:a,n1:b").hasMessageContaining("name of part 1 again in part 2");
        assertThatSettings("memcached://a", "memcached.previous-nodes", "b,b")
                .hasMessageContaining("memcached.previous-nodes")
                .hasMessageContaining("names the server of part 1 again");
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        assertThatSettings(
                        "memcached://a:0",
                        "memcached.timeout",
                        "5",
                        "memcached.replicas",
                        "4",
                        "memcached.protocol",
                        "ascii",
                        "memcached.user",
                        "u",
                        "memcached.zones",
                        "a",
                        "memcached.read",
                        "all",
                        "memcached.replica",
                        "2")
                .hasMessageContaining("8 problems")
                .hasMessageContaining("memcached.timeout = \"5\"")
                .hasMessageContaining("between 1 and 3")
                .hasMessageContaining("binary, text")
                .hasMessageContaining("memcached.user = \"u\" (init-param) is given without memcached.password")
                .hasMessageContaining("n1=rack1")
                .hasMessageContaining("both, primary")
                .hasMessageContaining("did you mean memcached.replicas?");
    }

    @Test
    void zonesOfNodesThatAreNotThereAreRefused() {
        assertThatSettings("memcached://n1:a,n2:b", "memcached.zones", "n3=x").hasMessageContaining("there are n1, n2");
        assertThatSettings("memcached://n1:a,n2:b", "memcached.zones", "n1=x,n1=y")
                .hasMessageContaining("a node twice");
        assertThatSettings("memcached://n1:a,n2:b", "memcached.zones", "n1=").hasMessageContaining("no node=zone");
        assertThat(Given.settings("memcached://a:1,b:2", "memcached.zones", "a:1=x,b:2=y")
                        .zones())
                .isEqualTo(Map.of("a:1", "x", "b:2", "y"));
    }

    @Test
    void moreCopiesThanNodesOrHostsIsWarnedAbout() {
        assertThat(Given.settings("memcached://a").warnings())
                .singleElement()
                .asString()
                .contains("memcached.replicas is 2, and store names one node")
                .contains("memcached.replicas=1");
        assertThat(Given.settings("memcached://a", "memcached.replicas", "1").warnings())
                .isEmpty();
        assertThat(Given.settings("memcached://a,b", "memcached.replicas", "3").warnings())
                .singleElement()
                .asString()
                .contains("2 nodes");
        assertThat(Given.settings("memcached://a:1,a:2").warnings())
                .singleElement()
                .asString()
                .contains("all on one host");
        assertThat(Given.settings("memcached://a:1,a:2", "memcached.zones", "a:1=x,a:2=y")
                        .warnings())
                .isEmpty();
    }

    @Test
    void passwordsAreNeverShown() {
        String[] secret = {"memcached.user", "u", "memcached.password", "s3cret"};
        assertThat(Given.settings("memcached://a,b", secret).toString()).doesNotContain("s3cret");
        assertThatSettings("memcached://u:s3cret@a")
                .hasMessageContaining("memcached.password")
                .hasMessageNotContaining("s3cret");
        assertThatSettings("memcached://a", "memcached.password", "s3cret")
                .hasMessageContaining("without memcached.user")
                .hasMessageNotContaining("s3cret");
        assertThatSettings(
                        "memcached://a",
                        "memcached.user",
                        "u",
                        "memcached.password",
                        "s3cret s3cret",
                        "memcached.protocol",
                        "text")
                .hasMessageContaining("has a blank")
                .hasMessageNotContaining("s3cret");
        assertThatSettings("memcached://a", "memcached.user", "u v", "memcached.password", "s3cret")
                .hasMessageContaining("memcached.user = \"u v\"")
                .hasMessageNotContaining("s3cret");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> assertThatSettings(String store, String... more) {
        return assertThatThrownBy(() -> Given.settings(store, more)).isInstanceOf(SettingsException.class);
    }
}
