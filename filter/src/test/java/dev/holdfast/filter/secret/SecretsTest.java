package dev.holdfast.filter.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
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
}
