package dev.holdfast.filter.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class AllowedClassesTest {

    @Test
    void patternsNameAClassAPackageOrAllBelowIt() {
        AllowedClasses allowed = AllowedClasses.of(List.of("com.acme.Cart", "org.one.*", "org.all.**"));
        assertThat(List.of("com.acme.Cart", "org.one.A", "org.one.A$B", "org.all.A", "org.all.x.y.A"))
                .allMatch(allowed);
        assertThat(List.of("com.acme.Cart$Item", "com.acme.Cart2", "org.one.x.A", "org.allx.A", "org.all", "A"))
                .noneMatch(allowed);
        assertThat(allowed.isRestricted()).isTrue();
    }

    @Test
    void valuesAndCollectionsOfTheJdkNeedNoPattern() {
        AllowedClasses allowed = AllowedClasses.of(List.of("com.acme.**"));
        assertThat(List.of("java.util.ArrayList", "java.lang.Integer", "java.time.Ser", "java.sql.Timestamp"))
                .allMatch(allowed);
        assertThat(List.of("java.lang.invoke.SerializedLambda", "java.rmi.server.RemoteObject", "java.net.URL"))
                .noneMatch(allowed);
    }

    @Test
    void anExclusionWinsWhereverItStands() {
        AllowedClasses allowed = AllowedClasses.of(List.of("!com.acme.evil.*", "com.acme.**", "!java.util.Vector"));
        assertThat(allowed.test("com.acme.Cart")).isTrue();
        assertThat(allowed.test("com.acme.evil.Cart")).isFalse();
        assertThat(allowed.test("java.util.Vector")).isFalse();
    }

    @Test
    void exclusionsAloneAllowTheRest() {
        AllowedClasses allowed = AllowedClasses.of(List.of("!com.acme.Cart"));
        assertThat(allowed.test("com.acme.Cart")).isFalse();
        assertThat(allowed.test("org.other.Cart")).isTrue();
        assertThat(allowed.isRestricted()).isFalse();
    }

    @Test
    void withoutPatternsOnlyKnownGadgetsAreRefused() {
        AllowedClasses allowed = AllowedClasses.everythingFound();
        assertThat(allowed.test("com.acme.Cart")).isTrue();
        assertThat(allowed.test("org.apache.commons.collections.functors.InvokerTransformer"))
                .isFalse();
        assertThat(allowed.test("com.sun.org.apache.xalan.internal.xsltc.trax.TemplatesImpl"))
                .isFalse();
    }

    @Test
    void whatIsNoPatternIsRefusedByName() {
        for (String wrong : List.of("", "!", "com.acme.", "**", "com.*.Cart", "com/acme", "com.acme.***", "com acme")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AllowedClasses.of(List.of("com.acme.Fine", wrong)))
                    .withMessageContaining("\"" + wrong + "\"");
        }
    }
}
