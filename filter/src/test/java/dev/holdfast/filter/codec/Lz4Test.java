package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class Lz4Test {

    private static final LZ4Factory REFERENCE = LZ4Factory.safeInstance();

    private final Lz4 lz4 = new Lz4(new byte[0]);

    private final long seed = ThreadLocalRandom.current().nextLong();
    private final Random random = new Random(seed);

    /** From nothing but noise to one byte again and again, with repeats at all distances. */
    private byte[] sample(int length) {
        byte[] bytes = new byte[length];
        int values = 1 + random.nextInt(256);
        for (int at = 0; at < length; ) {
            int run = 1 + random.nextInt(random.nextInt(20) == 0 ? 3000 : 30);
            run = Math.min(run, length - at);
            if (at > 0 && random.nextInt(3) > 0) {
                int from = random.nextInt(at);
                for (int i = 0; i < run; i++) {
                    bytes[at + i] = bytes[from + i];
                }
            } else {
                for (int i = 0; i < run; i++) {
                    bytes[at + i] = (byte) random.nextInt(values);
                }
            }
            at += run;
        }
        return bytes;
    }

    private int length() {
        int bits = random.nextInt(100) == 0 ? 19 : random.nextInt(14);
        return random.nextInt(1 << bits);
    }

    @Test
    void whatIsCompressedHereIsReadByTheReferenceAndTheOtherWayRound() throws Exception {
        System.out.println("Lz4Test seed " + seed);
        long plain = 0;
        long ours = 0;
        long theirs = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = sample(length());
            int from = random.nextInt(5);
            byte[] around = new byte[from + bytes.length + 3];
            System.arraycopy(bytes, 0, around, from, bytes.length);
            byte[] block = lz4.compress(around, from, bytes.length, bytes.length + bytes.length / 255 + 16);
            assertThat(block).as("seed %d, sample %d", seed, i).isNotNull();
            assertThat(REFERENCE.safeDecompressor().decompress(block, 0, block.length, bytes.length + 1))
                    .as("seed %d, sample %d", seed, i)
                    .isEqualTo(bytes);
            assertThat(decompressed(block, bytes.length))
                    .as("seed %d, sample %d", seed, i)
                    .isEqualTo(bytes);
            byte[] reference = REFERENCE.fastCompressor().compress(bytes);
            assertThat(decompressed(reference, bytes.length))
                    .as("seed %d, sample %d", seed, i)
                    .isEqualTo(bytes);
            plain += bytes.length;
            ours += block.length;
            theirs += reference.length;
        }
        System.out.println(plain + " bytes compressed to " + ours + ", by the reference to " + theirs);
        assertThat(ours).isLessThan(theirs * 11 / 10);
    }

    /** Between bytes that are not the block's. */
    private byte[] decompressed(byte[] block, int length) throws UndecodableException {
        byte[] around = new byte[block.length + 7];
        random.nextBytes(around);
        System.arraycopy(block, 0, around, 3, block.length);
        return lz4.decompress(around, 3, 3 + block.length, length);
    }

    @Test
    void mutatedBlocksAreRefusedOrGiveWhatTheReferenceReads() {
        System.out.println("Lz4Test seed " + seed);
        int read = 0;
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = sample(1 + random.nextInt(300));
            byte[] block = lz4.compress(bytes, 0, bytes.length, 1000);
            assertThat(block).isNotNull();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                block[random.nextInt(block.length)] = (byte) (random.nextInt(3) == 0 ? 0xFF : random.nextInt());
            }
            block = random.nextInt(4) == 0 ? Arrays.copyOf(block, random.nextInt(block.length + 5)) : block;
            int length = Math.max(0, bytes.length + (random.nextInt(4) == 0 ? random.nextInt(20) - 10 : 0));
            byte[] expected = reference(block, length);
            try {
                byte[] actual = decompressed(block, length);
                assertThat(actual).as("seed %d, mutation %d", seed, i).hasSize(length);
                // it is stricter about how a block ends, and takes a match at no distance
                assertThat(actual).as("seed %d, mutation %d", seed, i).isEqualTo(expected == null ? actual : expected);
                read++;
            } catch (UndecodableException e) {
                assertThat(e.getMessage()).contains("cannot be decompressed");
            }
        }
        System.out.println(read + " of 100000 mutations were blocks");
        assertThat(read).isBetween(1_000, 99_000);
    }

    /** Null if it refuses. */
    private static byte @Nullable [] reference(byte[] block, int length) {
        try {
            byte[] bytes = REFERENCE.safeDecompressor().decompress(block, 0, block.length, length);
            return bytes.length == length ? bytes : null;
        } catch (LZ4Exception | ArrayIndexOutOfBoundsException e) {
            return null;
        }
    }

    /** A block with the dictionary is one without, once the dictionary stands in it as literals before the rest. */
    private static byte[] withDictionaryAsLiterals(byte[] block, byte[] dictionary) {
        ByteSink out = new ByteSink(block.length + dictionary.length + 100, Integer.MAX_VALUE);
        int at = 1;
        int literals = (block[0] & 0xFF) >>> 4;
        if (literals == 15) {
            int more;
            do {
                more = block[at++] & 0xFF;
                literals += more;
            } while (more == 255);
        }
        int all = literals + dictionary.length;
        out.put(Math.min(all, 15) << 4 | block[0] & 15);
        if (all >= 15) {
            int left = all - 15;
            for (; left >= 255; left -= 255) {
                out.put(255);
            }
            out.put(left);
        }
        out.put(dictionary);
        out.write(block, at, block.length - at);
        return out.toByteArray();
    }

    @Test
    void withADictionaryItRefersToWhatStandsBefore() throws Exception {
        System.out.println("Lz4Test seed " + seed);
        long without = 0;
        long with = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] dictionary = sample(random.nextInt(9_000));
            byte[] bytes = sample(length());
            // some of it, and in some of the samples right at the beginning, the dictionary's end running over into the
            // bytes
            for (int copies = random.nextInt(4); copies > 0 && bytes.length > 20 && dictionary.length > 20; copies--) {
                int length = Math.min(Math.min(bytes.length, dictionary.length), 1 + random.nextInt(300));
                int to = random.nextInt(3) == 0 ? 0 : random.nextInt(bytes.length - length + 1);
                int from = random.nextInt(3) == 0
                        ? dictionary.length - length
                        : random.nextInt(dictionary.length - length + 1);
                System.arraycopy(dictionary, from, bytes, to, length);
            }
            Lz4 known = new Lz4(dictionary);
            byte[] block = known.compress(bytes, 0, bytes.length, bytes.length + bytes.length / 255 + 16);
            assertThat(block).as("seed %d, sample %d", seed, i).isNotNull();
            assertThat(known.decompress(block, 0, block.length, bytes.length))
                    .as("seed %d, sample %d", seed, i)
                    .isEqualTo(bytes);
            byte[] whole = withDictionaryAsLiterals(block, dictionary);
            byte[] both =
                    REFERENCE.safeDecompressor().decompress(whole, 0, whole.length, dictionary.length + bytes.length);
            assertThat(Arrays.copyOfRange(both, dictionary.length, both.length))
                    .as("seed %d, sample %d", seed, i)
                    .isEqualTo(bytes);
            with += block.length;
            without += lz4.compress(bytes, 0, bytes.length, 2 * bytes.length + 20).length;
        }
        System.out.println(without + " bytes compressed, " + with + " with a dictionary");
        assertThat(with).isLessThan(without);
    }

    @Test
    void aMatchMayBeginInTheDictionaryAndRunIntoTheBytes() throws Exception {
        Lz4 known = new Lz4(new byte[] {1, 2, 3});
        // nothing literal, 14 from 3 back: the dictionary, and then what was just written; five literals
        byte[] block = {14 - 4, 3, 0, 5 << 4, 9, 9, 9, 9, 9};
        assertThat(known.decompress(block, 0, block.length, 19))
                .containsExactly(1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 9, 9, 9, 9, 9);
        block[1] = 4;
        assertThatThrownBy(() -> known.decompress(block, 0, block.length, 19)).isInstanceOf(UndecodableException.class);
    }

    @Test
    void mutatedBlocksWithADictionaryAreRefusedOrAreSomethingOfThatLength() {
        System.out.println("Lz4Test seed " + seed);
        Lz4 known = new Lz4(sample(2_000));
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = sample(1 + random.nextInt(300));
            byte[] block = known.compress(bytes, 0, bytes.length, 1000);
            assertThat(block).isNotNull();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                block[random.nextInt(block.length)] = (byte) (random.nextInt(3) == 0 ? 0xFF : random.nextInt());
            }
            try {
                assertThat(known.decompress(block, 0, block.length, bytes.length))
                        .as("seed %d, mutation %d", seed, i)
                        .hasSize(bytes.length);
                read++;
            } catch (UndecodableException e) {
                assertThat(e.getMessage()).contains("cannot be decompressed");
            }
        }
        assertThat(read).isBetween(500, 49_500);
    }

    @Test
    void noiseDoesNotFit() {
        byte[] noise = new byte[10_000];
        random.nextBytes(noise);
        assertThat(lz4.compress(noise, 0, noise.length, noise.length - 1)).isNull();
        assertThat(lz4.compress(noise, 0, 3, 0)).isNull();
    }

    @Test
    void theSameBytesAlwaysCompressToTheSame() {
        byte[] bytes = "one and two and three and four and five and six and seven".getBytes(StandardCharsets.UTF_8);
        byte[] elsewhere = Arrays.copyOf(new byte[] {9, 9, 9}, 3 + bytes.length);
        System.arraycopy(bytes, 0, elsewhere, 3, bytes.length);
        assertThat(lz4.compress(bytes, 0, bytes.length, 100)).isEqualTo(lz4.compress(elsewhere, 3, bytes.length, 100));
    }

    @Test
    void aLengthThatSoFewBytesCannotHoldIsRefusedBeforeAnythingIsAllocated() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] block = new byte[100];
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThatThrownBy(() -> lz4.decompress(block, 0, block.length, 1 << 28))
                .isInstanceOf(UndecodableException.class);
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .isLessThan(1 << 20);
    }
}
