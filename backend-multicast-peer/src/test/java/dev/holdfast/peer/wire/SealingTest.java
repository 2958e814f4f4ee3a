package dev.holdfast.peer.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealingTest {

    private static final int PACKETS = Integer.getInteger("holdfast.test.packets", 100_000);
    private static final byte[] KEY = new byte[32];
    private static final byte[] OTHER_KEY = {1, 2, 3};

    private long now = 1_000_000_000_000L;

    /** One process, and all packets that were ever on their way to it. */
    private final class Process {
        final String name;
        final Sealing sealing;
        final List<String> got = new ArrayList<>();
        final List<String> refused = new ArrayList<>();
        final List<String> strange = new ArrayList<>();
        final List<byte[]> cameFromOther = new ArrayList<>();

        Process(String name, String settings, int library, byte[]... secrets) {
            this.name = name;
            sealing = new Sealing(
                    new MemberKeys(List.of(secrets), "shop"),
                    "shop",
                    settings,
                    library,
                    other -> other == library,
                    version -> "5." + version,
                    () -> now,
                    Sealing.newInstance());
        }

        void take(Process from, byte[] packet, Deque<Runnable> then) {
            cameFromOther.add(packet);
            Sealing.Arrived arrived = sealing.incoming(from.name, packet);
            if (arrived.payload() != null) {
                got.add(new String(arrived.payload(), arrived.offset(), arrived.length(), StandardCharsets.UTF_8));
            }
            if (arrived.refused() != null) {
                refused.add(arrived.refused());
            }
            if (arrived.strange() != null) {
                strange.add(arrived.strange());
            }
            arrived.replies().forEach(reply -> then.add(() -> from.take(this, reply, then)));
        }

        void send(Process to, String text) {
            byte[] data = text.getBytes(StandardCharsets.UTF_8);
            Deque<Runnable> then = new ArrayDeque<>();
            for (byte[] packet : sealing.outgoing(to.name, data, 0, data.length)) {
                then.add(() -> to.take(this, packet, then));
            }
            while (!then.isEmpty()) {
                then.remove().run();
            }
        }
    }

    private Process process(String name, byte[]... secrets) {
        return new Process(name, "replicas=2", 7, secrets);
    }

    private static byte[][] secrets(boolean secret) {
        return secret ? new byte[][] {KEY} : new byte[0][];
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsSentArrives(boolean secret) {
        Process a = process("a", secrets(secret));
        Process b = process("b", secrets(secret));
        for (int i = 0; i < 10; i++) {
            a.send(b, "to b " + i);
            b.send(a, "to a " + i);
        }
        assertThat(b.got).hasSize(10).startsWith("to b 0", "to b 1");
        assertThat(a.got).hasSize(10).startsWith("to a 0");
        assertThat(a.strange).isEmpty();
        assertThat(b.strange).isEmpty();
    }

    @Test
    void withAnotherSecretNothingArrivesAndBothSidesSayWhy() {
        Process a = process("a", KEY);
        for (Process b : List.of(process("b", OTHER_KEY), process("c"))) {
            a.refused.clear();
            a.send(b, "x");
            now += 1_000_000_000;
            b.send(a, "y");
            assertThat(a.got).isEmpty();
            assertThat(b.got).isEmpty();
            assertThat(a.refused).hasSize(2).allMatch(text -> text.contains("secret"));
            assertThat(b.refused).hasSize(2).allMatch(text -> text.contains("secret"));
        }
    }

    @Test
    void whileTheSecretIsChangedOneInCommonIsEnough() {
        Process before = process("a", KEY);
        Process between = process("b", OTHER_KEY, KEY);
        Process after = process("c", OTHER_KEY);
        before.send(between, "1");
        between.send(before, "2");
        between.send(after, "3");
        after.send(between, "4");
        before.send(after, "5");
        assertThat(before.got).containsExactly("2");
        assertThat(between.got).containsExactly("1", "4");
        assertThat(after.got).containsExactly("3");
    }

    @Test
    void otherSettingsAndAnotherLibraryAreToldToBoth() {
        Process a = process("a", KEY);
        Process other = new Process("b", "replicas=3", 7, KEY);
        a.send(other, "x");
        assertThat(a.refused).singleElement().asString().contains("replicas=3");
        assertThat(other.refused).singleElement().asString().contains("replicas=2");
        Process old = new Process("c", "replicas=2", 4, KEY);
        a.send(old, "x");
        assertThat(a.refused).last().asString().contains("JGroups 5.4");
        assertThat(old.refused).singleElement().asString().contains("JGroups 5.7");
        assertThat(other.got).isEmpty();
        assertThat(old.got).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aPacketThatComesAgainIsDropped(boolean secret) {
        Process a = process("a", secrets(secret));
        Process b = process("b", secrets(secret));
        a.send(b, "login");
        a.send(b, "logout");
        List<byte[]> recorded = List.copyOf(b.cameFromOther);
        for (byte[] packet : recorded) {
            b.take(a, packet, new ArrayDeque<>());
        }
        assertThat(b.got).containsExactly("login", "logout");
        // Nor was the channel harmed by the greeting that came again.
        a.send(b, "next");
        assertThat(b.got).containsExactly("login", "logout", "next");
    }

    @Test
    void whatWasRecordedIsWorthNothingAfterARestart() {
        Process a = process("a", KEY);
        Process b = process("b", KEY);
        a.send(b, "delete all");
        Process restarted = process("b", KEY);
        for (byte[] packet : b.cameFromOther) {
            restarted.take(a, packet, new ArrayDeque<>());
        }
        assertThat(restarted.got).isEmpty();
        // The sender finds out by itself that it has to greet again: only what it sent meanwhile is lost.
        now += 1_000_000_000;
        a.send(restarted, "lost");
        a.send(restarted, "heard");
        assertThat(restarted.got).containsExactly("heard");
        assertThat(restarted.refused).isEmpty();
    }

    @Test
    void packetsThatOvertakeEachOtherAllArriveOnce() {
        Process a = process("a", KEY);
        Process b = process("b", KEY);
        a.send(b, "first");
        List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            byte[] data = ("p" + i).getBytes(StandardCharsets.UTF_8);
            packets.addAll(a.sealing.outgoing("b", data, 0, data.length));
        }
        java.util.Collections.shuffle(packets, new Random(1));
        for (byte[] packet : packets) {
            b.take(a, packet, new ArrayDeque<>());
            b.take(a, packet, new ArrayDeque<>());
        }
        assertThat(b.got).hasSize(1_001).doesNotHaveDuplicates();
    }

    @Test
    void whatWaitsForAnAnswerToTheGreetingIsNotMuch() {
        Process a = process("a", KEY);
        byte[] data = new byte[1 << 20];
        int sent = 0;
        for (int i = 0; i < 100; i++) {
            sent += a.sealing.outgoing("b", data, 0, data.length).size();
        }
        assertThat(sent).isEqualTo(1);
        Process b = process("b", KEY);
        now += 1_000_000_000;
        a.send(b, "last");
        assertThat(b.got).hasSizeBetween(2, 5).last().isEqualTo("last");
    }

    @Test
    void whatHasWaitedForTooLongIsNotSentAnyMore() {
        Process a = process("a", KEY);
        byte[] data = "old".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 4; i++) {
            a.sealing.outgoing("b", data, 0, data.length);
            now += 1_000_000_000;
        }
        Process b = process("b", KEY);
        a.send(b, "new");
        assertThat(b.got).containsExactly("new");
    }

    @Test
    void tenThousandMadeUpSendersEndNoWayToAMember() {
        Process a = process("a", KEY);
        Process b = process("b", KEY);
        a.send(b, "first");
        byte[] unknown = {5, 1, 2, 3, 4};
        byte[] refused = Arrays.copyOf(new byte[] {4}, 3 + Greeting.RANDOM);
        for (int i = 0; i < 20_000; i++) {
            a.sealing.incoming("x" + i, unknown);
            a.sealing.incoming("y" + i, refused);
        }
        // Without another greeting.
        assertThat(a.sealing.welcomedBy("b")).isNotNull();
    }

    @Test
    void itsOwnGreetingIsNoMembers() {
        Process a = process("a", KEY);
        byte[] greeting = a.sealing.outgoing("b", new byte[1], 0, 1).get(0);
        assertThat(a.sealing.incoming("b", greeting).replies()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void noDamagedPacketIsTakenForASoundOne(boolean secret) {
        Process a = process("a", secrets(secret));
        Process b = process("b", secrets(secret));
        a.send(b, "to b");
        b.send(a, "to a");
        List<byte[]> sound = new ArrayList<>(b.cameFromOther);
        sound.addAll(a.cameFromOther);
        byte[] unread = a.sealing.outgoing("b", new byte[40], 0, 40).get(0);
        sound.add(unread);
        Random random = new Random(2);
        for (int i = 0; i < PACKETS; i++) {
            byte[] packet = damaged(sound.get(random.nextInt(sound.size())), random);
            assertThat(b.sealing.incoming("a", packet).payload())
                    .as("packet %d", i)
                    .isNull();
        }
        b.take(a, unread, new ArrayDeque<>());
        a.send(b, "still here");
        assertThat(b.got).hasSize(3).last().isEqualTo("still here");
    }

    @Test
    void randomPacketsBringNothingAndAreAnsweredBySmallOnes() {
        Process b = process("b", KEY);
        Random random = new Random(3);
        for (int i = 0; i < PACKETS; i++) {
            byte[] packet = new byte[random.nextInt(i % 100 == 0 ? 65_536 : 300)];
            random.nextBytes(packet);
            if (packet.length > 0 && random.nextBoolean()) {
                packet[0] = (byte) random.nextInt(7);
            }
            Sealing.Arrived arrived = b.sealing.incoming("x" + random.nextInt(1_000), packet);
            assertThat(arrived.payload()).isNull();
            assertThat(arrived.replies().stream()
                            .mapToInt(reply -> reply.length)
                            .sum())
                    .isLessThan(20);
        }
    }

    private static byte[] damaged(byte[] sound, Random random) {
        byte[] bytes = sound.clone();
        switch (random.nextInt(4)) {
            case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + random.nextInt(9));
            default -> {
                int from = random.nextInt(bytes.length);
                bytes[from] ^= (byte) (1 + random.nextInt(255));
                for (int i = from + 1; i < bytes.length; i++) {
                    bytes[i] = (byte) random.nextInt();
                }
            }
        }
        return bytes;
    }
}
