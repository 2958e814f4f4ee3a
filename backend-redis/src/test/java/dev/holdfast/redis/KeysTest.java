package dev.holdfast.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.server.Slots;
import dev.holdfast.spi.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeysTest {

    private final Keys keys = new Keys("shop");

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII);
    }

    /** Stored sessions are found by these names: a change of any of them logs everybody out. */
    @Test
    void theNamesAreThoseOfEveryOtherRelease() {
        SessionKey key = new SessionKey("shop", "Zk3vRz0cYQf1tT4hJ9sW2nB7mPo");

        assertThat(text(keys.session(key))).isEqualTo("hf:{shop.58}:s:Zk3vRz0cYQf1tT4hJ9sW2nB7mPo");
        assertThat(text(keys.lock(key))).isEqualTo("hf:{shop.58}:l:Zk3vRz0cYQf1tT4hJ9sW2nB7mPo");
        assertThat(text(keys.deadlines(0x58))).isEqualTo("hf:{shop.58}:due");
        assertThat(keys.slotOf(0x58)).isEqualTo(8213);
    }

    @Test
    void aMemberOfTheDeadlinesIsAnIdOfTheirBucketAndNothingElse() {
        SessionKey key = new SessionKey("shop", "Zk3vRz0cYQf1tT4hJ9sW2nB7mPo");
        int bucket = Keys.bucketOf(key);

        assertThat(keys.member(bucket, key.opaque().getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(key);
        assertThat(keys.member(bucket + 1 & 255, key.opaque().getBytes(StandardCharsets.US_ASCII)))
                .isNull();
        assertThat(keys.member(bucket, "}:s:x".getBytes(StandardCharsets.US_ASCII)))
                .isNull();
        assertThat(keys.member(bucket, new byte[0])).isNull();
    }

    @Test
    void idsAreSpreadEvenly() {
        int[] counts = new int[Keys.BUCKETS];
        Random random = new Random(1);
        for (int i = 0; i < 256_000; i++) {
            byte[] bytes = new byte[20];
            random.nextBytes(bytes);
            String id = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            counts[Keys.bucketOf(new SessionKey("shop", id))]++;
        }
        // 1,000 each with a standard deviation of 32
        assertThat(Arrays.stream(counts).boxed()).allMatch(count -> count > 800 && count < 1200);
    }

    /** The figures of docs/operations.md: what the fullest master holds, of an even share. */
    @ParameterizedTest
    @CsvSource({"3, 1.13", "6, 1.2", "12, 1.32", "20, 1.65"})
    void bucketsAreSpreadOverMasters(int masters, double most) {
        Random random = new Random(1);
        for (int application = 0; application < 300; application++) {
            Keys named = new Keys("app" + Integer.toString(random.nextInt(1 << 30), 36));
            int[] counts = new int[masters];
            for (int bucket = 0; bucket < Keys.BUCKETS; bucket++) {
                counts[named.slotOf(bucket) * masters / Slots.COUNT]++;
            }
            double fullest = Arrays.stream(counts).max().orElse(0) * (double) masters / Keys.BUCKETS;
            assertThat(fullest).isBetween(1.0, most);
        }
    }
}
