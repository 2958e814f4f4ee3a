package dev.holdfast.peer.wire;

import java.io.DataInput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.Consumer;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.TCP;

/**
 * JGroups' TCP, with every packet sealed. JGroups itself reads, from whoever reaches its port, headers by class, lengths, and
 * objects of classes that a message names; it gets to see only what a member of this cluster has sent.
 */
public final class SealedTcp extends TCP {

    /** Allocated for a packet before more of it has come. */
    private static final int PIECE = 64 << 10;

    private final SealedPackets packets;
    private final PortLog portLog;

    /** @param trouble told of connections that broke off or never became any; often */
    public SealedTcp(SealedPackets packets, Consumer<String> trouble) {
        this.packets = packets;
        portLog = new PortLog(trouble);
        // Its headers are TCP's.
        setId(ClassConfigurator.getProtocolId(TCP.class));
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
        packets.send(dest, data, offset, length, super::sendUnicast);
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
        packets.open(sender, packet, super::receive, super::sendUnicast);
    }
}
