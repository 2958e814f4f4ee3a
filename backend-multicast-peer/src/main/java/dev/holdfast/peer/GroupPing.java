package dev.holdfast.peer;

import dev.holdfast.peer.PeerSettings.Transport;
import dev.holdfast.peer.wire.MemberKeys;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.MPING;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;

/**
 * Finds members by multicast, and does not mind who else uses the group. JGroups' own reads every packet there as a message of
 * its own, believes the lengths in it, and logs an error for each: with a Tomcat cluster on this group (its default is ours)
 * that is two per second. Here a packet begins with a mark and the cluster's name and ends with seals; another cluster's is passed
 * over, anything else is counted.
 */
final class GroupPing extends MPING {

    /** What {@link #opened} found. */
    enum Packet {
        OURS,
        OF_ANOTHER_CLUSTER,
        OF_ANOTHER_SECRET,
        STRANGE
    }

    private static final byte[] MARK = {'H', 'F', 'P', 3};
    private static final int LARGEST = 65_507;

    private final MemberKeys keys;
    private final String cluster;
    private final Transport transport;
    private final Consumer<String> strange;
    private final Consumer<String> refused;

    /**
     * @param transport of this member; one that has another would be found, and never reached
     * @param strange told of who sent a packet that is none of ours; often, if there are many
     * @param refused told of members of this cluster that have another secret or transport; often
     */
    GroupPing(
            MemberKeys keys, String cluster, Transport transport, Consumer<String> strange, Consumer<String> refused) {
        this.keys = keys;
        this.cluster = cluster;
        this.transport = transport;
        this.strange = strange;
        this.refused = refused;
        // Its headers are MPING's.
        setId(ClassConfigurator.getProtocolId(MPING.class));
    }

    @Override
    protected void sendMcastDiscoveryRequest(Message message) {
        try {
            if (message.getSrc() == null) {
                message.setSrc(local_addr);
            }
            ByteArrayDataOutputStream out = new ByteArrayDataOutputStream(message.size() + 16);
            out.writeByte(transport.ordinal());
            message.writeTo(out);
            byte[] packet = sealed(keys, cluster, out.buffer(), out.position());
            mcast_send_sock.send(new DatagramPacket(packet, packet.length, mcast_addr, mcast_port));
        } catch (IOException e) {
            log.warn("%s: could not send to the multicast group %s:%d: %s", local_addr, mcast_addr, mcast_port, e);
        }
    }

    @Override
    public void run() {
        byte[] buffer = new byte[LARGEST];
        while (mcast_receive_sock != null && Thread.currentThread().equals(receiver)) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                mcast_receive_sock.receive(packet);
                received(packet);
            } catch (SocketException closed) {
                return;
            } catch (Exception | OutOfMemoryError e) {
                // A length in the message that nothing bounds: whoever knows the mark can still write nonsense behind
                // it.
                strange.accept(packet.getSocketAddress() + " (" + e + ")");
            }
        }
    }

    private void received(DatagramPacket packet) throws Exception {
        byte[] bytes = packet.getData();
        switch (opened(keys, cluster, bytes, packet.getLength())) {
            case OURS -> {
                int start = start(cluster);
                BytesMessage message = new BytesMessage();
                Integer end = keys.contentOf(bytes, packet.getLength());
                if (end == null || end == start) {
                    throw new IOException("nothing is in it");
                }
                if (bytes[start] != transport.ordinal()) {
                    refused.accept(packet.getSocketAddress()
                            + " looks for this cluster, but has another peer.transport; here it is " + transport);
                    return;
                }
                message.readFrom(new ByteArrayDataInputStream(bytes, start + 1, end - start - 1));
                // Before this member has begun to connect it has nothing to tell, and JGroups would log a warning for
                // each
                // packet. Who asks asks again.
                if (cluster_name != null && !message.getSrc().equals(local_addr)) {
                    up(message);
                }
            }
            case OF_ANOTHER_CLUSTER -> log.trace("passed over another cluster's packet");
            case OF_ANOTHER_SECRET ->
                refused.accept(packet.getSocketAddress()
                        + " looks for this cluster, but has another secret (the filter's setting secret), or only one of the"
                        + " two has one");
            case STRANGE -> strange.accept(String.valueOf(packet.getSocketAddress()));
        }
    }

    private static int start(String cluster) {
        return MARK.length + 1 + cluster.length();
    }

    static byte[] sealed(MemberKeys keys, String cluster, byte[] content, int length) {
        WireWriter out = new WireWriter(length + 64);
        out.raw(MARK);
        out.oneByte(cluster.length());
        out.raw(cluster.getBytes(StandardCharsets.US_ASCII));
        out.raw(Arrays.copyOf(content, length));
        return keys.sealed(out.toByteArray());
    }

    static Packet opened(MemberKeys keys, String cluster, byte[] bytes, int length) {
        for (int i = 0; i < MARK.length; i++) {
            if (length <= i || bytes[i] != MARK[i]) {
                return Packet.STRANGE;
            }
        }
        MemberKeys.Seals seals = keys.check(bytes, length);
        if (seals == MemberKeys.Seals.DAMAGED) {
            return Packet.STRANGE;
        }
        // Of another cluster the secret is not known: its name first.
        byte[] name = cluster.getBytes(StandardCharsets.US_ASCII);
        boolean same = bytes[MARK.length] == name.length && length >= start(cluster);
        for (int i = 0; same && i < name.length; i++) {
            same = bytes[MARK.length + 1 + i] == name[i];
        }
        if (!same) {
            return Packet.OF_ANOTHER_CLUSTER;
        }
        return seals == MemberKeys.Seals.OURS ? Packet.OURS : Packet.OF_ANOTHER_SECRET;
    }
}
