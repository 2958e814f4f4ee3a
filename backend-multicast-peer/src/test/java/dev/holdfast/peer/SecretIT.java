package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.Version;
import dev.holdfast.spi.servers.Ports;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Members with a secret, with another one, and strangers at their ports. */
class SecretIT {

    private static final byte[] SECRET = Arrays.copyOf(new byte[] {1}, 32);
    private static final byte[] OTHER = Arrays.copyOf(new byte[] {2}, 32);
    private static final int PACKETS = Integer.getInteger("holdfast.test.packets", 100_000) / 10;
    private static final AtomicInteger DESERIALIZED = new AtomicInteger();

    static {
        // For the whole JVM: nothing here may read a Java object from the network.
        ObjectInputFilter.Config.setSerialFilter(info -> {
            if (info.serialClass() != null) {
                DESERIALIZED.incrementAndGet();
            }
            return ObjectInputFilter.Status.UNDECIDED;
        });
    }

    private static PeerStore open(String store, Map<String, String> others, byte[]... keys) {
        Map<String, String> given = new HashMap<>(others);
        given.putIfAbsent("peer.join-timeout", "500ms");
        Settings settings = new Settings(given, new Properties(), Map.of());
        StoreContext context = new StoreContext("shop", Cluster.POLICY, TimeSource.SYSTEM, List.of(keys));
        return (PeerStore) new PeerStoreProvider().configure(store, settings).open(context);
    }

    private static void assertShare(PeerStore a, PeerStore b) {
        Cluster.await(
                "met",
                () -> a.node().epoch().members().size() == 2
                        && b.node().epoch().members().size() == 2);
        for (int i = 0; i < 20; i++) {
            SessionKey key = new SessionKey("shop", "secret-" + Long.toString(System.nanoTime(), 36) + i);
            SessionSnapshot base = SessionSnapshot.initial(key, Instant.now(), Duration.ofMinutes(30));
            SessionDelta delta = new SessionDelta(
                    SessionDelta.newStamp(), Map.of("a", new byte[10_000]), Set.of(), Duration.ZERO, null);
            assertThat(a.save(base, delta)).isInstanceOf(Saved.Done.class);
            assertThat(b.load(key, Version.NONE, Access.NOW)).isInstanceOf(Loaded.Found.class);
        }
    }

    private static Map<String, String> by(Transport transport) {
        return Map.of("peer.transport", transport.toString());
    }

    private static String list() {
        return "peer://127.0.0.1:" + Ports.free(false) + ",127.0.0.1:" + Ports.free(false);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void membersWithOneSecretMeetAlsoWhileItIsChanged(Transport transport) {
        String list = list();
        try (PeerStore first = open(list, by(transport), SECRET)) {
            try (PeerStore second = open(list, by(transport), OTHER, SECRET)) {
                assertShare(first, second);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void whoHasAnotherSecretStaysOutAndIsTold(Transport transport) {
        String list = list();
        Map<String, String> expecting = new HashMap<>(by(transport));
        expecting.putAll(Map.of("peer.expected-members", "2", "peer.join-timeout", "3s"));
        try (PeerStore first = open(list, by(transport), SECRET)) {
            assertThatThrownBy(() -> open(list, expecting, OTHER))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("peer.expected-members is 2")
                    // Whichever of the two greeted first.
                    .hasMessageMatching(
                            ".*(does not let this member in|does not belong to this cluster): it has another secret.*");
            assertThat(first.node().epoch().members()).hasSize(1);
            assertThat(first.group().lastRefused()).contains("it has another secret");
        }
    }

    @Test
    void membersThatWouldKeepSessionsInOtherPlacesStayApart() {
        String list = list();
        try (PeerStore first = open(list, Map.of());
                PeerStore second = open(list, Map.of("peer.replicas", "3"))) {
            Cluster.await("told", () -> second.group().lastRefused().contains("replicas=2"));
            assertThat(first.node().epoch().members()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void strangersAtThePortDoNoHarm(boolean secret) throws Exception {
        String list = list();
        byte[][] keys = secret ? new byte[][] {SECRET} : new byte[0][];
        int before = DESERIALIZED.get();
        try (PeerStore first = open(list, Map.of(), keys);
                PeerStore second = open(list, Map.of(), keys)) {
            Cluster.await("met", () -> first.node().epoch().members().size() == 2);
            int port = Integer.parseInt(first.group().where().replaceAll(".*:", ""));
            Random random = new Random(7);
            for (int left = PACKETS; left > 0; ) {
                left -= attack(port, random, Math.min(left, 500));
            }
            assertThat(first.node().epoch().members()).hasSize(2);
            assertShare(first, second);
            assertShare(second, first);
        }
        assertThat(DESERIALIZED.get()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagramsOfStrangersDoNoHarm(boolean secret) throws Exception {
        String list = list();
        byte[][] keys = secret ? new byte[][] {SECRET} : new byte[0][];
        int before = DESERIALIZED.get();
        try (PeerStore first = open(list, by(Transport.UDP), keys);
                PeerStore second = open(list, by(Transport.UDP), keys);
                DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Cluster.await("met", () -> first.node().epoch().members().size() == 2);
            String where = first.group().where();
            SocketAddress target =
                    new InetSocketAddress("127.0.0.1", Integer.parseInt(where.substring(where.indexOf(':') + 1)));
            Random random = new Random(8);
            for (int i = 0; i < PACKETS; i++) {
                byte[] packet = new byte[i % 100 == 0 ? 65_507 : random.nextInt(200)];
                random.nextBytes(packet);
                if (packet.length > 0 && random.nextBoolean()) {
                    packet[0] = (byte) random.nextInt(7);
                }
                socket.send(new DatagramPacket(packet, packet.length, target));
            }
            assertThat(first.node().epoch().members()).hasSize(2);
            assertShare(first, second);
            assertShare(second, first);
        }
        assertThat(DESERIALIZED.get()).isEqualTo(before);
    }

    /** Some begin as JGroups' connections do, some are nonsense from the first byte on. Ends when the other side hangs up. */
    private static int attack(int port, Random random, int packets) {
        int sent = 0;
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
                DataOutputStream out = new DataOutputStream(socket.getOutputStream())) {
            if (random.nextInt(4) > 0) {
                // The cookie, JGroups' version, the length of the address, and the address.
                out.write(new byte[] {'b', 'e', 'l', 'a'});
                out.writeShort(org.jgroups.Version.version);
                out.writeShort(6 + 1);
                out.write(new byte[] {4, 127, 0, 0, 1, (byte) random.nextInt(), (byte) random.nextInt()});
            }
            for (; sent < packets; sent++) {
                byte[] packet = new byte[random.nextInt(sent % 100 == 0 ? 65_536 : 200)];
                random.nextBytes(packet);
                if (packet.length > 0 && random.nextBoolean()) {
                    packet[0] = (byte) random.nextInt(7);
                }
                boolean lies = random.nextInt(200) == 0;
                out.writeInt(lies ? random.nextInt() : packet.length);
                out.write(packet);
            }
        } catch (IOException hungUp) {
            return sent + 1;
        }
        return Math.max(1, sent);
    }
}
