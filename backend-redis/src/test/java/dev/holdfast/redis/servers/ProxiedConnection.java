package dev.holdfast.redis.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.atomic.LongAdder;

/** One connection through a {@link FaultProxy}: a thread carries requests, another one answers. When one ends, all ends. */
final class ProxiedConnection {

    private static final int CONNECT_MILLIS = 5_000;
    private static final int CHUNK = 16 * 1024;

    private final FaultProxy proxy;
    private final Socket client;
    private final Socket server = new Socket();
    private volatile boolean ended;

    /** The number of the request, from 1, whose answer must not arrive; set before the request is passed on. */
    private volatile long dropped = Long.MAX_VALUE;

    ProxiedConnection(FaultProxy proxy, Socket client) {
        this.proxy = proxy;
        this.client = client;
    }

    boolean hasEnded() {
        return ended;
    }

    /** Idempotent; for any thread. */
    void end() {
        ended = true;
        closeQuietly(client);
        closeQuietly(server);
        proxy.ended(this);
    }

    void carryRequests(int serverPort) {
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), serverPort), CONNECT_MILLIS);
            proxy.start("to-client", this::carryAnswers);
            RespMessages messages = new RespMessages();
            long requests = 0;
            byte[] chunk = new byte[CHUNK];
            int length;
            while ((length = client.getInputStream().read(chunk)) >= 0) {
                for (int at = 0; messages != null && at >= 0 && at < length; ) {
                    try {
                        at = messages.next(chunk, at, length);
                        if (at >= 0) {
                            requests++;
                            if (dropped == Long.MAX_VALUE && proxy.takeDrop(messages.commandName())) {
                                dropped = requests;
                            }
                        }
                    } catch (IOException e) {
                        // TLS: passes as it is
                        messages = null;
                    }
                }
                proxy.awaitPassage(this, false);
                if (!pass(chunk, length, server, proxy.bytesToServer)) {
                    return;
                }
            }
        } catch (IOException e) {
            // one side has ended the connection, or the server is not there: the other side learns it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    private void carryAnswers() {
        try {
            RespMessages messages = new RespMessages();
            long answers = 0;
            byte[] chunk = new byte[CHUNK];
            int length;
            while ((length = server.getInputStream().read(chunk)) >= 0) {
                int passing = length;
                boolean dropping = false;
                for (int at = 0; messages != null && at < length && !dropping; ) {
                    try {
                        int end = messages.next(chunk, at, length);
                        // what the server pushes of its own accord answers nothing
                        boolean isAnswer = messages.type() != '>';
                        if (isAnswer && answers + 1 == dropped) {
                            passing = Math.min(passing, at);
                            dropping = end >= 0;
                        }
                        answers += isAnswer && end >= 0 ? 1 : 0;
                        at = end >= 0 ? end : length;
                    } catch (IOException e) {
                        messages = null;
                    }
                }
                proxy.awaitPassage(this, true);
                if (passing > 0 && !pass(chunk, passing, client, proxy.bytesToClients)) {
                    return;
                }
                if (dropping) {
                    // counted first: whoever sees the end finds it counted
                    proxy.dropped();
                    return;
                }
            }
        } catch (IOException e) {
            // one side has ended the connection: the other side learns it
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            end();
        }
    }

    /** Returns false if the connection was cut within this piece. */
    private boolean pass(byte[] chunk, int length, Socket to, LongAdder counter) throws IOException {
        int passing = proxy.lengthToPass(length);
        counter.add(passing);
        to.getOutputStream().write(chunk, 0, passing);
        return passing == length;
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // it is of no use any more, closed or not
        }
    }
}
