package dev.holdfast.filter.secret;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Texts that are always hidden in the same way, so that something can be found by what hides it, and that can be read again by
 * who has the secret: a pseudorandom tag of the text, and the text encrypted with the tag as the initial counter (the SIV
 * construction of RFC 5297, from HMAC-SHA256 and AES-256-CTR). What it gives tells nothing but the length of the text, and
 * whether two texts are the same; what it did not give does not open. Thread-safe.
 */
final class HiddenText {

    private static final int TAG_BYTES = 16;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final Prf tags;
    private final SecretKeySpec cipherKey;

    HiddenText(byte[] tagKey, byte[] cipherKey) {
        this.tags = new Prf(tagKey);
        this.cipherKey = new SecretKeySpec(cipherKey, "AES");
    }

    /**
     * @param place where it stands: what was hidden for another place does not open here. No zero characters
     * @param text of ASCII characters
     * @return in the URL-safe Base64 alphabet
     */
    String hide(String place, String text) {
        byte[] plain = Prf.ascii(text);
        byte[] tag = tag(place, plain);
        byte[] hidden = Arrays.copyOf(tag, TAG_BYTES + plain.length);
        byte[] encrypted = crypt(tag, plain);
        System.arraycopy(encrypted, 0, hidden, TAG_BYTES, encrypted.length);
        return ENCODER.encodeToString(hidden);
    }

    /** Null if {@link #hide} did not make it for this place, with these keys. */
    @Nullable
    String open(String place, String hidden) {
        byte[] bytes;
        try {
            bytes = DECODER.decode(hidden);
        } catch (IllegalArgumentException e) {
            return null;
        }
        // of two spellings of the same bytes one is ours
        if (bytes.length < TAG_BYTES || !ENCODER.encodeToString(bytes).equals(hidden)) {
            return null;
        }
        byte[] tag = Arrays.copyOf(bytes, TAG_BYTES);
        byte[] plain = crypt(tag, Arrays.copyOfRange(bytes, TAG_BYTES, bytes.length));
        return MessageDigest.isEqual(tag, tag(place, plain)) ? new String(plain, StandardCharsets.US_ASCII) : null;
    }

    private byte[] tag(String place, byte[] plain) {
        return Arrays.copyOf(tags.of(Prf.ascii(place + '\0'), plain), TAG_BYTES);
    }

    /** Encrypts and decrypts. */
    private byte[] crypt(byte[] tag, byte[] bytes) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, cipherKey, new IvParameterSpec(tag));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-256", e);
        }
    }
}
