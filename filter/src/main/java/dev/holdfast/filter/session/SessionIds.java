package dev.holdfast.filter.session;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Session ids: 160 bits of {@link SecureRandom}, written in 27 characters of the URL-safe Base64 alphabet. Thread-safe.
 */
final class SessionIds {

    static final int LENGTH = 27;

    private static final int BYTES = 20;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecureRandom random = new SecureRandom();

    String next() {
        byte[] bytes = new byte[BYTES];
        random.nextBytes(bytes);
        return ENCODER.encodeToString(bytes);
    }

    /**
     * Whether {@code text} is spelled like an id of ours; everything else never reaches a store. The last character carries
     * only four bits: its other spellings are refused too, so that no id has two names.
     */
    static boolean isWellFormed(String text) {
        if (text.length() != LENGTH) {
            return false;
        }
        for (int i = 0; i < LENGTH - 1; i++) {
            if (digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        int last = digit(text.charAt(LENGTH - 1));
        return last >= 0 && (last & 3) == 0;
    }

    private static int digit(char c) {
        if (c >= 'A' && c <= 'Z') {
            return c - 'A';
        }
        if (c >= 'a' && c <= 'z') {
            return c - 'a' + 26;
        }
        if (c >= '0' && c <= '9') {
            return c - '0' + 52;
        }
        return c == '-' ? 62 : c == '_' ? 63 : -1;
    }
}
