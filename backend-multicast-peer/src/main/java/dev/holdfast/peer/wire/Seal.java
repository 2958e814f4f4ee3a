package dev.holdfast.peer.wire;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.zip.CRC32C;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Bytes behind a packet by which its receiver knows that it is whole and, with a key, whose it is. Thread-safe. */
interface Seal {

    /** Of one that has a key. */
    int KEYED_LENGTH = 12;

    int length();

    /** @return {@link #length} bytes */
    byte[] of(byte[] bytes, int offset, int length);

    /** Whether the last bytes of this part are the seal of those before them. */
    default boolean isOn(byte[] bytes, int offset, int length) {
        if (length < length()) {
            return false;
        }
        byte[] expected = of(bytes, offset, length - length());
        int different = 0;
        for (int i = 0; i < expected.length; i++) {
            different |= expected[i] ^ bytes[offset + length - expected.length + i];
        }
        return different == 0;
    }

    /** Without a secret: notices damage, and nobody who means it. */
    Seal CHECKSUM = new Seal() {
        @Override
        public int length() {
            return 4;
        }

        @Override
        public byte[] of(byte[] bytes, int offset, int length) {
            CRC32C crc = new CRC32C();
            crc.update(bytes, offset, length);
            int value = (int) crc.getValue();
            return new byte[] {(byte) (value >>> 24), (byte) (value >>> 16), (byte) (value >>> 8), (byte) value};
        }
    };

    /** HMAC-SHA256, of which 96 bits travel: to guess one, somebody would have to send 2^95 packets. */
    static Seal keyed(byte[] key) {
        Mac mac = mac(key);
        return new Seal() {
            @Override
            public int length() {
                return KEYED_LENGTH;
            }

            @Override
            public synchronized byte[] of(byte[] bytes, int offset, int length) {
                mac.update(bytes, offset, length);
                return Arrays.copyOf(mac.doFinal(), length());
            }
        };
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }

    /** A key for one purpose. */
    static byte[] derive(byte[] key, byte[] purpose) {
        return mac(key).doFinal(purpose);
    }
}
