package dev.holdfast.memcached.servers;

import dev.holdfast.spi.servers.Ports;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A port of 127.0.0.1 whose connections lead to a server, and are cut on the way. Knows no protocol. Thread-safe; all its
 * threads are daemons, and end with {@link #close}.
 */
public final class CuttingProxy implements AutoCloseable {

    private static final int CHUNK = 16 * 1024;
    private static final int CONNECT_MILLIS = 5_000;

    private final int serverPort;
    private final ServerSocket listener;

    /** Both ends of each connection. Guarded by this, as all that is not final. */
    private final Set<Socket> open = new HashSet<>();

    private boolean dropsNextAnswer;
    private boolean isCutOff;
    private volatile long delayNanos;
    private long connections;

    private CuttingProxy(int serverPort, ServerSocket listener) {
        this.serverPort = serverPort;
        this.listener = listener;
    }

    /** A proxy that does no harm yet. The caller closes it. */
    public static CuttingProxy before(MemcachedServer server) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free(false)));
            CuttingProxy proxy = new CuttingProxy(server.port(), listener);
            start("accept", proxy::accept);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Ends all connections that are open now. */
    public synchronized void cut() {
        List.copyOf(open).forEach(this::end);
    }

    /** Ends all connections, and every new one at once, until {@link #heal}. */
    public synchronized void cutOff() {
        isCutOff = true;
        cut();
    }

    public synchronized void heal() {
        isCutOff = false;
    }

    /** Keeps back each answer for as long, as a network between would. */
    public void delay(Duration each) {
        delayNanos = each.toNanos();
    }

    /** The next thing that the server sends on any connection is kept back, and that connection ended. */
    public synchronized void dropNextAnswer() {
        dropsNextAnswer = true;
    }

    /** How many connections have been made so far. */
    public synchronized long connections() {
        return connections;
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket();
                synchronized (this) {
                    connections++;
                    if (isCutOff) {
                        client.close();
                        continue;
                    }
                    open.add(client);
                    open.add(server);
                }
                start("connection", () -> serve(client, server));
            } catch (IOException closed) {
                // by close(), or the client was gone already
            }
        }
    }

    private void serve(Socket client, Socket server) {
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort), CONNECT_MILLIS);
            start("answers", () -> carry(server, client, true));
            carry(client, server, false);
        } catch (IOException e) {
            // the server is away, or the connection was cut
        } finally {
            end(client);
            end(server);
        }
    }

    private void carry(Socket from, Socket to, boolean answers) {
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            byte[] chunk = new byte[CHUNK];
            int length;
            while ((length = in.read(chunk)) >= 0 && !(answers && takeDrop())) {
                if (answers && delayNanos > 0) {
                    LockSupport.parkNanos(delayNanos);
                }
                out.write(chunk, 0, length);
            }
        } catch (IOException e) {
            // one side has ended the connection: the other one learns it
        } finally {
            end(from);
            end(to);
        }
    }

    private synchronized boolean takeDrop() {
        boolean drops = dropsNextAnswer;
        dropsNextAnswer = false;
        return drops;
    }

    private void end(Socket socket) {
        synchronized (this) {
            open.remove(socket);
        }
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more, closed or not
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "cutting-proxy-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
