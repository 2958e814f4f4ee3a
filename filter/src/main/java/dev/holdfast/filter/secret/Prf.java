package dev.holdfast.filter.secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HMAC-SHA256 under one key: what it gives looks random to everybody else. Thread-safe. */
final class Prf {

    /** Bytes that it gives. */
    static final int LENGTH = 32;

    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    Prf(byte[] key) {
        this.key = new SecretKeySpec(key, ALGORITHM);
    }

    /** @param parts taken one after the other, without anything between them */
    byte[] of(byte[]... parts) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    /**
     * A key for one purpose: the first block of HKDF-Expand (RFC 5869), with this one's key as the pseudorandom key.
     *
     * @param purpose and {@code of} hold no zero character
     */
    byte[] derive(String purpose, String of) {
        return of(ascii(purpose + '\0' + of), new byte[] {1});
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
