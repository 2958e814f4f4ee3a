package dev.holdfast.memcached;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredForm;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An item's value: a byte for the format, four for the node that this copy was written together with (zero: none, it was written
 * first, or after the primary's was in), four of CRC32C over these and the record's own checksum, then the record in the {@link
 * StoredForm}. Immutable.
 */
final class ItemForm {

    private static final byte FORMAT = 1;
    private static final int CHECK_AT = 5;
    private static final int HEAD_SIZE = 9;
    private static final int NONE = 0;

    private final SessionRecord record;
    private final int pendingOn;

    private ItemForm(SessionRecord record, int pendingOn) {
        this.record = record;
        this.pendingOn = pendingOn;
    }

    /** @return null if these are not the bytes of an item of {@code key} */
    static @Nullable ItemForm decode(SessionKey key, byte[] value) {
        if (value.length < HEAD_SIZE + 4 || value[0] != FORMAT || number(value, CHECK_AT) != check(value)) {
            return null;
        }
        try {
            SessionRecord record = StoredForm.decodeRecord(key, Arrays.copyOfRange(value, HEAD_SIZE, value.length));
            return new ItemForm(record, number(value, 1));
        } catch (StoreException e) {
            return null;
        }
    }

    /** @param primary the node that is written at the same time; null if this one is written alone */
    static byte[] encode(SessionKey key, SessionRecord record, @Nullable String primary) {
        byte[] form = StoredForm.encode(key, record);
        byte[] value = new byte[HEAD_SIZE + form.length];
        value[0] = FORMAT;
        put(value, 1, primary == null ? NONE : hash(primary));
        System.arraycopy(form, 0, value, HEAD_SIZE, form.length);
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
        byte[] bytes = node.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        crc.update(bytes, 0, bytes.length);
        int hash = (int) crc.getValue();
        return hash == NONE ? 1 : hash;
    }

    SessionRecord record() {
        return record;
    }

    boolean isPending() {
        return pendingOn != NONE;
    }

    boolean isPendingOn(String node) {
        return pendingOn != NONE && pendingOn == hash(node);
    }
}
