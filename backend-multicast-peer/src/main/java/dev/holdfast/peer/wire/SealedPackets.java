package dev.holdfast.peer.wire;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.Version;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a transport of JGroups does with its packets, whatever carries them: seals those that go out, and opens those that come. The
 * two ends of a way are known by their addresses. Thread-safe.
 */
public final class SealedPackets {

    private static final Logger log = LoggerFactory.getLogger(SealedPackets.class);

    /** Puts a sealed packet on the network. */
    interface Sender {
        void send(PhysicalAddress to, byte[] packet, int offset, int length) throws Exception;
    }

    /** JGroups, which gets to see what a member of this cluster has sent. */
    interface Receiver {
        void receive(Address from, byte[] packet, int offset, int length);
    }

    private final Sealing sealing;
    private final Consumer<String> strange;
    private final Consumer<String> refused;
    private final LongAdder bytesSent = new LongAdder();

    /**
     * @param cluster its short name, equal on all members
     * @param settings those that must be equal on all members, for messages
     * @param strange told of packets that nobody of this cluster sends; often, if there are many
     * @param refused told of members that this one does not belong together with, and why; often
     */
    public SealedPackets(
            MemberKeys keys, String cluster, String settings, Consumer<String> strange, Consumer<String> refused) {
        sealing = new Sealing(
                keys,
                cluster,
                settings,
                Version.version & 0xffff,
                version -> Version.isBinaryCompatible((short) version),
                version -> Version.print((short) version),
                System::nanoTime,
                Sealing.newInstance());
        this.strange = strange;
        this.refused = refused;
    }

    /** Of all that this member has sent, JGroups' own messages and the seals included. */
    public long bytesSent() {
        return bytesSent.sum();
    }

    void send(PhysicalAddress to, byte[] data, int offset, int length, Sender by) throws Exception {
        send(to, sealing.outgoing(to, data, offset, length), by);
    }

    private void send(PhysicalAddress to, List<byte[]> packets, Sender by) throws Exception {
        for (byte[] packet : packets) {
            try {
                by.send(to, packet, 0, packet.length);
                bytesSent.add(packet.length);
            } catch (IOException e) {
                sealing.unreachable(to);
                throw e;
            }
        }
    }

    /** @param packet nobody else uses it any more */
    void open(Address from, byte[] packet, Receiver receiver, Sender by) {
        Sealing.Arrived arrived = sealing.incoming(from, packet);
        if (arrived.payload() != null) {
            receiver.receive(from, arrived.payload(), arrived.offset(), arrived.length());
        }
        if (arrived.strange() != null) {
            strange.accept(arrived.strange() + " from " + from);
        }
        if (arrived.refused() != null) {
            refused.accept(arrived.refused());
        }
        if (!arrived.replies().isEmpty() && from instanceof PhysicalAddress peer) {
            try {
                send(peer, arrived.replies(), by);
            } catch (Exception e) {
                log.debug("no answer to {}", from, e);
            }
        }
    }
}
