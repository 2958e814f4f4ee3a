package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Makes sockets, plain or with TLS, within a time that all addresses of a host share. Thread-safe. */
final class Dialer {

    private final Optional<SSLSocketFactory> tls;
    private final Names names;
    private final Watch watch;

    Dialer(Optional<SSLSocketFactory> tls, Names names, Watch watch) {
        this.tls = tls;
        this.names = names;
        this.watch = watch;
    }

    /**
     * A connection on which nothing has been said yet. Blocks until {@code deadlineNanos}, and a little longer if TLS is stuck
     * in a write.
     */
    Wire dial(Address address, long deadlineNanos) throws Unreachable {
        InetAddress[] hosts;
        try {
            hosts = names.of(address.host(), deadlineNanos);
        } catch (UnknownHostException e) {
            throw new Unreachable(Reason.REFUSED, address + ": no such host (or no answer of the name server)", e);
        } catch (TimeoutException e) {
            throw new Unreachable(Reason.SLOW, address + ": the name server does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unreachable(Reason.SLOW, address + ": interrupted while its name was looked up", e);
        }
        Unreachable last = new Unreachable(Reason.REFUSED, address + ": no address", null);
        for (int i = 0; i < hosts.length; i++) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                break;
            }
            try {
                return dial(address, hosts[i], System.nanoTime() + left / (hosts.length - i));
            } catch (Unreachable e) {
                last = e;
            }
        }
        throw last;
    }

    private Wire dial(Address address, InetAddress host, long deadlineNanos) throws Unreachable {
        TimedSocket plain = new TimedSocket();
        boolean connected = false;
        Wire wire = null;
        try {
            plain.setTcpNoDelay(true);
            plain.setKeepAlive(true);
            plain.until(deadlineNanos);
            long millis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            plain.connect(new InetSocketAddress(host, address.port()), (int)
                    Math.min(Integer.MAX_VALUE, Math.max(1, millis)));
            connected = true;
            watch.add(plain);
            Socket socket = tls.isPresent() ? shaken(tls.get(), plain, address) : plain;
            wire = new Wire(address, plain, socket, watch);
            return wire;
        } catch (IOException e) {
            if (!connected) {
                throw unconnected(address, e);
            }
            Unreachable problem = explained(
                    address, e, "if the port does not speak TLS write redis instead of rediss in the address");
            // A Redis without TLS takes the greeting for the beginning of a command, and waits for the rest.
            throw problem.reason() == Reason.SLOW && tls.isPresent()
                    ? new Unreachable(
                            Reason.SLOW,
                            problem.getMessage() + "; if the port does not speak TLS write redis instead of rediss",
                            e)
                    : problem;
        } finally {
            if (wire == null) {
                watch.remove(plain);
                close(plain);
            }
        }
    }

    private static SSLSocket shaken(SSLSocketFactory factory, TimedSocket plain, Address address) throws IOException {
        SSLSocket socket = (SSLSocket) factory.createSocket(plain, address.host(), address.port(), true);
        SSLParameters parameters = socket.getSSLParameters();
        // The name in the certificate must be that of the host; without this any trusted certificate would do.
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }

    private static Unreachable unconnected(Address address, IOException e) {
        if (e instanceof SocketTimeoutException) {
            return new Unreachable(
                    Reason.SLOW,
                    address + ": no connection in time; is it running, and does a firewall drop packets?",
                    e);
        }
        return new Unreachable(
                Reason.REFUSED,
                address + ": no connection (" + e.getMessage() + "); is it running, are host and port right?",
                e);
    }

    /** For what went wrong after there was a connection that {@link #dial} gave away: most likely while logging in. */
    Unreachable explained(Address address, Throwable thrown) {
        return explained(
                address,
                thrown,
                tls.isPresent()
                        ? "if it asks for a client's certificate set tls-auth-clients no there"
                        : "if the port speaks TLS write rediss instead of redis in the address");
    }

    private static Unreachable explained(Address address, Throwable thrown, String whyEnded) {
        SSLException ssl = null;
        boolean timeout = false;
        boolean ended = false;
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            ssl = t instanceof SSLException found ? found : ssl;
            timeout |= t instanceof SocketTimeoutException;
            ended |= t instanceof EOFException || t instanceof SocketException;
        }
        if (timeout) {
            return new Unreachable(Reason.SLOW, address + ": connected, but no answer in time", thrown);
        }
        if (thrown instanceof Replies.OtherProtocol) {
            return new Unreachable(Reason.REFUSED, address + ": " + thrown.getMessage(), thrown);
        }
        if (ssl != null && !ended) {
            return new Unreachable(Reason.REFUSED, address + ": TLS failed: " + explained(ssl), thrown);
        }
        return new Unreachable(
                Reason.REFUSED, address + ": the server closed the connection before it answered; " + whyEnded, thrown);
    }

    private static String explained(SSLException e) {
        StringBuilder all = new StringBuilder();
        for (@Nullable Throwable t = e; t != null; t = t.getCause()) {
            all.append(t.getMessage()).append('\n');
        }
        String text = all.toString();
        if (text.contains("No subject alternative") || text.contains("No name matching")) {
            return "the certificate is for another host name; use the name that it was made for, or have one made for this name";
        }
        if (text.contains("PKIX")
                || text.contains("trustAnchors")
                || text.contains("unable to find valid certification path")) {
            return text.contains("validity check failed") || text.contains("NotAfter")
                    ? "the certificate has expired"
                    : "the certificate is not trusted; put its issuer's into the file that redis.trust-store names";
        }
        if (text.contains("certificate_required")
                || text.contains("bad_certificate")
                || text.contains("handshake_failure")) {
            return "the server asks for a client's certificate; set tls-auth-clients no there";
        }
        if (text.contains("Unsupported or unrecognized SSL message") || text.contains("plaintext connection")) {
            return "the port does not speak TLS; write redis instead of rediss in the address";
        }
        return String.valueOf(e.getMessage());
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It was of no use anyway; what is wrong has been told by another exception.
        }
    }
}
