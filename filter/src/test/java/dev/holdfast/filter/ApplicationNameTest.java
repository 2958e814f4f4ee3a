package dev.holdfast.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.SessionKey;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApplicationNameTest {

    @ParameterizedTest
    @CsvSource({
        "'', ROOT",
        "/, ROOT",
        "/shop, shop",
        "/shop-2, shop-2",
        "/a/b, a.b",
        "/a/b##2, a.b",
        "/a/b##, a.b",
        "##7, ROOT",
        "/ROOT, _52OOT",
        "/root, root",
        "/a.b, a_2Eb",
        "/a_b, a__b",
        "/a#b, a_23b",
        "/a b, a_20b",
        "/a%20b, a_2520b",
        "/é, _C3_A9"
    })
    void aContextPathHasOneName(String contextPath, String name) {
        assertThat(ApplicationName.of(contextPath)).isEqualTo(name);
    }

    @Test
    void differentPathsHaveDifferentNamesThatEveryKeyTakes() {
        Random random = new Random(7);
        List<String> parts =
                List.of("/", ".", "_", "__", "a", "A", "2E", "_2E", "-", "é", "\n", "😀", "ROOT", "%", "#", ";");
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder path = new StringBuilder();
            for (int length = random.nextInt(1, 8); length > 0; length--) {
                path.append("/a".repeat(random.nextInt(50) == 0 ? 60 : 0))
                        .append(parts.get(random.nextInt(parts.size())));
            }
            if (path.indexOf("##") < 0 && !path.toString().equals("/")) {
                paths.add("/" + path);
            }
        }
        paths.add("");

        Set<String> names = new HashSet<>();
        for (String path : paths) {
            String name = ApplicationName.of(path);
            assertThat(names.add(name)).as("another path is called as %s", path).isTrue();
            assertThat(new SessionKey(name, "x").application()).isEqualTo(name);
        }
    }

    @Test
    void longPathsThatDifferAtTheEndDiffer() {
        String path = "/long".repeat(100);

        assertThat(ApplicationName.of(path + "a"))
                .hasSize(SessionKey.MAX_LENGTH)
                .isEqualTo(ApplicationName.of(path + "a"))
                .isNotEqualTo(ApplicationName.of(path + "b"));
    }
}
