package dev.holdfast.filter.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class ReflectedTest {

    public interface Named {
        String getName();
    }

    /** As containers have them: not public, with public methods of a public type. */
    private static final class Hidden implements Named {
        @Override
        public String getName() {
            return "hidden";
        }

        @SuppressWarnings("unused")
        public String getSecret() {
            return "not of a public type";
        }
    }

    public static class Failing {
        public String getName() {
            throw new IllegalStateException("not started");
        }

        public String getNothing() {
            return null;
        }

        public int getNumber() {
            return 1;
        }

        public String getEmpty() {
            return "";
        }
    }

    @Test
    void aPublicMethodOfAHiddenClassIsCalledThroughThePublicTypeThatDeclaresIt() throws Exception {
        assertThat(Reflected.call(new Hidden(), "getName")).isEqualTo("hidden");
    }

    @Test
    void aMethodThatNoPublicTypeDeclaresIsNotForced() {
        assertThat(Reflected.has(new Hidden(), "getSecret")).isFalse();
        assertThatThrownBy(() -> Reflected.call(new Hidden(), "getSecret"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("no public method getSecret()");
    }

    @Test
    void aClassInAModuleThatDoesNotExportItIsNotForced() throws Exception {
        // an internal class of the JDK behind a public interface
        Object list = java.util.List.of(1);
        assertThat(Reflected.call(list, "size")).isEqualTo(1);
        Callable<Object> inside = java.util.concurrent.Executors.callable(() -> {});
        assertThat(Reflected.call(inside, "call")).isNull();
    }

    @Test
    void whatTheMethodThrowsIsTheCause() {
        assertThatThrownBy(() -> Reflected.call(new Failing(), "getName"))
                .isInstanceOf(UnreadableException.class)
                .hasMessageContaining("not started")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void anAnswerOfAnotherTypeIsUnreadable() {
        assertThatThrownBy(() -> Reflected.text(new Failing(), "getNumber")).isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> Reflected.is(new Failing(), "getNumber")).isInstanceOf(UnreadableException.class);
        assertThatThrownBy(() -> Reflected.get(new Failing(), "getNothing")).isInstanceOf(UnreadableException.class);
    }

    @Test
    void anEmptyTextIsNotSet() throws Exception {
        assertThat(Reflected.text(new Failing(), "getEmpty")).isNull();
        assertThat(Reflected.text(new Failing(), "getNothing")).isNull();
    }
}
