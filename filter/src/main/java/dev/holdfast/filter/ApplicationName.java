package dev.holdfast.filter;

import dev.holdfast.spi.SessionKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What an application is called in a store when nobody says: made from its context path, different for different paths,
 * equal on all nodes. {@code /shop/admin} is {@code shop.admin}; the root is {@code ROOT}; versions of one application that
 * Tomcat runs side by side ({@code /shop##2}) share their context path and so their sessions.
 */
final class ApplicationName {

    private static final String ROOT = "ROOT";
    private static final int DIGEST_DIGITS = 16;

    private ApplicationName() {}

    static String of(String contextPath) {
        int version = contextPath.indexOf("##");
        String path = version < 0 ? contextPath : contextPath.substring(0, version);
        String name = escaped(path.startsWith("/") ? path.substring(1) : path);
        if (name.isEmpty()) {
            return ROOT;
        }
        if (name.equals(ROOT)) {
            return "_52" + name.substring(1);
        }
        if (name.length() <= SessionKey.MAX_LENGTH) {
            return name;
        }
        return name.substring(0, SessionKey.MAX_LENGTH - DIGEST_DIGITS - 1) + "-" + digest(path);
    }

    /** Slashes become dots; what a key may not hold, and what would be taken for an escape or a slash, becomes {@code _} and hex. */
    private static String escaped(String path) {
        StringBuilder name = new StringBuilder(path.length());
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c == '/') {
                name.append('.');
            } else if (c == '_') {
                name.append("__");
            } else if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-') {
                name.append(c);
            } else {
                name.append(String.format(Locale.ROOT, "_%02X", (int) c));
            }
        }
        return name.toString();
    }

    private static String digest(String path) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(path.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, DIGEST_DIGITS / 2);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
