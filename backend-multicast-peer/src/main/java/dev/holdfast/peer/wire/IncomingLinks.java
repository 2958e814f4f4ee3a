package dev.holdfast.peer.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections over which others send to this member, each with a thread that reads from it. Thread-safe. */
final class IncomingLinks {

    /** A session of the largest size, and what goes with it. */
    private static final int MOST_BYTES = 20 << 20;

    private static final int MOST_BYTES_OF_A_STRANGER = 1_000;
    private static final int MOST_CONNECTIONS = 1_000;
    private static final int GREETING_MILLIS = 5_000;

    private static final Logger log = LoggerFactory.getLogger(IncomingLinks.class);

    private final ServerSocket server;
    private final Sealing sealing;
    private final Links.Listener listener;
    /** By the connection; no UUID of a member before it has sent something. */
    private final ConcurrentMap<Socket, UUID> connections = new ConcurrentHashMap<>();

    private static final UUID STRANGER = new UUID(0, 0);

    IncomingLinks(InetAddress address, List<Integer> ports, Sealing sealing, Links.Listener listener)
            throws IOException {
        this.sealing = sealing;
        this.listener = listener;
        server = open(address, ports);
    }

    private static ServerSocket open(InetAddress address, List<Integer> ports) throws IOException {
        IOException last = new IOException("no port to try");
        for (int port : ports) {
            ServerSocket server = new ServerSocket();
            try {
                server.bind(new InetSocketAddress(address, port));
                return server;
            } catch (IOException e) {
                server.close();
                last = e;
            }
        }
        throw last;
    }

    int port() {
        return server.getLocalPort();
    }

    /** Until it is closed. */
    void accept(Consumer<Runnable> newThread) {
        while (!server.isClosed()) {
            Socket socket;
            try {
                socket = server.accept();
            } catch (IOException e) {
                if (!server.isClosed()) {
                    listener.trouble("a connection could not be accepted: " + e.getMessage());
                }
                continue;
            }
            if (connections.size() >= MOST_CONNECTIONS) {
                close(socket);
                listener.trouble(MOST_CONNECTIONS + " connections are open; closed another one");
            } else {
                connections.put(socket, STRANGER);
                newThread.accept(() -> serve(socket));
            }
        }
    }

    private void serve(Socket socket) {
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            read(socket);
        } catch (IOException e) {
            log.debug("the link from {} ended", socket, e);
        } finally {
            connections.remove(socket);
            close(socket);
            sealing.forget(socket);
        }
    }

    private void read(Socket socket) throws IOException {
        long begin = System.nanoTime();
        socket.setSoTimeout(GREETING_MILLIS);
        Frames frames = new Frames(MOST_BYTES_OF_A_STRANGER);
        boolean known = false;
        while (known || System.nanoTime() - begin < GREETING_MILLIS * 1_000_000L) {
            ByteBuffer room = frames.room();
            int count = socket.getInputStream().read(room.array(), room.position(), room.remaining());
            if (count < 0) {
                return;
            }
            frames.came(count);
            if (take(socket, frames) && !known) {
                known = true;
                socket.setSoTimeout(0);
            }
        }
    }

    /** @return whether a member has sent any of it */
    private boolean take(Socket socket, Frames frames) throws IOException {
        AtomicBoolean known = new AtomicBoolean();
        AtomicReference<@Nullable IOException> failed = new AtomicReference<>();
        listener.together(() -> {
            try {
                for (byte[] packet = frames.next(); packet != null; packet = frames.next()) {
                    if (arrived(socket, packet) && known.compareAndSet(false, true)) {
                        frames.allow(MOST_BYTES);
                    }
                }
            } catch (IOException e) {
                failed.set(e);
            }
        });
        IOException failure = failed.get();
        if (failure != null) {
            throw failure;
        }
        return known.get();
    }

    /** @return whether a member has sent it */
    private boolean arrived(Socket socket, byte[] packet) throws IOException {
        Sealing.Arrived arrived = sealing.incoming(socket, packet);
        if (arrived.refused() != null) {
            listener.refused(arrived.refused());
        }
        if (!arrived.replies().isEmpty()) {
            OutputStream out = socket.getOutputStream();
            out.write(Frames.of(arrived.replies()).array());
        }
        if (arrived.strange() != null) {
            listener.strange(arrived.strange() + " from " + socket.getRemoteSocketAddress());
            throw new IOException(arrived.strange());
        }
        byte[] payload = arrived.payload();
        byte[] instance = arrived.from();
        if (payload == null || instance == null) {
            return false;
        }
        ByteBuffer id = ByteBuffer.wrap(instance);
        UUID member = new UUID(id.getLong(), id.getLong());
        UUID before = connections.put(socket, member);
        if (before == null) {
            // Closed meanwhile.
            connections.remove(socket);
            throw new IOException("closed");
        }
        if (!before.equals(STRANGER) && !before.equals(member)) {
            throw new IOException("another member");
        }
        if (arrived.length() > 0) {
            listener.received(member, payload, arrived.offset(), arrived.length());
        }
        return true;
    }

    /** Ends the connections of all others. */
    void retain(Collection<UUID> members) {
        connections.forEach((socket, member) -> {
            if (!member.equals(STRANGER) && !members.contains(member)) {
                close(socket);
            }
        });
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is of no use any more either way.
        }
    }

    void close() {
        try {
            server.close();
        } catch (IOException e) {
            listener.trouble("the port of connections could not be closed: " + e.getMessage());
        }
        connections.keySet().forEach(IncomingLinks::close);
    }
}
