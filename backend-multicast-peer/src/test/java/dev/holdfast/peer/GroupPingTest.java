package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.peer.GroupPing.Packet;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupPingTest {

    private static final byte[] CONTENT = {1, 2, 3, 4, 5};
    private final byte[] packet = GroupPing.sealed("hfabc", CONTENT, CONTENT.length);

    @Test
    void aPacketOfTheClusterIsOurs() {
        assertThat(GroupPing.opened("hfabc", packet, packet.length)).isEqualTo(Packet.OURS);
    }

    @Test
    void anotherClustersIsPassedOver() {
        assertThat(GroupPing.opened("hfabd", packet, packet.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
        assertThat(GroupPing.opened("hfabcd", packet, packet.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
        assertThat(GroupPing.opened("", packet, packet.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
        byte[] empty = GroupPing.sealed("", new byte[0], 0);
        assertThat(GroupPing.opened("hfabc", empty, empty.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
    }

    @Test
    void everythingElseIsStrange() {
        Random random = new Random(5);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = packet.clone();
            if (i % 2 == 0) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                bytes = new byte[random.nextInt(60)];
                random.nextBytes(bytes);
            }
            assertThat(GroupPing.opened("hfabc", bytes, bytes.length)).isEqualTo(Packet.STRANGE);
        }
        for (int length = 0; length < packet.length; length++) {
            assertThat(GroupPing.opened("hfabc", Arrays.copyOf(packet, length), length))
                    .isEqualTo(Packet.STRANGE);
        }
    }
}
