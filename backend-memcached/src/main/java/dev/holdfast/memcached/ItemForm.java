package dev.holdfast.memcached;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredForm;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An item's value: a byte for the format; a byte of flags (1: other nodes than the session's homes may hold it too); four bytes
 * for the node that this copy was written together with (zero: none, it was written first, or after the primary's was in); four of CRC32C
 * over these and the record's own checksum; then the record in the {@link StoredForm}. Immutable.
 *
 * @param pendingOn the hash of a node's name, or zero
 */
record ItemForm(SessionRecord record, int pendingOn, boolean isElsewhere) {

    private static final byte FORMAT = 1;
    private static final int ELSEWHERE = 1;
    private static final int PENDING_AT = 2;
    private static final int CHECK_AT = 6;
    private static final int HEAD_SIZE = 10;
    private static final int NONE = 0;

    /** @return null if these are not the bytes of an item of {@code key} */
    static @Nullable ItemForm decode(SessionKey key, byte[] value) {
        if (!isSound(value)) {
            return null;
        }
        try {
            return of(StoredForm.decodeRecord(key, Arrays.copyOfRange(value, HEAD_SIZE, value.length)), value);
        } catch (StoreException e) {
            return null;
        }
    }

    /**
     * As {@link #decode}, in less time and memory if the other home's value has the same record.
     *
     * @param other what {@code otherValue} was decoded to
     */
    static @Nullable ItemForm decode(SessionKey key, byte[] value, ItemForm other, byte[] otherValue) {
        return isSound(value) && Arrays.equals(value, HEAD_SIZE, value.length, otherValue, HEAD_SIZE, otherValue.length)
                ? of(other.record, value)
                : decode(key, value);
    }

    private static ItemForm of(SessionRecord record, byte[] value) {
        return new ItemForm(record, number(value, PENDING_AT), (value[1] & ELSEWHERE) != 0);
    }

    private static boolean isSound(byte[] value) {
        return value.length >= HEAD_SIZE + 4
                && value[0] == FORMAT
                && (value[1] & ~ELSEWHERE) == 0
                && number(value, CHECK_AT) == check(value);
    }

    byte[] encode(SessionKey key) {
        byte[] form = StoredForm.encode(key, record);
        byte[] value = new byte[HEAD_SIZE + form.length];
        System.arraycopy(form, 0, value, HEAD_SIZE, form.length);
        return withHead(value);
    }

    /** The bytes of this form, from those of another with the same record. */
    byte[] encode(byte[] sameRecord) {
        return withHead(sameRecord.clone());
    }

    private byte[] withHead(byte[] value) {
        value[0] = FORMAT;
        value[1] = (byte) (isElsewhere ? ELSEWHERE : 0);
        put(value, PENDING_AT, pendingOn);
        put(value, CHECK_AT, check(value));
        return value;
    }

    private static int check(byte[] value) {
        CRC32C crc = new CRC32C();
        crc.update(value, 0, CHECK_AT);
        crc.update(value, value.length - 4, 4);
        return (int) crc.getValue();
    }

    private static int number(byte[] value, int at) {
        return (value[at] & 0xFF) << 24
                | (value[at + 1] & 0xFF) << 16
                | (value[at + 2] & 0xFF) << 8
                | value[at + 3] & 0xFF;
    }

    private static void put(byte[] value, int at, int number) {
        for (int i = 0; i < 4; i++) {
            value[at + i] = (byte) (number >>> 24 - 8 * i);
        }
    }

    private static int hash(String node) {
        CRC32C crc = new CRC32C();
        byte[] bytes = node.getBytes(StandardCharsets.UTF_8);
        crc.update(bytes, 0, bytes.length);
        int hash = (int) crc.getValue();
        return hash == NONE ? 1 : hash;
    }

    /** One that counts by itself. */
    static ItemForm settled(SessionRecord record, boolean isElsewhere) {
        return new ItemForm(record, NONE, isElsewhere);
    }

    /** This one, for a home that is written at the same time as the primary. */
    ItemForm pendingOn(String primary) {
        return new ItemForm(record, hash(primary), isElsewhere);
    }

    /** This one with a record that is equal to its own, so that both are kept once. */
    ItemForm sharing(SessionRecord equal) {
        return new ItemForm(equal, pendingOn, isElsewhere);
    }

    boolean isPending() {
        return pendingOn != NONE;
    }

    boolean isPendingOn(String node) {
        return pendingOn != NONE && pendingOn == hash(node);
    }
}
