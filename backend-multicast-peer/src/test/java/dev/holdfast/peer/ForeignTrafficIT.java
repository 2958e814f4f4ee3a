package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Others on the multicast group of a cluster: a real cluster of Tomcat's, and whoever sends nonsense or what was sent before. */
class ForeignTrafficIT {

    private static final int PACKETS = Integer.getInteger("holdfast.test.packets", 100_000) / 10;
    private static final int LARGEST = 65_507;

    /** What the members log of it. Kept here, or the logger would be collected with its handler. */
    private final Logger log = Logger.getLogger(Group.class.getName());

    private final Queue<String> dropped = new ConcurrentLinkedQueue<>();
    private final Queue<String> warnings = new ConcurrentLinkedQueue<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.WARNING.intValue()) {
                (line.getMessage().contains("dropped a packet") ? dropped : warnings).add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    private final Cluster cluster = new Cluster();
    private MulticastSocket socket;
    private InetSocketAddress group;

    @BeforeEach
    void start() throws Exception {
        log.addHandler(handler);
        cluster.of(2);
        String[] where = cluster.group().split(":");
        group = new InetSocketAddress(InetAddress.getByName(where[0]), Integer.parseInt(where[1]));
        socket = new MulticastSocket(group.getPort());
        InetAddress here = InetAddress.getLoopbackAddress();
        NetworkInterface loopback = NetworkInterface.getByInetAddress(here);
        socket.setNetworkInterface(loopback);
        socket.joinGroup(group, loopback);
        socket.setSoTimeout(20_000);
    }

    @AfterEach
    void end() {
        socket.close();
        cluster.close();
        log.removeHandler(handler);
    }

    /** They still are one, and save and load. */
    private void assertUnharmed(int members) {
        List<PeerStore> all = cluster.members;
        assertThat(all)
                .allSatisfy(member -> assertThat(member.figures())
                        .containsEntry("members", (long) members)
                        .containsEntry("settled", 1L));
        SessionKey key = new SessionKey("shop", "foreign" + members);
        SessionSnapshot base = SessionSnapshot.initial(key, Instant.now(), Duration.ofMinutes(30));
        SessionDelta delta =
                new SessionDelta(SessionDelta.newStamp(), Map.of("a", new byte[] {1}), Set.of(), Duration.ZERO, null);
        assertThat(all.get(0).save(base, delta)).isInstanceOf(Saved.Done.class);
        assertThat(all.get(members - 1).load(key, Version.NONE, Access.NOW)).isInstanceOf(Loaded.Found.class);
    }

    private void assertOneLineOfEach(int members) {
        assertThat(dropped).hasSizeLessThanOrEqualTo(members).isNotEmpty();
        assertThat(warnings).isEmpty();
    }

    /** Tells how many others it sees when it is given a line. */
    private Process tomcat() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        // Else it cannot send to a multicast address that it has bound to.
                        "-Djava.net.preferIPv4Stack=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        TomcatMember.class.getName(),
                        group.getAddress().getHostAddress(),
                        Integer.toString(group.getPort()))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static String members(Process tomcat) {
        try {
            tomcat.outputWriter().write("\n");
            tomcat.outputWriter().flush();
            return String.valueOf(tomcat.inputReader().readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aClusterOfTomcatsOnTheSameGroupAndOursDoEachOtherNoHarm() throws Exception {
        Process one = tomcat();
        Process other = tomcat();
        try {
            Cluster.await(
                    "Tomcats have met",
                    () -> members(one).equals("1") && members(other).equals("1"));
            Cluster.await("heard", () -> !dropped.isEmpty());
            // A member that looks for others while they talk.
            cluster.join();
            cluster.awaitSettled();
            assertUnharmed(3);
            assertThat(members(one)).isEqualTo("1");
            assertThat(members(other)).isEqualTo("1");
            assertOneLineOfEach(3);
        } finally {
            one.destroyForcibly();
            other.destroyForcibly();
        }
    }

    @Test
    void nonsenseOfAnySizeAndPacketsThatCameBeforeDoNoHarm() throws Exception {
        List<byte[]> recorded = record();
        Random random = new Random(3);
        for (int i = 0; i < PACKETS; i++) {
            byte[] packet;
            if (i % 3 == 0) {
                packet = recorded.get(random.nextInt(recorded.size())).clone();
                if (i % 2 == 0) {
                    packet[random.nextInt(packet.length)] ^= (byte) (1 << random.nextInt(8));
                }
            } else {
                packet = new byte[i % 100 == 1 ? LARGEST : random.nextInt(1_000)];
                random.nextBytes(packet);
            }
            socket.send(new DatagramPacket(packet, packet.length, group));
        }
        assertUnharmed(2);
        cluster.join();
        cluster.awaitSettled();
        assertUnharmed(3);
        assertOneLineOfEach(3);
    }

    /** What a member sends that looks for others. */
    private List<byte[]> record() throws Exception {
        List<byte[]> recorded = new ArrayList<>();
        PeerStore third = cluster.join();
        byte[] buffer = new byte[LARGEST];
        for (int i = 0; i < 2; i++) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            socket.receive(packet);
            recorded.add(Arrays.copyOf(buffer, packet.getLength()));
        }
        cluster.members.remove(third);
        third.close();
        cluster.awaitSettled();
        return recorded;
    }
}
