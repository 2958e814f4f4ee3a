package dev.holdfast.demo.launcher.console;

import com.sun.net.httpserver.Headers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may see the cluster and press its buttons: pages of the demo's own site on this machine. Immutable.
 *
 * <p>A browser on this machine also runs pages of strangers, which can send requests here. Those of another site are known by {@code Origin} and
 * {@code Sec-Fetch-Site}; a site whose name was made to lead to this machine, by {@code Host}; and neither can read the key, without
 * which nothing is done. Other users of this machine are not kept out.
 */
final class Guard {
    private static final int KEY_BYTES = 16;

    private final Set<String> hosts;
    private final String key;

    /** @param port of the demo's site */
    Guard(int port) {
        String suffix = port == 80 ? "" : ":" + port;
        this.hosts = Set.of("localhost" + suffix, "127.0.0.1" + suffix, "[::1]" + suffix);
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        this.key = HexFormat.of().formatHex(random);
    }

    String key() {
        return key;
    }

    boolean isOwnPage(Headers headers) {
        String host = only(headers, "Host");
        return host != null
                && hosts.contains(host)
                && isAbsentOr(headers, "Origin", "http://" + host)
                && isAbsentOr(headers, "Sec-Fetch-Site", "same-origin");
    }

    boolean hasKey(Headers headers) {
        String given = only(headers, "X-Demo-Key");
        return given != null
                && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isAbsentOr(Headers headers, String name, String value) {
        return !headers.containsKey(name) || value.equals(only(headers, name));
    }

    /** Null if there is none, or more than one. */
    private static @Nullable String only(Headers headers, String name) {
        List<String> values = headers.get(name);
        return values != null && values.size() == 1 ? values.get(0) : null;
    }
}
