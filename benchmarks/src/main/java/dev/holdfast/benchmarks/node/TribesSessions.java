package dev.holdfast.benchmarks.node;

import org.apache.catalina.Context;
import org.apache.catalina.ha.session.BackupManager;
import org.apache.catalina.ha.session.ClusterManagerBase;
import org.apache.catalina.ha.session.DeltaManager;
import org.apache.catalina.ha.tcp.ReplicationValve;
import org.apache.catalina.ha.tcp.SimpleTcpCluster;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.tribes.Channel;
import org.apache.catalina.tribes.group.GroupChannel;
import org.apache.catalina.tribes.group.interceptors.TcpFailureDetector;
import org.apache.catalina.tribes.membership.McastService;
import org.apache.catalina.tribes.transport.nio.NioReceiver;

/**
 * Tomcat's own cluster, set up as its manual shows, but synchronous: an answer waits until the others have acknowledged the change.
 * Settings: {@code delta} or {@code backup}, and the multicast port, which the nodes of a cluster share.
 */
public final class TribesSessions implements BenchNode.Sessions {
    @Override
    public void install(Tomcat tomcat, Context context, String[] settings) {
        McastService membership = new McastService();
        membership.setAddress("228.0.0.4");
        membership.setPort(Integer.parseInt(settings[1]));
        membership.setBind("127.0.0.1");
        NioReceiver receiver = new NioReceiver();
        receiver.setAddress("127.0.0.1");
        GroupChannel channel = new GroupChannel();
        channel.setMembershipService(membership);
        channel.setChannelReceiver(receiver);
        channel.addInterceptor(new TcpFailureDetector());
        SimpleTcpCluster cluster = new SimpleTcpCluster();
        cluster.setChannel(channel);
        cluster.setChannelSendOptions(Channel.SEND_OPTIONS_SYNCHRONIZED_ACK | Channel.SEND_OPTIONS_USE_ACK);
        cluster.addValve(new ReplicationValve());
        ClusterManagerBase manager;
        if (settings[0].equals("delta")) {
            manager = new DeltaManager();
        } else {
            BackupManager backup = new BackupManager();
            backup.setMapSendOptions(Channel.SEND_OPTIONS_SYNCHRONIZED_ACK | Channel.SEND_OPTIONS_USE_ACK);
            manager = backup;
        }
        cluster.setManagerTemplate(manager);
        tomcat.getEngine().setCluster(cluster);
        context.setDistributable(true);
    }
}
