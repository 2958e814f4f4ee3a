package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttributeNamesTest {

    @Test
    void namesBeginningsAndEndsAreMeantAsTheyAreWritten() {
        AttributeNames names = parse("cart", "user.*", "*Form");

        assertThat(List.of("cart", "user.", "user.name", "Form", "loginForm"))
                .allSatisfy(name -> assertThat(names.contain(name)).isTrue());
        assertThat(List.of("Cart", "cart2", "user", "xuser.name", "FormX", ""))
                .allSatisfy(name -> assertThat(names.contain(name)).isFalse());
    }

    @Test
    void noneGivenIsAll() {
        assertThat(parse().contain("anything")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*", "a*b", "*a*", "**"})
    void anythingElseIsAProblem(String name) {
        List<String> problems = new ArrayList<>();

        AttributeNames names = AttributeNames.parse(List.of("cart", name), problems::add);

        assertThat(problems).singleElement().asString().contains("user.*");
        assertThat(names.contain("other")).isFalse();
    }

    private static AttributeNames parse(String... names) {
        return AttributeNames.parse(List.of(names), problem -> {
            throw new AssertionError(problem);
        });
    }
}
