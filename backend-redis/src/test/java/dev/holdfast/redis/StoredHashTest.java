package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Reading what the scripts of this format wrote, and whatever else may be found in its place. */
class StoredHashTest {

    private static final SessionKey KEY = new SessionKey("shop", "Zk3vRz0cYQf1tT4hJ9sW2nB7mPo");
    private static final byte[] REDIS_KEY = new Keys("shop").session(KEY);

    /** As Redis held them; later releases must read them. */
    private static final String ALIVE =
            "010100000000a0000500000000800003018bcfe56800018bcfe57bd50000001b77403335353461333737";

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] withCheck(byte[] body) throws Exception {
        java.security.MessageDigest sha1 = java.security.MessageDigest.getInstance("SHA-1");
        sha1.update(body);
        sha1.update(REDIS_KEY);
        byte[] check = ascii(HexFormat.of().formatHex(sha1.digest()).substring(0, 8));
        byte[] head = Arrays.copyOf(body, body.length + 8);
        System.arraycopy(check, 0, head, body.length, 8);
        return head;
    }

    @Test
    void aSessionOfFormatOneIsRead() throws Exception {
        byte[] pack = hex("00030005" + "746865" + "7468657265" + "00010000" + "62");
        List<byte[]> fields = List.of(ascii("h"), hex(ALIVE), ascii("p"), pack, ascii("abig"), new byte[300]);

        StoredHash hash = StoredHash.read(KEY, REDIS_KEY, fields);

        assertThat(hash.isAlive()).isTrue();
        SessionSnapshot session = hash.snapshot();
        assertThat(session.version()).isEqualTo(Version.of(5, 5));
        assertThat(session.createdAt()).isEqualTo(Instant.ofEpochMilli(1_700_000_000_000L));
        assertThat(session.lastAccessedAt()).isEqualTo(Instant.ofEpochMilli(1_700_000_005_077L));
        assertThat(session.maxInactive()).isEqualTo(Duration.ofMinutes(30));
        assertThat(session.attributes()).containsOnlyKeys("the", "b", "big");
        assertThat(session.attributes().get("the").bytes()).isEqualTo(ascii("there"));
        assertThat(session.attributes().get("b").bytes()).isEmpty();
    }

    @Test
    void aHeadUnderAnotherKeyIsCorrupt() throws Exception {
        List<byte[]> fields = List.of(ascii("h"), hex(ALIVE));

        assertThatThrownBy(() -> StoredHash.read(KEY, ascii("hf:{shop.58}:s:other"), fields))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT));
    }

    @Test
    void anyBytesEndWithASessionOrWithCorrupt() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("StoredHashTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            List<byte[]> fields = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                fields.add(ascii(List.of("h", "p", "ax", "x", "").get(random.nextInt(5))));
                byte[] value = new byte[random.nextInt(60)];
                random.nextBytes(value);
                if (random.nextBoolean()) {
                    // past the check, to what is behind it
                    byte[] body = random.nextBoolean() ? Arrays.copyOf(hex(ALIVE), 34) : value;
                    if (body.length > 1) {
                        body[random.nextInt(body.length)] = (byte) random.nextInt();
                        body[0] = 1;
                        body[1] = (byte) (1 + random.nextInt(3));
                    }
                    value = withCheck(body);
                }
                fields.add(value);
            }
            try {
                StoredHash hash = StoredHash.read(KEY, REDIS_KEY, fields);
                assertThat(hash.isAlive() && hash.snapshot() == null).isFalse();
            } catch (StoreException e) {
                assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT);
            }
        }
    }
}
