package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.holdfast.filter.codec.AttributeCodec.Encoded;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class CompressionTest {

    private static final int ABOVE = 128;

    private final EnvelopeCodec plain = Codecs.jdk();
    private final EnvelopeCodec codec = Codecs.jdk(new EnvelopeCodec.Sizes(ABOVE, 1 << 20));

    record Item(String article, int quantity, BigDecimal price, List<String> options) implements Serializable {}

    record Address(String street, String city, String country, LocalDate since) implements Serializable {}

    record Order(String number, Address to, List<Item> items, Map<String, Object> notes) implements Serializable {}

    /** 20 attributes of nested beans as a shop has them, some 10 KB. */
    private static Map<String, Object> session() {
        Random random = new Random(5);
        Map<String, Object> session = new LinkedHashMap<>();
        for (int i = 0; i < 20; i++) {
            List<Item> items = new ArrayList<>();
            for (int item = 0; item <= i % 3; item++) {
                items.add(new Item(
                        "article-" + Integer.toHexString(random.nextInt()),
                        random.nextInt(5),
                        new BigDecimal(random.nextInt(10_000)).movePointLeft(2),
                        new ArrayList<>(List.of("colour " + random.nextInt(20), "size " + random.nextInt(50)))));
            }
            Address to = new Address(
                    "Street " + random.nextInt(300), "City " + random.nextInt(), "Country", LocalDate.of(2026, 1, 1));
            session.put(
                    "order." + i,
                    switch (i % 4) {
                        case 0 -> new Order("N" + i, to, items, new HashMap<>());
                        case 1 -> items;
                        case 2 -> to;
                        default -> new ArrayList<>(List.of("seen " + i, "and " + random.nextInt(), i));
                    });
        }
        return session;
    }

    @Test
    void aTypicalSessionGetsSmaller() throws Exception {
        for (int above : new int[] {0, 64, 128, 256, 512, 1024, 2048}) {
            EnvelopeCodec tried = Codecs.jdk(new EnvelopeCodec.Sizes(above, 1 << 20));
            System.out.printf(
                    "20 attributes of nested beans, compressed above %d bytes: %d bytes, plain %d%n",
                    above, sizeOf(tried), sizeOf(plain));
        }
        assertThat(sizeOf(plain)).isBetween(9_000, 12_000);
        assertThat(sizeOf(codec)).isLessThan(sizeOf(plain) * 45 / 100);
        for (Map.Entry<String, Object> each : session().entrySet()) {
            byte[] bytes = codec.encode(each.getKey(), each.getValue());
            assertThat(codec.decode(bytes)).isEqualTo(each.getValue());
            assertThat(plain.decode(bytes)).isEqualTo(each.getValue());
            assertThat(codec.decode(plain.encode(each.getKey(), each.getValue())))
                    .isEqualTo(each.getValue());
        }
    }

    @Test
    void theDictionaryIsTheOneThatWasUsedBefore() throws Exception {
        CRC32C crc = new CRC32C();
        try (InputStream in = Envelope.class.getResourceAsStream("jdk-1.dictionary")) {
            crc.update(in.readAllBytes());
        }
        assertThat(Long.toHexString(crc.getValue())).isEqualTo("8e98fa5b");
    }

    private static int sizeOf(EnvelopeCodec codec) {
        int size = 0;
        for (Map.Entry<String, Object> each : session().entrySet()) {
            size += codec.encode(each.getKey(), each.getValue()).length;
        }
        return size;
    }

    @Test
    void onlyWhatIsLongerThanTheSettingIsCompressed() throws Exception {
        assertThat(codec.encode("a", "x".repeat(ABOVE))).isEqualTo(plain.encode("a", "x".repeat(ABOVE)));
        byte[] longer = codec.encode("a", "x".repeat(ABOVE + 1));
        assertThat(longer.length).isLessThan(40);
        assertThat(codec.decode(longer)).isEqualTo("x".repeat(ABOVE + 1));
        EnvelopeCodec off = Codecs.jdk(new EnvelopeCodec.Sizes(Integer.MAX_VALUE, 1 << 20));
        assertThat(off.encode("a", "x".repeat(100_000))).hasSize(100_007);
    }

    @Test
    void whatCannotBeCompressedStaysAsItIs() throws Exception {
        byte[] noise = new byte[5_000];
        new Random(1).nextBytes(noise);
        assertThat(codec.encode("a", noise)).isEqualTo(plain.encode("a", noise));
    }

    @Test
    void equalValuesHaveEqualBytes() {
        assertThat(codec.encode("a", session())).isEqualTo(codec.encode("a", session()));
    }

    @Test
    void aValueThatCanOnlyBeComparedByItsEncodingIsComparedBeforeCompression() {
        OwnForm value = new OwnForm("x".repeat(2_000));
        Encoded first = codec.encodeAndLook("a", value);
        assertThat(first.bytes().length).isLessThan(500);
        assertThat(first.baseline()).isEqualTo(first.baseline()).isNotNull();
        assertThat(codec.encodeIfDifferent("a", value, first.baseline())).isNull();
        value.text = "y".repeat(2_000);
        Encoded second = codec.encodeIfDifferent("a", value, first.baseline());
        assertThat(second).isNotNull();
        assertThat(second.bytes()).isEqualTo(codec.encode("a", value));
    }

    @Test
    void aLengthAboveTheLimitIsRefusedBeforeItIsAllocated() {
        EnvelopeCodec generous = Codecs.jdk(new EnvelopeCodec.Sizes(ABOVE, Integer.MAX_VALUE));
        byte[] bomb = generous.encode("a", "x".repeat(100 << 20));
        assertThat(bomb.length).isLessThan(1 << 20);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        assertThatThrownBy(() -> codec.decode(bomb))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("would be " + (100 << 20) + " bytes decompressed, allowed are " + (1 << 20));
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .isLessThan(1 << 20);
    }

    @Test
    void memoryThatIsShortForALengthIsNoErrorOfTheRequest() {
        EnvelopeCodec unbounded = Codecs.jdk(new EnvelopeCodec.Sizes(ABOVE, Integer.MAX_VALUE));
        ByteSink bomb = new ByteSink(1 << 24, Integer.MAX_VALUE);
        bomb.put(1);
        bomb.put(1);
        bomb.put(1);
        bomb.putInt(Integer.MAX_VALUE); // no Java has an array of that length, however much memory there is
        bomb.put(new byte[Integer.MAX_VALUE / 255 + 1]);
        byte[] bytes = Envelope.seal(bomb);
        assertThatThrownBy(() -> unbounded.decode(bytes))
                .isInstanceOf(UndecodableException.class)
                .hasMessageContaining("no memory for 2147483647");
    }

    @Test
    void aValueAboveTheLimitIsRefusedByNameBeforeItsWholeEncodingIsInMemory() {
        List<String> same = new ArrayList<>();
        for (int i = 0; i < 200_000; i++) {
            same.add("value " + i);
        }
        EnvelopeCodec little = Codecs.jdk(new EnvelopeCodec.Sizes(ABOVE, 2_000));
        assertThatThrownBy(() -> little.encode("cart", same))
                .isInstanceOf(EncodingException.class)
                .hasMessageContaining("'cart' (java.util.ArrayList)")
                .hasMessageContaining("more than the 2000 bytes that max-session-size allows")
                .hasMessageNotContaining("value 1");
        assertThatThrownBy(() -> little.encode("text", "x".repeat(5_000))).isInstanceOf(EncodingException.class);
        assertThat(little.encode("text", "x".repeat(1_993)).length).isLessThan(100);
    }

    @Test
    void aFixtureOfACompressedValueIsRead() throws Exception {
        assertThat(codec.decode(COMPRESSED_FIXTURE)).isEqualTo("holdfast ".repeat(60));
        assertThat(codec.encode("a", "holdfast ".repeat(60))).isEqualTo(COMPRESSED_FIXTURE);
    }

    @Test
    void aFixtureOfAValueCompressedWithTheDictionaryIsRead() throws Exception {
        List<Object> value = new ArrayList<>(List.of(new BigDecimal("12.50"), "kelp", LocalDate.of(2026, 1, 1), 5));
        assertThat(codec.decode(DICTIONARY_FIXTURE)).isEqualTo(value);
        assertThat(codec.encode("a", value)).isEqualTo(DICTIONARY_FIXTURE);
    }

    private static final byte[] DICTIONARY_FIXTURE = java.util.HexFormat.of()
            .parseHex("010200036a646b000001bb4faced000542001b110442001d04e9020f5b034d1f025b036b100454030304000f5b030c"
                    + "b00204e278787400046b656c79130faa0415021c020143020f6b0208a071007e000400000005788538fe00");

    /** Format 1, flag 1, as it is stored somewhere since this was released: not to be edited. */
    private static final byte[] COMPRESSED_FIXTURE =
            java.util.HexFormat.of().parseHex("0101010000021c9f686f6c6466617374200900fffc506661737420684df5a0");

    static final class OwnForm implements java.io.Externalizable {
        String text = "";

        public OwnForm() {}

        OwnForm(String text) {
            this.text = text;
        }

        @Override
        public void writeExternal(java.io.ObjectOutput out) throws java.io.IOException {
            out.writeUTF(text);
        }

        @Override
        public void readExternal(java.io.ObjectInput in) throws java.io.IOException {
            text = in.readUTF();
        }
    }
}
