package dev.holdfast.filter.session;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Session ids: 160 bits of {@link SecureRandom} and, if there is a secret, a proof that they were made with it, written in the
 * URL-safe Base64 alphabet: 27 characters without a proof. Thread-safe.
 */
public final class SessionIds {

    private static final int RANDOM_BYTES = 20;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    private final SecureRandom random = new SecureRandom();
    private final @Nullable Proof proof;
    private final int length;

    /** Bits of the last character that stand for nothing, and so are zero. */
    private final int unusedBits;

    private SessionIds(@Nullable Proof proof) {
        int bytes = RANDOM_BYTES + (proof == null ? 0 : proof.length());
        this.proof = proof;
        this.length = (bytes * 8 + 5) / 6;
        this.unusedBits = (1 << length * 6 - bytes * 8) - 1;
    }

    /** What an id has besides its random part. Thread-safe. */
    public interface Proof {

        /** In bytes. */
        int length();

        /** @param random the random part, of a new id */
        byte[] of(byte[] random);

        boolean isOf(byte[] random, byte[] proof);
    }

    /** Nothing but random. */
    public static SessionIds plain() {
        return new SessionIds(null);
    }

    /** Ids that nobody without the secret can make. */
    public static SessionIds with(Proof proof) {
        return new SessionIds(proof);
    }

    String next() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        if (proof == null) {
            return ENCODER.encodeToString(bytes);
        }
        byte[] all = Arrays.copyOf(bytes, RANDOM_BYTES + proof.length());
        System.arraycopy(proof.of(bytes), 0, all, RANDOM_BYTES, proof.length());
        return ENCODER.encodeToString(all);
    }

    /**
     * Whether {@code text} is spelled like an id of ours; everything else never reaches a store. Where the last character carries
     * less than six bits its other spellings are refused too, so that no id has two names. No allocation.
     */
    boolean isWellFormed(String text) {
        if (text.length() != length) {
            return false;
        }
        for (int i = 0; i < length - 1; i++) {
            if (digit(text.charAt(i)) < 0) {
                return false;
            }
        }
        int last = digit(text.charAt(length - 1));
        return last >= 0 && (last & unusedBits) == 0;
    }

    /** Whether a well-formed id was made with a secret that is known here. */
    boolean isGenuine(String id) {
        return proof == null || Boolean.TRUE.equals(parts(id, proof.length(), proof::isOf));
    }

    /**
     * What {@code function} makes of the random part of an id and its proof.
     *
     * @return null if it is no id with a proof of that length, or the function's answer is null
     */
    public static <T> @Nullable T parts(String id, int proofLength, BiFunction<byte[], byte[], @Nullable T> function) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(id);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (bytes.length != RANDOM_BYTES + proofLength) {
            return null;
        }
        return function.apply(
                Arrays.copyOf(bytes, RANDOM_BYTES), Arrays.copyOfRange(bytes, RANDOM_BYTES, bytes.length));
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
