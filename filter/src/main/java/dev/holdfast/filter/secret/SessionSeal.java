package dev.holdfast.filter.secret;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of one session, for its store: a name becomes a pseudorandom text, a value is encrypted together with its
 * name by AES-256-GCM, under a key of this session. Bound to the session and to the name: a value that somebody moved to
 * another name or session does not open. Thread-safe.
 *
 * <pre>
 *   byte      format: 2
 *   12 bytes  nonce
 *   ...       encrypted: how many characters the name has, each of them (numbers of 7 bits a byte, low ones first), the value
 *   16 bytes  tag
 * </pre>
 *
 * The nonce is pseudorandom too: of the save's stamp, the name and the value, under a key of its own. So the same save, when it
 * is repeated, has the same bytes, by which a store knows it; and two different values share a nonce with a chance of 2<sup>-96</sup> only,
 * on however many nodes, and whatever their random generators do. After 2<sup>32</sup> writes to one session the chance that two of them
 * did is 2<sup>-33</sup>.
 */
final class SessionSeal {

    private static final int FORMAT = 2;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final int NAME_BYTES = 16;

    private static final Base64.Encoder NAMES = Base64.getUrlEncoder().withoutPadding();

    private final SecretKeySpec valueKey;
    private final Prf names;
    private final Prf nonces;
    private final String place;

    /**
     * @param root of all sessions of an application
     * @param storeKey the opaque part of the key that the store has of the session
     */
    SessionSeal(Prf root, String application, String storeKey) {
        this.valueKey = new SecretKeySpec(root.derive("value", storeKey), "AES");
        this.names = new Prf(root.derive("name", storeKey));
        this.nonces = new Prf(root.derive("nonce", storeKey));
        this.place = application + '\0' + storeKey + '\0';
    }

    /** An attribute as the application has it. */
    record Opened(String name, byte[] value) {}

    /** What stands for a name in the store. */
    String nameOf(String name) {
        return NAMES.encodeToString(Arrays.copyOf(names.of(bytes(name)), NAME_BYTES));
    }

    /**
     * @param storedName {@link #nameOf} name
     * @param stamp of the save that it belongs to
     */
    byte[] seal(String storedName, String name, byte[] value, int stamp) {
        byte[] nameBytes = bytes(name);
        byte[] stampBytes = ByteBuffer.allocate(Integer.BYTES).putInt(stamp).array();
        byte[] nonce = Arrays.copyOf(nonces.of(stampBytes, nameBytes, value), NONCE_BYTES);
        byte[] sealed = new byte[1 + NONCE_BYTES + nameBytes.length + value.length + TAG_BYTES];
        sealed[0] = FORMAT;
        System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce, storedName);
            int at = 1 + NONCE_BYTES;
            at += cipher.update(nameBytes, 0, nameBytes.length, sealed, at);
            at += cipher.doFinal(value, 0, value.length, sealed, at);
            if (at != sealed.length) {
                throw new IllegalStateException("a cipher that makes other lengths than GCM");
            }
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-256-GCM", e);
        }
    }

    /** Null if {@link #seal} did not make it for this name of this session. */
    @Nullable
    Opened open(String storedName, byte[] sealed) {
        if (sealed.length < 1 + NONCE_BYTES + TAG_BYTES || sealed[0] != FORMAT) {
            return null;
        }
        byte[] plain;
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES), storedName);
            plain = cipher.doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has AES-256-GCM", e);
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(plain);
            StringBuilder name = new StringBuilder();
            for (int left = number(in); left > 0; left--) {
                name.append((char) number(in));
            }
            return new Opened(name.toString(), Arrays.copyOfRange(plain, in.position(), plain.length));
        } catch (BufferUnderflowException e) {
            return null; // only who has the secret can make such bytes
        }
    }

    private Cipher cipher(int mode, byte[] nonce, String storedName) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, valueKey, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
        cipher.updateAAD(Prf.ascii(place + storedName));
        return cipher;
    }

    /** Not UTF-8: a name is any Java string, and must come back as it was. No two names have bytes of which one begins the other. */
    private static byte[] bytes(String name) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(name.length() + 2);
        put(out, name.length());
        for (int i = 0; i < name.length(); i++) {
            put(out, name.charAt(i));
        }
        return out.toByteArray();
    }

    private static void put(ByteArrayOutputStream out, int number) {
        int rest = number;
        for (; rest > 0x7F; rest >>>= 7) {
            out.write(rest & 0x7F | 0x80);
        }
        out.write(rest);
    }

    private static int number(ByteBuffer in) {
        int number = 0;
        for (int shift = 0; ; shift += 7) {
            byte octet = in.get();
            number |= (octet & 0x7F) << shift;
            if (octet >= 0) {
                return number;
            }
        }
    }
}
