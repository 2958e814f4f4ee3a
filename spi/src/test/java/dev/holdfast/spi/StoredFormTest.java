package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class StoredFormTest {

    static final SessionKey KEY = new SessionKey("shop.v2", "b3JkZXI_-0123456789abcdef");
    static final SessionKey OTHER = new SessionKey("shop.v2", "b3JkZXI_-0123456789abcdeg");
    static final Instant CREATED = Instant.parse("2026-11-21T09:00:00.123Z");
    static final Instant ACCESSED = Instant.parse("2026-11-21T09:05:00.123456789Z");

    /** What the fixtures of every format version hold: it must never change. */
    static final SessionSnapshot SNAPSHOT = new SessionSnapshot(
            KEY,
            Version.of(7, 0x12345),
            CREATED,
            ACCESSED,
            Duration.ofMinutes(30),
            Map.of(
                    "user", new StoredAttribute("Grace".getBytes(StandardCharsets.UTF_8), 1_880_000_000_000_000_000L),
                    "cart", new StoredAttribute(new byte[300], 1_880_000_000_000_000_000L),
                    "Größe", new StoredAttribute(new byte[0], 1_870_000_000_000_000_000L)),
            Map.of("coupon", 1_860_000_000_000_000_000L),
            null);

    static final SessionDelta DELTA = new SessionDelta(
            0x12345,
            Map.of("user", "Grace".getBytes(StandardCharsets.UTF_8)),
            Set.of("coupon", "basket"),
            Duration.ofMillis(1500),
            Duration.ofHours(8));

    static Map<String, SessionRecord> records() {
        return Map.of(
                "alive", new SessionRecord.Alive(SNAPSHOT, Version.of(6, 0x54321)),
                "claimed", new SessionRecord.Claimed(SNAPSHOT, 0x0123456789abcdefL, ACCESSED.plusSeconds(60)),
                "tombstone", new SessionRecord.Tombstone(-2, OTHER, ACCESSED, false, null),
                "tombstone-of-nothing", new SessionRecord.Tombstone(5, null, ACCESSED, true, null),
                "tombstone-of-expired", new SessionRecord.Tombstone(6, null, ACCESSED, false, CREATED));
    }

    @Test
    void everyFormatVersionThatIsReadHasFixturesAndTheyAreRead() throws IOException {
        for (int version = 1; version <= StoredForm.VERSION; version++) {
            for (var record : records().entrySet()) {
                assertThat(StoredForm.decodeRecord(KEY, fixture(version, record.getKey())))
                        .isEqualTo(record.getValue());
            }
            assertThat(StoredForm.decodeSnapshot(KEY, fixture(version, "snapshot")))
                    .isEqualTo(SNAPSHOT);
            assertSame(StoredForm.decodeDelta(KEY, fixture(version, "delta")), DELTA);
        }
    }

    @Test
    void theFormatIsTheOneOfTheFixtures() throws IOException {
        HexFormat hex = HexFormat.of();
        for (var record : records().entrySet()) {
            assertThat(hex.formatHex(StoredForm.encode(KEY, record.getValue())))
                    .as(record.getKey())
                    .isEqualTo(hex.formatHex(fixture(StoredForm.VERSION, record.getKey())));
        }
        assertThat(hex.formatHex(StoredForm.encode(SNAPSHOT)))
                .isEqualTo(hex.formatHex(fixture(StoredForm.VERSION, "snapshot")));
        assertThat(hex.formatHex(StoredForm.encode(KEY, DELTA)))
                .isEqualTo(hex.formatHex(fixture(StoredForm.VERSION, "delta")));
    }

    @Test
    void whateverIsWrittenIsReadAgain() {
        Random random = new Random(42);
        for (int round = 0; round < 500; round++) {
            SessionSnapshot snapshot = random(random);
            assertThat(StoredForm.decodeSnapshot(KEY, StoredForm.encode(snapshot)))
                    .isEqualTo(snapshot);
            for (SessionRecord record : List.of(
                    new SessionRecord.Alive(snapshot, snapshot.version()),
                    new SessionRecord.Claimed(snapshot, random.nextLong(), instant(random)),
                    new SessionRecord.Tombstone(
                            random.nextLong(), null, instant(random), random.nextBoolean(), instant(random)),
                    new SessionRecord.Tombstone(
                            random.nextLong(), OTHER, instant(random), random.nextBoolean(), null))) {
                assertThat(StoredForm.decodeRecord(KEY, StoredForm.encode(KEY, record)))
                        .isEqualTo(record);
            }
        }
    }

    @Test
    void extremeTimesAndStrangeNamesComeBackAsTheyWere() {
        for (Duration maxInactive : List.of(
                Times.FOREVER,
                Duration.ofSeconds(Long.MIN_VALUE),
                Duration.ZERO,
                Duration.ofNanos(-1),
                Duration.ofMillis(1))) {
            SessionSnapshot snapshot = new SessionSnapshot(
                    KEY,
                    Version.NONE,
                    Instant.MIN,
                    Instant.MAX,
                    maxInactive,
                    Map.of(
                            "", new StoredAttribute(new byte[1], Long.MAX_VALUE),
                            "\ud800 unpaired", new StoredAttribute(new byte[1], Long.MIN_VALUE),
                            "😀\u0000", new StoredAttribute(new byte[1], 0)),
                    Map.of("\uffff", -1L),
                    null);
            assertThat(StoredForm.decodeSnapshot(KEY, StoredForm.encode(snapshot)))
                    .isEqualTo(snapshot);
        }
    }

    @Test
    void equalValuesHaveEqualBytesWhateverTheOrderOfTheirMaps() {
        Map<String, byte[]> one = new HashMap<>(4);
        Map<String, byte[]> other = new HashMap<>(1024);
        byte[] value = {1};
        // "Aa" and "BB" share a hash, so their order in a map is that of their arrival
        for (String name : List.of("Aa", "BB", "c", "d")) {
            one.put(name, value);
        }
        for (String name : List.of("d", "c", "BB", "Aa")) {
            other.put(name, value);
        }
        assertThat(StoredForm.encode(KEY, new SessionDelta(1, one, Set.of("x", "y"), Duration.ZERO, null)))
                .isEqualTo(StoredForm.encode(KEY, new SessionDelta(1, other, Set.of("y", "x"), Duration.ZERO, null)));
    }

    @Test
    void whatSurroundsTheAttributesIsSmall() {
        int content = 5 + 300;
        assertThat(StoredForm.encode(SNAPSHOT).length - content).isLessThan(100);
        assertThat(StoredForm.encode(KEY, new SessionRecord.Tombstone(-2, null, CREATED, false, null)))
                .hasSizeLessThan(40);
    }

    @Test
    void everyCutIsCorrupt() {
        for (byte[] bytes : allForms()) {
            for (int length = 0; length < bytes.length; length++) {
                assertCorrupt(Arrays.copyOf(bytes, length));
            }
            assertCorrupt(Arrays.copyOf(bytes, bytes.length + 1));
        }
    }

    @Test
    void everyFlippedBitIsCorrupt() {
        for (byte[] bytes : allForms()) {
            for (int bit = 0; bit < bytes.length * 8; bit++) {
                byte[] flipped = bytes.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                assertCorrupt(flipped);
            }
        }
    }

    @Test
    void bytesUnderAnotherKeyAreCorrupt() {
        byte[] bytes = StoredForm.encode(SNAPSHOT);

        assertThatThrownBy(() -> StoredForm.decodeSnapshot(OTHER, bytes))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
                .hasMessageContaining("written for another key")
                .hasMessageNotContaining(KEY.opaque());
    }

    @Test
    void anUnknownFormatVersionIsNamed() {
        byte[] newer = StoredForm.encode(SNAPSHOT);
        newer[1] = 9;

        assertThatThrownBy(() -> StoredForm.decodeSnapshot(KEY, sealed(newer)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("format version 9")
                .hasMessageContaining("reads 1 to 1");
    }

    @Test
    void oneKindIsNotTakenForAnother() {
        byte[] snapshot = StoredForm.encode(SNAPSHOT);
        byte[] delta = StoredForm.encode(KEY, DELTA);

        assertThatThrownBy(() -> StoredForm.decodeRecord(KEY, snapshot)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> StoredForm.decodeSnapshot(KEY, delta)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> StoredForm.decodeDelta(KEY, snapshot)).isInstanceOf(StoreException.class);
    }

    @Test
    void forgedBytesWithARightChecksumAreReadOrCorruptAndNothingElse() {
        Random random = new Random(7);
        int corrupt = 0;
        List<byte[]> forms = allForms();
        for (int round = 0; round < 15_000; round++) {
            byte[] forged = forms.get(round % forms.size()).clone();
            for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
                // Not the head: what is refused there is refused at once.
                int index = 3 + random.nextInt(Math.min(80, forged.length - 7));
                forged[index] = (byte) (random.nextBoolean() ? 0xFF : random.nextInt(256));
            }
            corrupt += readsOrIsCorrupt(sealed(forged)) ? 0 : 1;
        }
        assertThat(corrupt).isPositive();
    }

    @Test
    void randomBytesAreCorrupt() {
        Random random = new Random(11);
        for (int round = 0; round < 5_000; round++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            assertCorrupt(bytes);
            if (bytes.length > 7) {
                bytes[0] = 0x48;
                bytes[1] = 1;
                bytes[2] = (byte) (1 + random.nextInt(6));
                readsOrIsCorrupt(sealed(bytes));
            }
        }
    }

    @Test
    void aHugeLengthIsRefusedBeforeAnythingIsAllocatedForIt() {
        // magic, version, kind snapshot, version 0, two instants and a duration of 0, then 2^31-1 attributes
        byte[] count = HexFormat.of().parseHex("480104" + "00" + "000000000000" + "ffffffff07" + "00000000");
        // one attribute, whose name has 2^31-1 characters
        byte[] name = HexFormat.of().parseHex("480104" + "00" + "000000000000" + "01" + "ffffffff07" + "00000000");
        // one attribute "a" with 2^63 bytes
        byte[] value = HexFormat.of()
                .parseHex(
                        "480104" + "00" + "000000000000" + "01" + "0161" + "00" + "80808080808080808001" + "00000000");

        assertCorrupt(sealed(count));
        assertCorrupt(sealed(name));
        assertCorrupt(sealed(value));
    }

    private static List<byte[]> allForms() {
        List<byte[]> forms = new ArrayList<>();
        records().values().forEach(record -> forms.add(StoredForm.encode(KEY, record)));
        forms.add(StoredForm.encode(SNAPSHOT));
        forms.add(StoredForm.encode(KEY, DELTA));
        return forms;
    }

    private static void assertCorrupt(byte[] bytes) {
        assertThat(readsOrIsCorrupt(bytes)).isFalse();
    }

    /** Whether any of the readers takes the bytes; whatever a reader throws is CORRUPT. */
    private static boolean readsOrIsCorrupt(byte[] bytes) {
        boolean read = false;
        for (Runnable reader : List.<Runnable>of(
                () -> StoredForm.decodeRecord(KEY, bytes),
                () -> StoredForm.decodeSnapshot(KEY, bytes),
                () -> StoredForm.decodeDelta(KEY, bytes))) {
            try {
                reader.run();
                read = true;
            } catch (StoreException e) {
                assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT);
            }
        }
        return read;
    }

    /** The bytes with their last four replaced by the checksum that docs/stored-format.md describes. */
    private static byte[] sealed(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update((KEY.application() + "\0" + KEY.opaque() + "\0").getBytes(StandardCharsets.US_ASCII));
        crc.update(bytes, 0, bytes.length - 4);
        ByteBuffer.wrap(bytes).putInt(bytes.length - 4, (int) crc.getValue());
        return bytes;
    }

    private static byte[] fixture(int version, String name) throws IOException {
        String path = "/stored-format/v" + version + "/" + name + ".hex";
        try (InputStream in = StoredFormTest.class.getResourceAsStream(path)) {
            assertThat(in).as(path).isNotNull();
            String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
            return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
        }
    }

    private static SessionSnapshot random(Random random) {
        Map<String, StoredAttribute> attributes = new HashMap<>();
        for (int i = random.nextInt(20); i > 0; i--) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            attributes.put(name(random), new StoredAttribute(bytes, random.nextLong()));
        }
        Map<String, Long> removed = new HashMap<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            removed.put(name(random), random.nextLong());
        }
        long version = Version.of(random.nextInt(Integer.MAX_VALUE), 1 + random.nextInt(Version.MAX_STAMP));
        return new SessionSnapshot(
                KEY,
                version,
                instant(random),
                instant(random),
                Duration.ofNanos(random.nextLong()),
                attributes,
                removed,
                null);
    }

    private static String name(Random random) {
        char[] name = new char[random.nextInt(12)];
        for (int i = 0; i < name.length; i++) {
            name[i] = (char) (random.nextInt(4) == 0 ? random.nextInt(0x10000) : 'a' + random.nextInt(26));
        }
        return new String(name);
    }

    private static Instant instant(Random random) {
        return Instant.ofEpochSecond(random.nextLong() >> 16, random.nextInt(1_000_000_000));
    }

    private static void assertSame(SessionDelta actual, SessionDelta expected) {
        assertThat(actual).usingRecursiveComparison().isEqualTo(expected);
    }
}
