package dev.holdfast.memcached.node;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/**
 * Asks a server for its version, over a connection that is closed after that: so that a server that is down costs neither
 * threads nor the errors with stack traces that xmemcached logs when it cannot connect.
 */
final class Knock {

    private static final byte[] TEXT = "version\r\n".getBytes(StandardCharsets.US_ASCII);

    /** Magic of requests, opcode of version, no more. A server with a password answers this too. */
    private static final byte[] BINARY = new byte[24];

    static {
        BINARY[0] = (byte) 0x80;
        BINARY[1] = 0x0b;
    }

    private Knock() {}

    /** @throws StoreException if nothing is answered within the time, for connecting and for answering */
    static void at(InetSocketAddress address, NodeOptions.Protocol protocol, long timeoutMillis) {
        if (address.isUnresolved()) {
            throw new StoreException(Kind.UNAVAILABLE, "unknown host " + address.getHostString());
        }
        try (Socket socket = new Socket()) {
            socket.connect(address, (int) timeoutMillis);
            socket.setSoTimeout((int) timeoutMillis);
            socket.getOutputStream().write(protocol == NodeOptions.Protocol.BINARY ? BINARY : TEXT);
            if (socket.getInputStream().read() < 0) {
                throw new StoreException(Kind.UNAVAILABLE, "the server ends connections at once");
            }
        } catch (SocketTimeoutException e) {
            throw new StoreException(Kind.TIMEOUT, "no answer within " + timeoutMillis + " ms", e);
        } catch (IOException e) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot connect: " + e.getMessage(), e);
        }
    }
}
