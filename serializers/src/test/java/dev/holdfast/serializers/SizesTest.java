package dev.holdfast.serializers;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How many bytes sessions take, as the documentation says it. */
class SizesTest {

    /** The attributes of one session each. */
    private static Map<String, List<Object>> sessions() {
        Map<String, Object> preferences = new HashMap<>(Map.of("theme", "dark", "rows", 25, "beta", true));
        Map<String, List<Object>> sessions = new LinkedHashMap<>();
        sessions.put("small: an address", List.of(new Values.Address("Elm St 1", "Utrecht")));
        sessions.put(
                "typical: customer, preferences, last pages, cart of 3",
                List.of(
                        new Values.ForeignAddress("Pa Rd 7", "Otaki"),
                        preferences,
                        new ArrayList<>(List.of("/home", "/products?page=2", "/cart")),
                        Values.Cart.of(3)));
        sessions.put("large: cart of 150", List.of(Values.Cart.of(150)));
        return sessions;
    }

    @Test
    void sizesAreThoseInTheDocumentation() throws Exception {
        String documentation = Files.readString(Path.of("..", "docs", "serializers.md"));
        List<String> rows = new ArrayList<>();
        for (Map.Entry<String, List<Object>> session : sessions().entrySet()) {
            StringBuilder row = new StringBuilder("| " + session.getKey() + " |");
            long jdk = 0;
            for (String name : AllSerializers.NAMES) {
                long bytes = 0;
                for (Object attribute : session.getValue()) {
                    bytes += AllSerializers.write(AllSerializers.named(name), attribute).length;
                }
                jdk = name.equals("jdk") ? bytes : jdk;
                assertThat(bytes).as(name).isLessThanOrEqualTo(jdk);
                row.append(String.format(java.util.Locale.ROOT, " %,d |", bytes));
            }
            rows.add(row.toString());
        }
        rows.forEach(System.out::println);
        assertThat(documentation).contains(rows);
    }
}
