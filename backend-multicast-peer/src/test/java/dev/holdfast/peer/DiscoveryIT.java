package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.servers.Ports;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Members that find each other without multicast, and those that are expected and do not come. */
class DiscoveryIT {

    private static PeerStore open(String store, Map<String, String> others) {
        Map<String, String> given = new HashMap<>(others);
        given.putIfAbsent("peer.join-timeout", "300ms");
        Settings settings = new Settings(given, new Properties(), Map.of());
        StoreContext context = new StoreContext("shop", Cluster.POLICY, TimeSource.SYSTEM);
        return (PeerStore) new PeerStoreProvider().configure(store, settings).open(context);
    }

    private static void assertMeet(PeerStore... members) {
        for (PeerStore member : members) {
            Cluster.await("met", () -> member.node().epoch().members().size() == members.length);
        }
    }

    @Test
    void membersOfAListFindEachOther() throws Exception {
        String list = "peer://127.0.0.1:" + Ports.free(false) + ",127.0.0.1:" + Ports.free(false);
        try (PeerStore first = open(list, Map.of())) {
            assertThat(first.group().notFound()).hasSize(1);
            try (PeerStore second = open(list, Map.of())) {
                assertMeet(first, second);
                assertThat(second.group().notFound()).isEmpty();
            }
        }
    }

    @Test
    void membersOfAListFindEachOtherOverUdp() throws Exception {
        String list = "peer://127.0.0.1:" + Ports.free(false) + ",127.0.0.1:" + Ports.free(false);
        Map<String, String> udp = Map.of("peer.transport", "udp");
        try (PeerStore first = open(list, udp);
                PeerStore second = open(list, udp)) {
            assertMeet(first, second);
            assertThat(second.group().notFound()).isEmpty();
        }
    }

    @Test
    void whoHasAnotherTransportIsNamed() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String group = "peer://228." + random.nextInt(1, 255) + ".8.9:" + random.nextInt(20_000, 60_000);
        try (PeerStore first = open(group, Map.of("peer.bind", "127.0.0.1"));
                PeerStore second = open(group, Map.of("peer.bind", "127.0.0.1", "peer.transport", "udp"))) {
            Cluster.await("told", () -> first.group().lastRefused().contains("another peer.transport; here it is tcp"));
            Cluster.await(
                    "told", () -> second.group().lastRefused().contains("another peer.transport; here it is udp"));
            assertThat(first.node().epoch().members()).hasSize(1);
        }
    }

    @Test
    void membersBehindANameFindEachOther() throws Exception {
        String name = "peer+dns://localhost:" + Ports.free(false);
        try (PeerStore first = open(name, Map.of("peer.bind", "127.0.0.1"));
                // The name has one address here: the second one finds the first by it.
                PeerStore second = open(
                        name, Map.of("peer.bind", "127.0.0.1", "peer.port", Integer.toString(Ports.free(false))))) {
            assertMeet(first, second);
        }
    }

    @Test
    void whoExpectsMoreThanThereAreDoesNotStartAndSaysWhereNobodyWas() throws Exception {
        int mine = Ports.free(false);
        int others = Ports.free(false);
        String list = "peer://127.0.0.1:" + mine + ",127.0.0.1:" + others;
        assertThatThrownBy(() -> open(list, Map.of("peer.expected-members", "2")))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("peer.expected-members is 2")
                .hasMessageContaining("127.0.0.1:" + others)
                .hasMessageNotContaining("nobody at [127.0.0.1:" + mine);
        // Nothing of it has stayed.
        try (PeerStore again = open(list, Map.of())) {
            assertThat(again.node().epoch().members()).hasSize(1);
        }
    }

    @Test
    void whoFindsThoseThatItExpectsStarts() throws Exception {
        String list = "peer://127.0.0.1:" + Ports.free(false) + ",127.0.0.1:" + Ports.free(false);
        try (PeerStore first = open(list, Map.of());
                PeerStore second = open(list, Map.of("peer.expected-members", "2", "peer.join-timeout", "20s"))) {
            assertMeet(first, second);
        }
    }
}
