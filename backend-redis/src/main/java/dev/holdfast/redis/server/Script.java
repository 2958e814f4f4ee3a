package dev.holdfast.redis.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A Lua script that a server runs by its digest and is sent in full only if it does not know it (yet, or any more: a
 * restart forgets scripts). Immutable.
 */
public final class Script {

    private final String name;
    private final byte[] source;
    private final byte[] digest;

    /** @param name for messages */
    public Script(String name, String source) {
        this.name = name;
        this.source = source.getBytes(StandardCharsets.UTF_8);
        try {
            digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(this.source))
                    .getBytes(StandardCharsets.US_ASCII);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    public String name() {
        return name;
    }

    /** For EVAL; not to be written to. */
    public byte[] source() {
        return source;
    }

    /** For EVALSHA: 40 hexadecimal digits; not to be written to. */
    public byte[] digest() {
        return digest;
    }

    @Override
    public String toString() {
        return name;
    }
}
