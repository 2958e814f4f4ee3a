package dev.holdfast.memcached.servers;

import dev.holdfast.spi.servers.Ports;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A port of 127.0.0.1 that asks for a password by SASL PLAIN in the binary protocol, as a memcached with {@code -S} does, and
 * then leads to a server without one. All its threads are daemons.
 */
public final class SaslGate implements AutoCloseable {

    private static final int HEADER = 24;
    private static final byte VERSION = 0x0b;
    private static final byte SASL_AUTH = 0x21;
    private static final short OK = 0;
    private static final short AUTH_ERROR = 0x20;

    private final int serverPort;
    private final ServerSocket listener;
    private final byte[] expected;

    private SaslGate(int serverPort, ServerSocket listener, byte[] expected) {
        this.serverPort = serverPort;
        this.listener = listener;
        this.expected = expected;
    }

    public static SaslGate before(MemcachedServer server, String user, String password) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Ports.free(false)));
            byte[] expected = ("PLAIN\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
            SaslGate gate = new SaslGate(server.port(), listener, expected);
            start(gate::accept);
            return gate;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return listener.getLocalPort();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                start(() -> serve(client));
            } catch (IOException e) {
                // closed, or the client was gone already
            }
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), serverPort)) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            boolean authenticated = false;
            while (!authenticated) {
                ByteBuffer header = ByteBuffer.wrap(in.readNBytes(HEADER));
                if (header.limit() < HEADER) {
                    return;
                }
                byte[] body = in.readNBytes(header.getInt(8));
                authenticated = header.get(1) == SASL_AUTH && Arrays.equals(body, expected);
                answer(client.getOutputStream(), header, authenticated || header.get(1) == VERSION);
            }
            start(() -> {
                try (client) {
                    server.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException e) {
                    // one side has ended the connection
                }
            });
            in.transferTo(server.getOutputStream());
        } catch (IOException e) {
            // one side has ended the connection
        }
    }

    private static void answer(OutputStream out, ByteBuffer request, boolean ok) throws IOException {
        byte[] text = (ok ? "Authenticated" : "Auth failure.").getBytes(StandardCharsets.US_ASCII);
        out.write(ByteBuffer.allocate(HEADER + text.length)
                .put((byte) 0x81)
                .put(request.get(1))
                .putInt(2, 0)
                .putShort(6, ok ? OK : AUTH_ERROR)
                .putInt(8, text.length)
                .putInt(12, request.getInt(12))
                .position(HEADER)
                .put(text)
                .array());
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "sasl-gate");
        thread.setDaemon(true);
        thread.start();
    }
}
