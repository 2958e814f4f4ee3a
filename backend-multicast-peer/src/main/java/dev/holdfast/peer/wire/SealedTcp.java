package dev.holdfast.peer.wire;

import java.io.DataInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.Version;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JGroups' TCP, with every packet sealed. JGroups itself reads, from whoever reaches its port, headers by class, lengths, and
 * objects of classes that a message names; it gets to see only what a member of this cluster has sent.
 */
public final class SealedTcp extends TCP {

    private static final Logger log = LoggerFactory.getLogger(SealedTcp.class);

    /** Allocated for a packet before more of it has come. */
    private static final int PIECE = 64 << 10;

    private final Sealing sealing;
    private final Consumer<String> strange;
    private final Consumer<String> refused;
    private final PortLog portLog;
    private final LongAdder bytesSent = new LongAdder();

    /**
     * @param cluster its short name, equal on all members
     * @param settings those that must be equal on all members, for messages
     * @param strange told of packets that nobody of this cluster sends; often, if there are many
     * @param refused told of members that this one does not belong together with, and why; often
     * @param trouble told of connections that broke off or never became any; often
     */
    public SealedTcp(
            MemberKeys keys,
            String cluster,
            String settings,
            Consumer<String> strange,
            Consumer<String> refused,
            Consumer<String> trouble) {
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
        portLog = new PortLog(trouble);
        // Its headers are TCP's.
        setId(ClassConfigurator.getProtocolId(TCP.class));
    }

    /** Of all that this member has sent, JGroups' own messages included. */
    public long bytesSent() {
        return bytesSent.sum();
    }

    @Override
    public void start() throws Exception {
        super.start();
        srv.log(portLog);
    }

    /**
     * Does nothing. JGroups' own closes, at each view, the connections to whoever is no member of it; one to a member whose address it
     * learns in that very moment it forgets without closing it (5.5.7, {@code BaseServer.retainAll}). The other side then
     * refuses each new connection, as it still has that one, and nothing from this member reaches it any more. Connections that
     * are not used are closed after a while instead.
     */
    @Override
    public void retainAll(Collection<Address> members) {}

    @Override
    public void sendUnicast(PhysicalAddress dest, byte[] data, int offset, int length) throws Exception {
        send(dest, sealing.outgoing(dest, data, offset, length));
    }

    private void send(PhysicalAddress dest, List<byte[]> packets) throws Exception {
        for (byte[] packet : packets) {
            try {
                super.sendUnicast(dest, packet, 0, packet.length);
                bytesSent.add(packet.length);
            } catch (IOException e) {
                sealing.unreachable(dest);
                throw e;
            }
        }
    }

    /** As much as has come is allocated, and not more: the length is anybody's word. */
    @Override
    public void receive(Address sender, DataInput in, int length) throws Exception {
        if (length < 0 || length > max_length) {
            // Nothing tells where the next packet begins: JGroups closes the connection.
            throw new IOException("a packet of " + length + " bytes from " + sender);
        }
        byte[] packet = new byte[Math.min(length, PIECE)];
        int come = 0;
        while (come < length) {
            if (come == packet.length) {
                packet = Arrays.copyOf(packet, (int) Math.min(length, 2L * packet.length));
            }
            int more = Math.min(packet.length - come, PIECE);
            in.readFully(packet, come, more);
            come += more;
        }
        open(sender, packet);
    }

    @Override
    public void receive(Address sender, byte[] data, int offset, int length) {
        open(sender, Arrays.copyOfRange(data, offset, offset + length));
    }

    private void open(Address sender, byte[] packet) {
        Sealing.Arrived arrived = sealing.incoming(sender, packet);
        if (arrived.payload() != null) {
            super.receive(sender, arrived.payload(), arrived.offset(), arrived.length());
        }
        if (arrived.strange() != null) {
            strange.accept(arrived.strange() + " from " + sender);
        }
        if (arrived.refused() != null) {
            refused.accept(arrived.refused());
        }
        if (!arrived.replies().isEmpty() && sender instanceof PhysicalAddress peer) {
            try {
                send(peer, arrived.replies());
            } catch (Exception e) {
                log.debug("no answer to {}", sender, e);
            }
        }
    }
}
