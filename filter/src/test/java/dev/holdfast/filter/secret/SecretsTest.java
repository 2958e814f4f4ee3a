package dev.holdfast.filter.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "fifteen letters",
                "aaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                "good enough to be one,hunter2",
                "good enough to be one,",
                ",good enough to be one",
                "good enough to be one,good enough to be one",
            })
    void aWeakSecretIsRefusedAndNotRepeated(String text) {
        assertThatThrownBy(() -> Secrets.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("hunter")
                .hasMessageNotContaining("letters")
                .hasMessageNotContaining("aaa")
                .hasMessageNotContaining("good")
                .hasNoCause();
    }

    @Test
    void theMessageSaysHowToMakeOne() {
        assertThatThrownBy(() -> Secrets.parse("hunter2")).hasMessageContaining("openssl rand -base64 32");
    }

    @Test
    void secretsAreNotShown() {
        assertThat(Secrets.parse("good enough to be one")).hasToString("a secret");
        assertThat(Secrets.parse("good enough to be one, good enough to be two"))
                .hasToString("2 secrets");
    }

    @Test
    void spaceAroundASecretIsNotPartOfIt() {
        byte[] random = new byte[20];
        assertThat(Secrets.parse(" good enough to be one ,another of the same")
                        .ids("app")
                        .of(random))
                .isEqualTo(Secrets.parse("good enough to be one").ids("app").of(random));
    }

    @Test
    void applicationsWithOneSecretShareNoKeys() {
        Secrets secrets = Secrets.parse("good enough to be one");
        byte[] random = new byte[20];
        assertThat(secrets.ids("shop").of(random))
                .isNotEqualTo(secrets.ids("blog").of(random));
        assertThat(secrets.ids("shop").isOf(random, secrets.ids("shop").of(random)))
                .isTrue();
        assertThat(secrets.ids("blog").isOf(random, secrets.ids("shop").of(random)))
                .isFalse();
    }

    @Test
    void noTwoPurposesHaveTheSameKey() {
        Prf root = new Prf(new byte[32]);
        Set<String> keys = new HashSet<>();
        for (String purpose : new String[] {
            "id", "key tag", "key cipher", "successor tag", "successor cipher", "session", "value", "name", "nonce"
        }) {
            assertThat(keys.add(java.util.HexFormat.of().formatHex(root.derive(purpose, "shop"))))
                    .isTrue();
            assertThat(keys.add(java.util.HexFormat.of().formatHex(root.derive(purpose, "shop2"))))
                    .isTrue();
        }
    }

    @Test
    void locksOfASessionAreTheSameForNodesThatKnowItsSecretAndShowNoId() {
        Secrets before = Secrets.parse("good enough to be one");
        Secrets changing = Secrets.parse("another of the same,good enough to be one");
        byte[] random = new byte[20];
        ByteBuffer bytes =
                ByteBuffer.allocate(30).put(random).put(before.ids("app").of(random));
        String id = Base64.getUrlEncoder().encodeToString(bytes.array());
        List<SessionKey> asked = new ArrayList<>();
        SessionLocks store = (key, lease, wait) -> {
            asked.add(key);
            return Optional.empty();
        };
        for (Secrets secrets : List.of(before, changing)) {
            assertThat(secrets.locks(store, "app")
                            .tryLock(new SessionKey("app", id), Duration.ofSeconds(1), Duration.ZERO))
                    .isEmpty();
        }
        assertThat(asked).hasSize(2);
        assertThat(asked.get(0)).isEqualTo(asked.get(1));
        assertThat(asked.get(0).opaque()).doesNotContain(id);
    }
}
