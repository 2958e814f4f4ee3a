package dev.holdfast.redis.server;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a server listens.
 *
 * @param host a name or a literal address, IPv6 without brackets
 * @param port 1 to 65535
 */
public record Address(String host, int port) {

    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9._-]{1,253}|[0-9A-Fa-f:.]{2,45}(%[A-Za-z0-9._-]{1,40})?");

    public Address {
        if (!isHost(host) || port < 1 || port > 65_535) {
            throw new IllegalArgumentException("not a host and a port");
        }
    }

    static boolean isHost(String host) {
        return HOST.matcher(host).matches();
    }

    /** What a server said; null if it is no address. */
    static @Nullable Address from(String host, long port) {
        return isHost(host) && port >= 1 && port <= 65_535 ? new Address(host, (int) port) : null;
    }

    /**
     * {@code host:port}, where an IPv6 address may stand without brackets, as servers write it in MOVED and ASK.
     *
     * @param fallbackHost if the host is left out: that of the server that said so
     * @return null if it is no address
     */
    static @Nullable Address parse(String text, String fallbackHost) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || !text.substring(colon + 1).matches("[0-9]{1,5}")) {
            return null;
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return from(host.isEmpty() ? fallbackHost : host, Long.parseLong(text.substring(colon + 1)));
    }

    /** Of two replies; null if they are none. Without a host it is that of the server that said so. */
    static @Nullable Address from(@Nullable Object host, @Nullable Object port, String fallbackHost) {
        if (host != null && !(host instanceof byte[])) {
            return null;
        }
        String name = host instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "";
        long number = -1;
        if (port instanceof Long value) {
            number = value;
        } else if (port instanceof byte[] bytes && bytes.length > 0 && bytes.length <= 5) {
            String digits = new String(bytes, StandardCharsets.UTF_8);
            number = digits.matches("[0-9]+") ? Long.parseLong(digits) : -1;
        }
        return from(name.isEmpty() ? fallbackHost : name, number);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
