package dev.holdfast.peer.wire;

import java.util.Arrays;
import org.jgroups.Address;
import org.jgroups.PhysicalAddress;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.protocols.PerDestinationBundler;
import org.jgroups.protocols.UDP;

/**
 * JGroups' UDP, with every datagram sealed. What is meant for all members goes to each of them, with the seal of the way to it: a
 * datagram to a multicast group could only have a seal that all members can make, and nobody who joins would know which of them
 * have come before.
 */
public final class SealedUdp extends UDP {

    /**
     * Bytes of a datagram before it is sealed. UDP takes 65,507, but the network cuts a datagram to packets, and one of them lost is all lost.
     * What JGroups does not cut, the list of all members, must have room: here some hundred.
     */
    public static final int LARGEST = 16_000;

    private final SealedPackets packets;

    public SealedUdp(SealedPackets packets) {
        this.packets = packets;
        ipMcast(false);
        bundler = new PerDestinationBundler();
        bundler.setMaxSize(LARGEST);
        // 0: as the operating system gives; asking for more only gets a warning on most machines.
        setUcastRecvBufSize(0);
        setUcastSendBufSize(0);
        // Its headers are UDP's.
        setId(ClassConfigurator.getProtocolId(UDP.class));
    }

    @Override
    public void sendUnicast(PhysicalAddress dest, byte[] data, int offset, int length) throws Exception {
        packets.send(dest, data, offset, length, super::sendUnicast);
    }

    /** The array is the one into which the next datagram is read. */
    @Override
    public void receive(Address sender, byte[] data, int offset, int length) {
        packets.open(sender, Arrays.copyOfRange(data, offset, offset + length), super::receive, super::sendUnicast);
    }
}
