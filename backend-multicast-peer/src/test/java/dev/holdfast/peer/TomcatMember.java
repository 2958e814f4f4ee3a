package dev.holdfast.peer;

import org.apache.catalina.tribes.Channel;
import org.apache.catalina.tribes.group.GroupChannel;
import org.apache.catalina.tribes.membership.McastService;
import org.apache.catalina.tribes.transport.nio.NioReceiver;

/** A member of a cluster of Tomcats. Arguments: multicast address and port. For each line that it is given, it prints how many others it sees. */
final class TomcatMember {

    private TomcatMember() {}

    public static void main(String[] arguments) throws Exception {
        McastService membership = new McastService();
        membership.setAddress(arguments[0]);
        membership.setPort(Integer.parseInt(arguments[1]));
        membership.setBind("127.0.0.1");
        membership.setFrequency(50);
        NioReceiver receiver = new NioReceiver();
        receiver.setAddress("127.0.0.1");
        GroupChannel channel = new GroupChannel();
        channel.setMembershipService(membership);
        channel.setChannelReceiver(receiver);
        channel.start(Channel.DEFAULT);
        while (System.in.read() >= 0) {
            System.out.println(channel.getMembers().length);
        }
        System.exit(0);
    }
}
