package dev.holdfast.filter.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The block format of LZ4 (lz4_Block_format.md of the LZ4 project), as much as attributes need. The same bytes always
 * compress to the same bytes, on every machine: what is compared after compression relies on it. Pure, thread-safe.
 *
 * <p>A block is a row of sequences: a token (in its high half the number of literals, in its low half the length of the
 * match less four; 15 goes on in bytes of up to 255), the literals, and how far back the match is, in two bytes, low one
 * first. The last sequence has literals only, at least five, and the last match begins twelve bytes before the end or earlier.
 */
final class Lz4 {

    /** No byte of a block can stand for more than so many. */
    static final int MOST_PER_BYTE = 255;

    private static final int MIN_MATCH = 4;
    private static final int LAST_LITERALS = 5;
    private static final int LAST_MATCH = 12;
    private static final int FARTHEST = 0xFFFF;
    private static final int HALF = 15;

    private static final int MIN_TABLE_BITS = 8;
    private static final int MAX_TABLE_BITS = 13;

    /** After so many places without a match (as a power of two) the search takes longer steps. */
    private static final int PATIENCE_BITS = 6;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Lz4() {}

    /**
     * @param from where to begin in {@code in}
     * @param length how many bytes of it
     * @param most the longest block that is of use
     * @return the block; null if it would be longer than {@code most}
     */
    static byte @Nullable [] compress(byte[] in, int from, int length, int most) {
        return most <= 0 ? null : new Compression(in, from, length, most).run();
    }

    /** One compression. For one thread. */
    private static final class Compression {

        private final byte[] in;
        private final int end;
        private final byte[] out;
        private int written;
        private int anchor;

        Compression(byte[] in, int from, int length, int most) {
            this.in = in;
            this.anchor = from;
            this.end = from + length;
            this.out = new byte[most];
        }

        byte @Nullable [] run() {
            int bits = Math.max(
                    MIN_TABLE_BITS,
                    Math.min(MAX_TABLE_BITS, Integer.SIZE - Integer.numberOfLeadingZeros(end - anchor) - 1));
            int[] places = new int[1 << bits]; // where four bytes of this hash were last seen; 0: nowhere, or at 0
            int at = anchor;
            int first = anchor;
            int lastStart = end - LAST_MATCH;
            int misses = 1 << PATIENCE_BITS;
            while (at <= lastStart) {
                int four = (int) INTS.get(in, at);
                int hash = four * 0x9E3779B1 >>> Integer.SIZE - bits;
                int seen = places[hash];
                places[hash] = at;
                if (seen < first || seen >= at || at - seen > FARTHEST || (int) INTS.get(in, seen) != four) {
                    at += misses++ >> PATIENCE_BITS;
                    continue;
                }
                while (at > anchor && seen > first && in[at - 1] == in[seen - 1]) {
                    at--;
                    seen--;
                }
                int length = MIN_MATCH;
                while (at + length < end - LAST_LITERALS && in[at + length] == in[seen + length]) {
                    length++;
                }
                if (!sequence(at - anchor, at - seen, length)) {
                    return null;
                }
                at += length;
                anchor = at;
                misses = 1 << PATIENCE_BITS;
            }
            return sequence(end - anchor, 0, 0) ? Arrays.copyOf(out, written) : null;
        }

        /** @return whether there was room for it */
        private boolean sequence(int literals, int back, int match) {
            int more = match == 0 ? 0 : match - MIN_MATCH;
            long size = 1L + literals + literals / 255 + 1 + (match == 0 ? 0 : 2 + more / 255 + 1);
            if (size > out.length - written) { // sometimes a byte or two too strict
                return false;
            }
            out[written++] = (byte) (Math.min(literals, HALF) << 4 | Math.min(more, HALF));
            rest(literals);
            System.arraycopy(in, anchor, out, written, literals);
            written += literals;
            if (match != 0) {
                out[written++] = (byte) back;
                out[written++] = (byte) (back >>> 8);
                rest(more);
            }
            return true;
        }

        private void rest(int number) {
            if (number >= HALF) {
                int left = number - HALF;
                for (; left >= 255; left -= 255) {
                    out[written++] = (byte) 255;
                }
                out[written++] = (byte) left;
            }
        }
    }

    /**
     * Believes nothing: reads no byte outside of the block and of what was written before.
     *
     * @param to where the block ends
     * @param length what must come out; allocated only if this many bytes can hold so much
     * @throws UndecodableException if these bytes are no block of that many
     */
    static byte[] decompress(byte[] in, int from, int to, int length) throws UndecodableException {
        if (length < 0 || length > (long) (to - from) * MOST_PER_BYTE) {
            throw damaged();
        }
        byte[] out = new byte[length];
        int at = from;
        int written = 0;
        try {
            while (true) {
                int token = in[at++] & 0xFF;
                int literals = token >>> 4;
                if (literals == HALF) {
                    int more;
                    do {
                        more = in[at++] & 0xFF;
                        literals += more;
                    } while (more == 255 && literals <= length);
                }
                if (literals > to - at || literals > length - written) {
                    throw damaged();
                }
                System.arraycopy(in, at, out, written, literals);
                at += literals;
                written += literals;
                if (at == to) {
                    if (written != length) {
                        throw damaged();
                    }
                    return out;
                }
                int back = in[at] & 0xFF | (in[at + 1] & 0xFF) << 8;
                at += 2;
                int match = (token & HALF) + MIN_MATCH;
                if (match == HALF + MIN_MATCH) {
                    int more;
                    do {
                        more = in[at++] & 0xFF;
                        match += more;
                    } while (more == 255 && match <= length);
                }
                if (back == 0 || back > written || match > length - written) {
                    throw damaged();
                }
                if (back >= match) {
                    System.arraycopy(out, written - back, out, written, match);
                    written += match;
                } else {
                    for (int last = written + match;
                            written < last;
                            written++) { // what it writes is what it reads next
                        out[written] = out[written - back];
                    }
                }
                if (at >= to) {
                    throw damaged(); // the last sequence has no match
                }
            }
        } catch (ArrayIndexOutOfBoundsException e) {
            throw damaged();
        }
    }

    private static UndecodableException damaged() {
        return new UndecodableException("compressed bytes that cannot be decompressed", null);
    }
}
