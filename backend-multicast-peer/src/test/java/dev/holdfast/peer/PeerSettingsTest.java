package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.peer.PeerSettings.Discovery;
import dev.holdfast.peer.PeerSettings.Endpoint;
import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.SettingsException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerSettingsTest {

    private static Settings settings(String store, Map<String, String> others) {
        Map<String, String> values = new HashMap<>(others);
        values.put("store", store);
        Settings settings = new Settings(values, new Properties(), Map.of());
        settings.required("store");
        return settings;
    }

    private static PeerSettings read(String store) {
        Settings settings = settings(store, Map.of());
        PeerSettings peer = PeerSettings.from(store, settings);
        assertThatCode(() -> settings.check("session")).doesNotThrowAnyException();
        return peer;
    }

    @ParameterizedTest
    @ValueSource(strings = {"peer", "peer://", "peer://228.0.0.4", "peer://228.0.0.4:45564"})
    void multicastIsTheDefault(String store) {
        assertThat(read(store).discovery()).hasToString("multicast 228.0.0.4:45564");
    }

    @Test
    void anotherGroup() {
        assertThat(read("peer://239.1.2.3:5000").discovery()).hasToString("multicast 239.1.2.3:5000");
    }

    @Test
    void anAddressThatIsNoGroupIsAHost() {
        assertThat(read("peer://app1, app2:7900,10.0.0.7,[::1]:7801").discovery())
                .isEqualTo(new Discovery.Hosts(List.of(
                        new Endpoint("app1", 7800),
                        new Endpoint("app2", 7900),
                        new Endpoint("10.0.0.7", 7800),
                        new Endpoint("[::1]", 7801))));
    }

    @ParameterizedTest
    @CsvSource({"peer+dns://app-peers, app-peers:7800", "peer+dns://app-peers.shop.svc:7900, app-peers.shop.svc:7900"})
    void aNameForAll(String store, String name) {
        assertThat(read(store).discovery()).hasToString("DNS " + name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "peer+dns://",
                "peer+dns://10.0.0.1:7800",
                "peer+dns://a:7800,b:7800",
                "peer+dns://a:0",
                "peer:228.0.0.4",
                "peer://a b",
                "peer://a:0",
                "peer://a:99999",
                "peer://a,",
                "peer://user@host",
                "peer://228.0.0.4:1,228.0.0.5:1"
            })
    void whatIsNeitherIsAProblem(String store) {
        Settings settings = settings(store, Map.of());
        PeerSettings.from(store, settings);
        assertThatThrownBy(() -> settings.check("session"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("store");
    }

    @ParameterizedTest
    @CsvSource({"2, 2", "3, 3", "all, 2147483647"})
    void soManyMembersKeepEachSession(String given, int expected) {
        Settings settings = settings("peer", Map.of("peer.replicas", given));
        assertThat(PeerSettings.from("peer", settings).replicas()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"tcp, TCP", "udp, UDP"})
    void whatCarriesJGroupsMessages(String given, Transport expected) {
        Settings settings = settings("peer://a,b", Map.of("peer.transport", given));
        assertThat(PeerSettings.from("peer://a,b", settings).transport()).isEqualTo(expected);
        assertThat(read("peer").transport()).isEqualTo(Transport.TCP);
    }

    @Test
    void everyWrongValueIsNamed() {
        Settings settings = settings(
                "peer",
                Map.of(
                        "peer.cluster", "a/b",
                        "peer.replicas", "4",
                        "peer.transport", "UDP",
                        "peer.port", "70000",
                        "peer.expected-members", "0",
                        "peer.join-timeout", "5",
                        "peer.failure-timeout", "1ms",
                        "peer.leave-timeout", "soon"));
        PeerSettings.from("peer", settings);
        assertThatThrownBy(() -> settings.check("session"))
                .hasMessageContaining("peer.cluster")
                .hasMessageContaining("peer.replicas")
                .hasMessageContaining("peer.transport")
                .hasMessageContaining("is not one of tcp, udp")
                .hasMessageContaining("peer.port")
                .hasMessageContaining("peer.expected-members")
                .hasMessageContaining("peer.join-timeout")
                .hasMessageContaining("peer.failure-timeout")
                .hasMessageContaining("peer.leave-timeout");
    }
}
