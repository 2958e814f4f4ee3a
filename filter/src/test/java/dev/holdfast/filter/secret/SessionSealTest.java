package dev.holdfast.filter.secret;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.SessionKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

class SessionSealTest {

    private static final SessionKey KEY = new SessionKey("shop", "s".repeat(40));

    private final ApplicationSecret secret = secret("good enough to be one");
    private final SessionKey stored = secret.hide(KEY);
    private final SessionSeal seal = secret.seal(stored);

    private static ApplicationSecret secret(String text) {
        return Secrets.parse(text).ids("shop").all().get(0);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private byte[] seal(String name, String value, int stamp) {
        return seal.seal(seal.nameOf(name), name, bytes(value), stamp);
    }

    @Test
    void aNameAndItsValueComeBackAsTheyWere() {
        for (String name : new String[] {"", "cart", "größe 日本 😀", "half \uD83D pair", "\0", "x".repeat(10_000)}) {
            for (String value : new String[] {"", "v", "x".repeat(70_000)}) {
                SessionSeal.Opened opened = seal.open(seal.nameOf(name), seal(name, value, 1));
                assertThat(opened).isNotNull();
                assertThat(opened.name()).isEqualTo(name);
                assertThat(opened.value()).isEqualTo(bytes(value));
            }
        }
    }

    @Test
    void noByteOfWhatIsHiddenIsSeen() {
        String sealed = new String(seal("the cart", "the value", 1), StandardCharsets.ISO_8859_1);
        assertThat(sealed).doesNotContain("cart").doesNotContain("value");
        assertThat(seal.nameOf("the cart")).hasSize(22).doesNotContain("cart");
        assertThat(stored.opaque()).doesNotContain("sss");
    }

    @Test
    void theSameSaveHasTheSameBytesAndEveryOtherHasOthers() {
        Set<String> nonces = new HashSet<>();
        for (String name : new String[] {"a", "b"}) {
            for (String value : new String[] {"1", "2", "11"}) {
                for (int stamp = 1; stamp < 100; stamp++) {
                    byte[] sealed = seal(name, value, stamp);
                    assertThat(seal(name, value, stamp)).isEqualTo(sealed);
                    assertThat(nonces.add(HexFormat.of().formatHex(sealed, 1, 13)))
                            .isTrue();
                }
            }
        }
    }

    @Test
    void whatWasMovedToAnotherNameSessionApplicationOrSecretDoesNotOpen() {
        byte[] sealed = seal("a", "1", 1);
        assertThat(seal.open(seal.nameOf("b"), sealed)).isNull();
        SessionKey other = secret.hide(new SessionKey("shop", "t".repeat(40)));
        assertThat(secret.seal(other).open(seal.nameOf("a"), sealed)).isNull();
        assertThat(secret("good enough to be two").seal(stored).open(seal.nameOf("a"), sealed))
                .isNull();
        ApplicationSecret blog =
                Secrets.parse("good enough to be one").ids("blog").all().get(0);
        assertThat(blog.seal(new SessionKey("blog", stored.opaque())).open(seal.nameOf("a"), sealed))
                .isNull();
        assertThat(seal.open(seal.nameOf("a"), sealed)).isNotNull();
    }

    @Test
    void nothingForgedOpens() {
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("SessionSealTest seed " + seed);
        Random random = new Random(seed);
        byte[] one = seal("a", "some value", 1);
        byte[] two = seal("a", "another value of the same attribute", 2);
        String name = seal.nameOf("a");
        for (int i = 0; i < 100_000; i++) {
            byte[] sound = random.nextBoolean() ? one : two;
            byte[] forged = sound.clone();
            switch (random.nextInt(5)) {
                case 0 -> forged[random.nextInt(forged.length)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> {
                    byte[] other = sound == one ? two : one;
                    int from = random.nextInt(one.length);
                    System.arraycopy(other, from, forged, from, random.nextInt(one.length - from + 1));
                }
                case 2 -> forged = Arrays.copyOf(forged, random.nextInt(forged.length * 2));
                case 3 -> Arrays.fill(forged, random.nextInt(forged.length), forged.length, (byte) random.nextInt());
                default -> {
                    forged = new byte[random.nextInt(100)];
                    random.nextBytes(forged);
                    if (forged.length > 0) {
                        forged[0] = 2;
                    }
                }
            }
            if (!Arrays.equals(forged, one) && !Arrays.equals(forged, two)) {
                assertThat(seal.open(name, forged))
                        .as("seed %d, mutation %d", seed, i)
                        .isNull();
            }
        }
    }

    @Test
    void aKeyCanBeReadAgainWithTheSecretAndNoOtherOpens() {
        assertThat(secret.open(stored)).isEqualTo(KEY);
        assertThat(secret("good enough to be two").open(stored)).isNull();
        long seed = ThreadLocalRandom.current().nextLong();
        System.out.println("SessionSealTest seed " + seed);
        Random random = new Random(seed);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder forged = new StringBuilder(stored.opaque());
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                forged.setCharAt(random.nextInt(forged.length()), alphabet.charAt(random.nextInt(64)));
            }
            if (random.nextInt(4) == 0) {
                forged.setLength(1 + random.nextInt(forged.length()));
            }
            if (!forged.toString().equals(stored.opaque())) {
                assertThat(secret.open(new SessionKey("shop", forged.toString())))
                        .as("seed %d", seed)
                        .isNull();
            }
        }
    }

    @Test
    void aSuccessorLeadsOnlyFromItsOwnTombstone() {
        SessionKey next = new SessionKey("shop", "n".repeat(40));
        SessionKey named = secret.hideSuccessor(stored, next);
        assertThat(secret.openSuccessor(stored, named)).isEqualTo(next);
        SessionKey another = secret.hide(new SessionKey("shop", "o".repeat(40)));
        assertThat(secret.openSuccessor(another, named)).isNull();
        // the key of a session, which a dump shows, cannot be made a successor
        assertThat(secret.openSuccessor(stored, secret.hide(next))).isNull();
        assertThat(secret.open(named)).isNull();
    }

    /** As they are stored somewhere since this was released: not to be edited. */
    @Test
    void theFormIsAsItWas() {
        assertThat(stored.opaque())
                .isEqualTo("gcQL4-IjXkx4lCgaWpCeUj0xVrRqGADbnhMbKGWFR07fzRfvAvOpXNCWOAVSwiZWlWQ_9T0Gl7M");
        assertThat(seal.nameOf("cart")).isEqualTo("u9lD6nrb9Vi_t7sKUW0mOA");
        assertThat(HexFormat.of().formatHex(seal("cart", "kelp", 7)))
                .isEqualTo("02884a3d1292a8e1ac176330fbf75a0378faf4f656a702d9902a3d0e2e01ed64af8c6c8f3550");
        assertThat(HexFormat.of().formatHex(secret.proof(new byte[20]))).isEqualTo("f0e03f327b61cb2643ca");
        assertThat(secret.hideSuccessor(stored, KEY).opaque())
                .isEqualTo("ZhUTGTuviDTN-CFJEZgxpiVEcVL0ltoOuMHiUaJSikNHUXRU9rRPN1B0V2Coo7kr2xLNLjW0JiU");
    }
}
