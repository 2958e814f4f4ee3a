package dev.holdfast.benchmarks.stores;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/** A request of as many bytes and its answer over a TCP connection on loopback, a connection and a thread behind it for each user. */
final class BareTcp implements StoreWork {

    /** What a save says besides its attributes: so much for each, so much for all. */
    private static final int FOR_EACH = 12;

    private static final int FOR_ALL = 70;
    private static final int ANSWER = 60;

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicLong sent = new AtomicLong();

    BareTcp() throws IOException {
        Thread acceptor = new Thread(this::accept, "bare-acceptor");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread answering = new Thread(() -> answer(socket), "bare-server");
                answering.setDaemon(true);
                answering.start();
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private static void answer(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] buffer = new byte[20_000];
            byte[] answer = new byte[ANSWER];
            while (true) {
                in.readFully(buffer, 0, Integer.BYTES);
                int size = (buffer[0] & 0xFF) << 24
                        | (buffer[1] & 0xFF) << 16
                        | (buffer[2] & 0xFF) << 8
                        | buffer[3] & 0xFF;
                in.readFully(buffer, 0, size - Integer.BYTES);
                socket.getOutputStream().write(answer);
            }
        } catch (EOFException ended) {
            // by its user
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public User user(Random random, int kilobytes) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort());
        socket.setTcpNoDelay(true);
        int each = kilobytes * 1000 / ATTRIBUTES + FOR_EACH;
        byte[] one = request(random, each + FOR_ALL);
        byte[] all = request(random, ATTRIBUTES * each + FOR_ALL);
        OutputStream out = socket.getOutputStream();
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[ANSWER];
        return new User() {
            @Override
            public Object act(Operation operation) throws IOException {
                byte[] request = switch (operation) {
                    case SAVE -> one;
                    case CREATE -> all;
                    default -> throw new IllegalArgumentException("peers load without a message");
                };
                out.write(request);
                in.readFully(answer);
                sent.addAndGet(request.length + ANSWER);
                return answer;
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }

    private static byte[] request(Random random, int size) {
        byte[] request = Sessions.bytes(random, size);
        for (int i = 0; i < Integer.BYTES; i++) {
            request[i] = (byte) (size >>> 8 * (Integer.BYTES - 1 - i));
        }
        return request;
    }

    @Override
    public long bytesSent() {
        return sent.get();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
