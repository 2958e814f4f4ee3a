package dev.holdfast.spi.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports that nobody listens on at this moment. They are below those from which systems take the local ports of outgoing
 * connections: a server that was killed could otherwise not come back to its port, as a client that tries to connect to it
 * again and again can be given that very port as its own, and is then connected to itself.
 */
public final class Ports {

    private static final int LOWEST = 10_000;
    /** A Cluster node also listens on its port + 10000, which stays below 32768, where Linux begins with outgoing ones. */
    private static final int HIGHEST = 22_700;

    private static final int CLUSTER_BUS_OFFSET = 10_000;

    private Ports() {}

    public static int free(boolean withClusterBus) {
        for (int attempt = 0; attempt < 1000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
            if (isFree(port) && (!withClusterBus || isFree(port + CLUSTER_BUS_OFFSET))) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + LOWEST + " and " + HIGHEST);
    }

    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }
}
