package dev.holdfast.filter.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The block format of LZ4 (lz4_Block_format.md of the LZ4 project), as much as attributes need. The same bytes always
 * compress to the same bytes, on every machine: what is compared after compression relies on it. Thread-safe.
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

    /** What may be referred to as if it stood before the bytes: empty for none. */
    private final byte[] dictionary;

    private final int dictionaryBits;

    /** Where four bytes of this hash are in the dictionary, plus one; 0: nowhere. Never written to after construction. */
    private final int[] dictionaryPlaces;

    /** @param dictionary at most 32 KB; nobody writes to it. Who reads needs the same */
    Lz4(byte[] dictionary) {
        this.dictionary = dictionary;
        this.dictionaryBits = bitsFor(2 * dictionary.length);
        this.dictionaryPlaces = new int[1 << dictionaryBits];
        for (int at = 0; at <= dictionary.length - MIN_MATCH; at++) {
            dictionaryPlaces[hash((int) INTS.get(dictionary, at), dictionaryBits)] = at + 1;
        }
    }

    private static int bitsFor(int length) {
        int bits = Integer.SIZE - Integer.numberOfLeadingZeros(length) - 1;
        return Math.max(MIN_TABLE_BITS, Math.min(MAX_TABLE_BITS, bits));
    }

    private static int hash(int four, int bits) {
        return four * 0x9E3779B1 >>> Integer.SIZE - bits;
    }

    /**
     * @param from where to begin in {@code in}
     * @param length how many bytes of it
     * @param most the longest block that is of use
     * @return the block; null if it would be longer than {@code most}
     */
    byte @Nullable [] compress(byte[] in, int from, int length, int most) {
        return most <= 0 ? null : new Compression(in, from, length, most).run();
    }

    /** One compression. For one thread. */
    private final class Compression {

        private final byte[] in;
        private final int first;
        private final int end;
        private final byte[] out;
        private int written;
        private int anchor;

        /** The match that was found: where it begins, how far back, how long. */
        private int start;

        private int back;
        private int matched;

        Compression(byte[] in, int from, int length, int most) {
            this.in = in;
            this.first = from;
            this.anchor = from;
            this.end = from + length;
            this.out = new byte[most];
        }

        byte @Nullable [] run() {
            int bits = bitsFor(end - first);
            int[] places = new int[1 << bits]; // where four bytes of this hash were last seen; 0: nowhere, or at 0
            int at = first;
            int lastStart = end - LAST_MATCH;
            int misses = 1 << PATIENCE_BITS;
            while (at <= lastStart) {
                int four = (int) INTS.get(in, at);
                int hash = hash(four, bits);
                int seen = places[hash];
                places[hash] = at;
                matched = 0;
                if (seen >= first && seen < at && at - seen <= FARTHEST && (int) INTS.get(in, seen) == four) {
                    look(at, in, seen, first, at, at - seen);
                }
                int told = dictionaryPlaces[hash(four, dictionaryBits)] - 1;
                int farther = at - first + dictionary.length - told;
                if (told >= 0 && farther <= FARTHEST && (int) INTS.get(dictionary, told) == four) {
                    look(at, dictionary, told, 0, dictionary.length, farther);
                }
                if (matched == 0) {
                    at += misses++ >> PATIENCE_BITS;
                    continue;
                }
                if (!sequence(start - anchor, back, matched)) {
                    return null;
                }
                at = start + matched;
                anchor = at;
                misses = 1 << PATIENCE_BITS;
            }
            return sequence(end - anchor, 0, 0) ? Arrays.copyOf(out, written) : null;
        }

        /** Makes the match of the four bytes as long as it gets, and keeps it if it is longer than what was found before. */
        private void look(int at, byte[] of, int place, int ofFirst, int ofEnd, int distance) {
            int length = MIN_MATCH;
            while (at + length < end - LAST_LITERALS
                    && (of == in || place + length < ofEnd)
                    && in[at + length] == of[place + length]) {
                length++;
            }
            int before = 0;
            while (at - before > anchor && place - before > ofFirst && in[at - before - 1] == of[place - before - 1]) {
                before++;
            }
            if (length + before > matched) {
                start = at - before;
                back = distance;
                matched = length + before;
            }
        }

        /** @return whether there was room for it */
        private boolean sequence(int literals, int distance, int match) {
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
                out[written++] = (byte) distance;
                out[written++] = (byte) (distance >>> 8);
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
    byte[] decompress(byte[] in, int from, int to, int length) throws UndecodableException {
        if (length < 0 || length > (long) (to - from) * MOST_PER_BYTE) {
            throw damaged();
        }
        try {
            return new Decompression(in, from, to, length).run();
        } catch (ArrayIndexOutOfBoundsException e) {
            throw damaged();
        }
    }

    /** One decompression. For one thread. */
    private final class Decompression {

        private final byte[] in;
        private final int end;
        private final byte[] out;
        private int at;
        private int written;

        Decompression(byte[] in, int from, int to, int length) {
            this.in = in;
            this.at = from;
            this.end = to;
            this.out = new byte[length];
        }

        /** Where it reads a little beyond the end before it sees that, nothing comes of it. */
        byte[] run() throws UndecodableException {
            while (true) {
                int token = in[at++] & 0xFF;
                int literals = number(token >>> 4);
                if (literals > end - at || literals > out.length - written) {
                    throw damaged();
                }
                System.arraycopy(in, at, out, written, literals);
                at += literals;
                written += literals;
                if (at == end && written == out.length) {
                    return out;
                }
                int back = in[at] & 0xFF | (in[at + 1] & 0xFF) << 8;
                at += 2;
                int match = number(token & HALF) + MIN_MATCH;
                if (at >= end || back == 0 || back > written + dictionary.length || match > out.length - written) {
                    throw damaged();
                }
                copy(back, match);
            }
        }

        private int number(int half) {
            int number = half;
            if (half == HALF) {
                int more;
                do {
                    more = in[at++] & 0xFF;
                    number += more;
                } while (more == 255 && number <= out.length);
            }
            return number;
        }

        private void copy(int back, int match) {
            int last = written + match;
            if (back > written) {
                int known = Math.min(match, back - written);
                System.arraycopy(dictionary, dictionary.length - (back - written), out, written, known);
                written += known;
            }
            if (back >= last - written && written < last) {
                System.arraycopy(out, written - back, out, written, last - written);
                written = last;
            }
            for (; written < last; written++) {
                out[written] = out[written - back]; // what it writes is what it reads next
            }
        }
    }

    private static UndecodableException damaged() {
        return new UndecodableException("compressed bytes that cannot be decompressed", null);
    }
}
