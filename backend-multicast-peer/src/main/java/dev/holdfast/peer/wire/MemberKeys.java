package dev.holdfast.peer.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * By what members of one cluster know each other: the keys of their secrets, the one in use first, and others while it is being
 * changed; or none. Two members understand each other if they have one in common. Thread-safe.
 */
public final class MemberKeys {

    /** What a packet may make its reader try. */
    private static final int MOST = 8;

    /** Whose seals are on something. */
    public enum Seals {
        OURS,
        /** Whole, but of somebody who has another secret, or none, or has one where we have none. */
        OF_ANOTHER_SECRET,
        DAMAGED
    }

    private final List<byte[]> keys;
    private final List<Seal> seals = new ArrayList<>();

    /**
     * @param secrets 32 bytes each; empty: nobody is asked for one
     * @param cluster keys of one cluster are worth nothing in another
     */
    public MemberKeys(List<byte[]> secrets, String cluster) {
        byte[] purpose = ("members of " + cluster).getBytes(StandardCharsets.UTF_8);
        keys = secrets.stream()
                .limit(MOST)
                .map(secret -> Seal.derive(secret, purpose))
                .toList();
        for (byte[] key : keys) {
            seals.add(Seal.keyed(Seal.derive(key, new byte[] {'s'})));
        }
    }

    /** Whether there is a secret at all. */
    public boolean isSecret() {
        return !keys.isEmpty();
    }

    /** These bytes with a seal of each key behind them. */
    public byte[] sealed(byte[] bytes) {
        int size = bytes.length + 1 + Seal.CHECKSUM.length();
        for (Seal seal : seals) {
            size += seal.length();
        }
        byte[] sealed = Arrays.copyOf(bytes, size);
        int end = bytes.length;
        for (Seal seal : seals) {
            end = put(seal.of(bytes, 0, bytes.length), sealed, end);
        }
        sealed[end++] = (byte) seals.size();
        // So that damage is not taken for another secret.
        put(Seal.CHECKSUM.of(sealed, 0, end), sealed, end);
        return sealed;
    }

    private static int put(byte[] bytes, byte[] into, int at) {
        System.arraycopy(bytes, 0, into, at, bytes.length);
        return at + bytes.length;
    }

    /** What {@link #sealed} made, taken apart. */
    static final class Opened {
        final Seals seals;
        /** The position of the key in common among ours and among theirs, -1 if there is none, or no secret at all. */
        final int key;

        final int theirKey;
        /** How many bytes were sealed. */
        final int length;

        Opened(Seals seals, int key, int theirKey, int length) {
            this.seals = seals;
            this.key = key;
            this.theirKey = theirKey;
            this.length = length;
        }
    }

    /** How many of the first {@code length} bytes are what {@link #sealed} was given; null if the seals are not {@code OURS}. */
    public @Nullable Integer contentOf(byte[] sealed, int length) {
        Opened opened = open(sealed, 0, length);
        return opened.seals == Seals.OURS ? opened.length : null;
    }

    /** Whose these bytes are. */
    public Seals check(byte[] sealed, int length) {
        return open(sealed, 0, length).seals;
    }

    Opened open(byte[] sealed, int offset, int length) {
        if (length < 1 + Seal.CHECKSUM.length() || !Seal.CHECKSUM.isOn(sealed, offset, length)) {
            return new Opened(Seals.DAMAGED, -1, -1, 0);
        }
        int countAt = length - Seal.CHECKSUM.length() - 1;
        int count = sealed[offset + countAt] & 0xff;
        int each = Seal.KEYED_LENGTH;
        int content = countAt - count * each;
        if (count > MOST || content < 0) {
            return new Opened(Seals.DAMAGED, -1, -1, 0);
        }
        if (keys.isEmpty()) {
            return new Opened(count == 0 ? Seals.OURS : Seals.OF_ANOTHER_SECRET, -1, -1, content);
        }
        for (int mine = 0; mine < keys.size(); mine++) {
            byte[] expected = seals.get(mine).of(sealed, offset, content);
            for (int theirs = 0; theirs < count; theirs++) {
                int at = offset + content + theirs * each;
                if (MessageDigest.isEqual(expected, Arrays.copyOfRange(sealed, at, at + each))) {
                    return new Opened(Seals.OURS, mine, theirs, content);
                }
            }
        }
        return new Opened(Seals.OF_ANOTHER_SECRET, -1, -1, content);
    }

    /**
     * For the packets of one direction between two processes.
     *
     * @param key of {@link Opened#key}
     * @param agreed what both sides have contributed
     */
    Seal channel(int key, byte[] agreed) {
        return key < 0 ? Seal.CHECKSUM : Seal.keyed(Seal.derive(keys.get(key), agreed));
    }

    /** Of one key alone. Null if there is no such key. */
    @Nullable
    Seal greeting(int key) {
        if (keys.isEmpty()) {
            return key < 0 ? Seal.CHECKSUM : null;
        }
        return key >= 0 && key < seals.size() ? seals.get(key) : null;
    }

    @Override
    public String toString() {
        return keys.isEmpty() ? "no secret" : "a secret";
    }
}
