package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.peer.GroupPing.Packet;
import dev.holdfast.peer.wire.MemberKeys;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class GroupPingTest {

    private static final MemberKeys KEYS = new MemberKeys(List.of(), "hfabc");
    private static final MemberKeys WITH_SECRET = new MemberKeys(List.of(new byte[32]), "hfabc");

    private static final byte[] CONTENT = {1, 2, 3, 4, 5};
    private final byte[] packet = GroupPing.sealed(KEYS, "hfabc", CONTENT, CONTENT.length);

    @Test
    void aPacketOfTheClusterIsOurs() {
        assertThat(GroupPing.opened(KEYS, "hfabc", packet, packet.length)).isEqualTo(Packet.OURS);
    }

    @Test
    void anotherClustersIsPassedOver() {
        assertThat(GroupPing.opened(KEYS, "hfabd", packet, packet.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
        assertThat(GroupPing.opened(KEYS, "hfabcd", packet, packet.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
        assertThat(GroupPing.opened(KEYS, "", packet, packet.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
        byte[] empty = GroupPing.sealed(KEYS, "", new byte[0], 0);
        assertThat(GroupPing.opened(KEYS, "hfabc", empty, empty.length)).isEqualTo(Packet.OF_ANOTHER_CLUSTER);
    }

    @Test
    void withASecretOnlyItsOwnersAreOurs() {
        byte[] sealed = GroupPing.sealed(WITH_SECRET, "hfabc", CONTENT, CONTENT.length);
        assertThat(GroupPing.opened(WITH_SECRET, "hfabc", sealed, sealed.length))
                .isEqualTo(Packet.OURS);
        assertThat(GroupPing.opened(KEYS, "hfabc", sealed, sealed.length)).isEqualTo(Packet.OF_ANOTHER_SECRET);
        assertThat(GroupPing.opened(WITH_SECRET, "hfabc", packet, packet.length))
                .isEqualTo(Packet.OF_ANOTHER_SECRET);
        assertThat(GroupPing.opened(WITH_SECRET, "hfxyz", packet, packet.length))
                .isEqualTo(Packet.OF_ANOTHER_CLUSTER);
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
            assertThat(GroupPing.opened(KEYS, "hfabc", bytes, bytes.length)).isEqualTo(Packet.STRANGE);
        }
        for (int length = 0; length < packet.length; length++) {
            assertThat(GroupPing.opened(KEYS, "hfabc", Arrays.copyOf(packet, length), length))
                    .isEqualTo(Packet.STRANGE);
        }
    }
}
