package dev.holdfast.peer;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.SocketException;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jgroups.BytesMessage;
import org.jgroups.Message;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.MPING;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;

/**
 * Finds members by multicast, and does not mind who else uses the group. JGroups' own reads every packet there as a message of
 * its own, believes the lengths in it, and logs an error for each: with a Tomcat cluster on this group (its default is ours)
 * that is two per second. Here a packet begins with a mark, the cluster's name and a checksum; another cluster's is passed
 * over, anything else is counted.
 */
final class GroupPing extends MPING {

    /** What {@link #opened} found. */
    enum Packet {
        OURS,
        OF_ANOTHER_CLUSTER,
        STRANGE
    }

    private static final byte[] MARK = {'H', 'F', 'P', 1};
    private static final int LARGEST = 65_507;

    private final String cluster;
    private final Consumer<String> strange;

    /** @param strange told of who sent a packet that is none of ours; often, if there are many */
    GroupPing(String cluster, Consumer<String> strange) {
        this.cluster = cluster;
        this.strange = strange;
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
            message.writeTo(out);
            byte[] packet = sealed(cluster, out.buffer(), out.position());
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
        switch (opened(cluster, bytes, packet.getLength())) {
            case OURS -> {
                int start = start(cluster);
                BytesMessage message = new BytesMessage();
                message.readFrom(new ByteArrayDataInputStream(bytes, start, packet.getLength() - start - 4));
                // Before this member has begun to connect it has nothing to tell, and JGroups would log a warning for
                // each
                // packet. Who asks asks again.
                if (cluster_name != null && !message.getSrc().equals(local_addr)) {
                    up(message);
                }
            }
            case OF_ANOTHER_CLUSTER -> log.trace("passed over another cluster's packet");
            case STRANGE -> strange.accept(String.valueOf(packet.getSocketAddress()));
        }
    }

    private static int start(String cluster) {
        return MARK.length + 1 + cluster.length();
    }

    static byte[] sealed(String cluster, byte[] content, int length) {
        WireWriter out = new WireWriter(length + 64);
        out.raw(MARK);
        out.oneByte(cluster.length());
        for (int i = 0; i < cluster.length(); i++) {
            out.oneByte(cluster.charAt(i));
        }
        for (int i = 0; i < length; i++) {
            out.oneByte(content[i]);
        }
        int checksum = checksum(out.toByteArray(), out.size());
        for (int shift = 24; shift >= 0; shift -= 8) {
            out.oneByte(checksum >>> shift);
        }
        return out.toByteArray();
    }

    static Packet opened(String cluster, byte[] bytes, int length) {
        if (length < MARK.length + 1 + 4) {
            return Packet.STRANGE;
        }
        for (int i = 0; i < MARK.length; i++) {
            if (bytes[i] != MARK[i]) {
                return Packet.STRANGE;
            }
        }
        int checksum = 0;
        for (int i = length - 4; i < length; i++) {
            checksum = checksum << 8 | (bytes[i] & 0xff);
        }
        if (checksum != checksum(bytes, length - 4)) {
            return Packet.STRANGE;
        }
        boolean same = bytes[MARK.length] == cluster.length() && length >= start(cluster) + 4;
        for (int i = 0; same && i < cluster.length(); i++) {
            same = bytes[MARK.length + 1 + i] == (byte) cluster.charAt(i);
        }
        return same ? Packet.OURS : Packet.OF_ANOTHER_CLUSTER;
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
