package dev.holdfast.spi;

import java.util.Arrays;

/**
 * One attribute as a store keeps it: bytes that only the filter's codec can read, and the {@link Mark} of their last write.
 *
 * @param bytes never written to after construction
 * @param mark {@link Mark#NONE} from a store that keeps none
 */
public record StoredAttribute(byte[] bytes, long mark) {

    /** Whether both hold the same bytes, whatever their marks. */
    public boolean sameBytes(StoredAttribute other) {
        return bytes == other.bytes || Arrays.equals(bytes, other.bytes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof StoredAttribute that && mark == that.mark && sameBytes(that);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + Long.hashCode(mark);
    }

    /** Never the content. */
    @Override
    public String toString() {
        return bytes.length + " bytes @" + mark;
    }
}
