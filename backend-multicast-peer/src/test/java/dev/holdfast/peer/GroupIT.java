package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.spi.Settings;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jgroups.Address;
import org.jgroups.View;
import org.jgroups.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GroupIT {

    private static final Member FIRST = new Member(1, 2);
    private static final Member SECOND = new Member(3, 4);
    private static final Member THIRD = new Member(5, 6);
    /** For a thread of this JVM, on a busy machine. */
    private static final long LONG_ENOUGH_TO_ANSWER = 3_000;

    /** Answers every message, like a member that is asked, and keeps what came. */
    private static final class Echo implements Group.Listener {

        private final Group group;
        private final boolean answers;
        private final BlockingQueue<Byte> came = new LinkedBlockingQueue<>();
        private volatile int size;
        private final CountDownLatch two = new CountDownLatch(1);
        private final Queue<List<Member>> views = new ConcurrentLinkedQueue<>();

        Echo(Group group, boolean answers) {
            this.group = group;
            this.answers = answers;
        }

        @Override
        public void installed(Epoch epoch) {
            views.add(epoch.members());
            if (epoch.members().size() == 2) {
                two.countDown();
            }
        }

        @Override
        public void received(Member from, WireReader message) throws WireException {
            byte what = (byte) message.oneByte();
            size = message.remaining();
            came.add(what);
            if (answers) {
                group.send(from, new byte[] {(byte) (what + 1)});
            }
        }
    }

    private static PeerSettings settings(Transport transport) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Map<String, String> given = Map.of(
                "peer.bind",
                "127.0.0.1",
                "peer.join-timeout",
                "300ms",
                "peer.failure-timeout",
                "60s",
                "peer.transport",
                transport.toString());
        return PeerSettings.from(
                "peer://228." + random.nextInt(1, 255) + ".7.9:" + random.nextInt(20_000, 60_000),
                new Settings(given, new Properties(), Map.of()));
    }

    private static String name() {
        return "test-" + Long.toString(ThreadLocalRandom.current().nextLong() >>> 1, 36);
    }

    /** More than a datagram has room for, and more than the system keeps of those that nobody has read yet. */
    @Test
    void aLargeMessageArrivesOverUdpWhereThereIsNoLink() throws Exception {
        PeerSettings settings = settings(Transport.UDP);
        String name = name();
        List<byte[]> secret = List.of(new byte[32]);
        Group first = new Group(settings, name, secret);
        Group second = new Group(settings, name, secret);
        try {
            Echo asked = new Echo(first, true);
            Echo asking = new Echo(second, false);
            first.connect(FIRST, asked);
            second.connect(SECOND, asking);
            assertThat(asking.two.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(asked.two.await(30, TimeUnit.SECONDS)).isTrue();

            byte[] large = new byte[2_000_000];
            large[0] = 7;
            second.doubt(FIRST);
            assertThat(second.openLinks()).isZero();
            second.send(FIRST, large);

            assertThat(asked.came.poll(20, TimeUnit.SECONDS)).isEqualTo((byte) 7);
            assertThat(asked.size).isEqualTo(large.length - 1);
            assertThat(asking.came.poll(20, TimeUnit.SECONDS)).isEqualTo((byte) 8);
        } finally {
            second.close();
            first.close();
        }
    }

    private static void awaitLast(Echo member, Member... members) {
        Cluster.await(
                "seen by " + member,
                () -> List.of(members)
                        .equals(member.views.stream().reduce((a, b) -> b).orElse(null)));
    }

    /** Silence would tell after a minute. */
    @ParameterizedTest
    @EnumSource(Transport.class)
    void whoseLinksBreakIsNoMemberAnyMoreUnlessItAnswers(Transport transport) {
        PeerSettings settings = settings(transport);
        String name = name();
        List<byte[]> secret = List.of(new byte[32]);
        Group first = new Group(settings, name, secret, LONG_ENOUGH_TO_ANSWER);
        Group second = new Group(settings, name, secret, LONG_ENOUGH_TO_ANSWER);
        Group third = new Group(settings, name, secret, LONG_ENOUGH_TO_ANSWER);
        try {
            Echo one = new Echo(first, false);
            Echo two = new Echo(second, false);
            first.connect(FIRST, one);
            second.connect(SECOND, two);
            third.connect(THIRD, new Echo(third, false));
            awaitLast(two, FIRST, SECOND, THIRD);
            awaitLast(one, FIRST, SECOND, THIRD);
            Cluster.await("linked", () -> first.openLinks() == 2 && second.openLinks() == 2);

            // The second one ends its links, though it lives: the first one asks it, and is answered.
            Address alone = new UUID(SECOND.high(), SECOND.low());
            second.viewAccepted(new View(alone, 1, List.of(alone)));
            // The third one dies. When that has been found out, so has that the second one lives.
            third.cut();

            awaitLast(one, FIRST, SECOND);
            awaitLast(two, FIRST, SECOND);
            assertThat(one.views).doesNotContain(List.of(FIRST, THIRD));
            Cluster.await("linked again", () -> second.openLinks() == 1);
            first.cut();
            awaitLast(two, SECOND);
        } finally {
            third.close();
            second.close();
            first.close();
        }
    }

    @Test
    void whoIsAheadByAViewIsAnswered() throws Exception {
        PeerSettings settings = settings(Transport.TCP);
        String name = name();
        Group first = new Group(settings, name, List.of());
        Group second = new Group(settings, name, List.of());
        try {
            Echo asked = new Echo(first, true);
            Echo asking = new Echo(second, false);
            first.connect(FIRST, asked);
            second.connect(SECOND, asking);
            assertThat(asked.two.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(asking.two.await(30, TimeUnit.SECONDS)).isTrue();

            // As if the view with the second member had not arrived at the first one yet.
            Address alone = new UUID(FIRST.high(), FIRST.low());
            first.viewAccepted(new View(alone, 1, List.of(alone)));
            // That view has also ended the links; what is sent before the second one notices is lost with them.
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (second.openLinks() > 0 && System.nanoTime() - until < 0) {
                Thread.sleep(5);
            }
            assertThat(second.openLinks()).isZero();
            second.send(FIRST, new byte[] {1});

            assertThat(asked.came.poll(20, TimeUnit.SECONDS)).isEqualTo((byte) 1);
            assertThat(asking.came.poll(20, TimeUnit.SECONDS)).isEqualTo((byte) 2);
        } finally {
            second.close();
            first.close();
        }
    }
}
