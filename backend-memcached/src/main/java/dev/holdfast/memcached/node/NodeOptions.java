package dev.holdfast.memcached.node;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How to reach one memcached server.
 *
 * @param name names the node in messages; see {@link Node#name}
 * @param address the host name is resolved anew for each connection, so it may well be unresolved
 * @param timeout of each call, and of each step of connecting; at least a millisecond
 * @param credentials null: the server asks for none
 */
public record NodeOptions(
        String name,
        InetSocketAddress address,
        Duration timeout,
        Protocol protocol,
        @Nullable Credentials credentials) {

    /** 300 ms: a server in the same data center answers in one, and a user waits for several calls. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofMillis(300);

    /** What is spoken. Both can all that a {@link Node} does. */
    public enum Protocol {
        BINARY,
        TEXT
    }

    /**
     * For SASL PLAIN in the binary protocol, for memcached's own file of passwords ({@code -Y}) in the text protocol. They
     * cross the network as they are.
     */
    public record Credentials(String user, String password) {
        /** @throws IllegalArgumentException if either holds a character that the protocols end a name or password with */
        public Credentials {
            if (user.isEmpty() || (user + password).chars().anyMatch(Character::isISOControl) || user.contains(" ")) {
                throw new IllegalArgumentException("a user name is not empty, and neither it nor the password holds"
                        + " control characters; the user name no blanks");
            }
        }

        byte[] saslPlain() {
            return ("\0" + user + "\0" + password).getBytes(StandardCharsets.UTF_8);
        }

        byte[] text() {
            return (user + " " + password).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public String toString() {
            return user + ":…";
        }
    }

    /**
     * @throws IllegalArgumentException if the timeout is shorter than a millisecond or longer than a minute, or the password
     *     holds a blank, which memcached ends it with in the text protocol
     */
    public NodeOptions {
        if (timeout.toMillis() < 1 || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
            throw new IllegalArgumentException("timeout " + timeout + " is not between 1 ms and 1 min");
        }
        if (protocol == Protocol.TEXT
                && credentials != null
                && credentials.password().contains(" ")) {
            throw new IllegalArgumentException("the text protocol takes no password with a blank");
        }
    }

    /** Binary, with the default timeout, named by its address. */
    public static NodeOptions of(InetSocketAddress address) {
        return new NodeOptions(
                address.getHostString() + ":" + address.getPort(), address, DEFAULT_TIMEOUT, Protocol.BINARY, null);
    }
}
