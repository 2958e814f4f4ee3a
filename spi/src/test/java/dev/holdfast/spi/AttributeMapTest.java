package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AttributeMapTest {

    private static StoredAttribute attribute(int number) {
        return new StoredAttribute(new byte[] {(byte) number}, number);
    }

    @Test
    void isTheMapItWasMadeOf() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Map<String, StoredAttribute> expected = new HashMap<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                expected.put("n" + random.nextInt(60), attribute(random.nextInt(100)));
            }
            AttributeMap map = AttributeMap.copyOf(expected);
            assertThat(map).as("seed %d", seed).isEqualTo(expected).hasSameHashCodeAs(expected);
            assertThat(List.copyOf(map.keySet())).isSorted();
            for (int i = 0; i < 60; i++) {
                assertThat(map.get("n" + i)).isEqualTo(expected.get("n" + i));
                assertThat(map.containsKey("n" + i)).isEqualTo(expected.containsKey("n" + i));
            }
            List<String> seen = new ArrayList<>();
            map.forEach((name, value) -> {
                seen.add(name);
                assertThat(value).isEqualTo(expected.get(name));
            });
            assertThat(seen).containsExactlyElementsOf(map.keySet());
        }
    }

    @Test
    void withChangesItIsWhatTheyMakeOfIt() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, StoredAttribute> expected = new HashMap<>();
        AttributeMap map = AttributeMap.copyOf(expected);
        for (int step = 0; step < 2_000; step++) {
            Map<String, StoredAttribute> set = new HashMap<>();
            Set<String> gone = new HashSet<>();
            for (int i = random.nextInt(4); i > 0; i--) {
                String name = "n" + random.nextInt(12);
                if (random.nextInt(4) == 0 && !set.containsKey(name)) {
                    gone.add(name);
                } else if (!gone.contains(name)) {
                    set.put(name, attribute(random.nextInt(100)));
                }
            }
            AttributeMap before = map;
            Map<String, StoredAttribute> copyOfBefore = new HashMap<>(before);
            map = before.with(set, gone);
            expected.putAll(set);
            expected.keySet().removeAll(gone);
            assertThat(map).as("seed %d, step %d", seed, step).isEqualTo(expected);
            assertThat(before).as("seed %d, step %d, before", seed, step).isEqualTo(copyOfBefore);
            assertThat(map.lastMark())
                    .isEqualTo(expected.values().stream()
                            .mapToLong(StoredAttribute::mark)
                            .max()
                            .orElse(Mark.NONE));
        }
    }

    @Test
    void namesThatAreNoneAreAbsent() {
        AttributeMap map = AttributeMap.copyOf(Map.of("", attribute(1)));
        assertThat(map.get("")).isEqualTo(attribute(1));
        assertThat(map.get(null)).isNull();
        assertThat(((Map<?, ?>) map).containsKey((Object) 1)).isFalse();
        assertThat(AttributeMap.copyOf(Map.of()).get("a")).isNull();
    }

    @Test
    void cannotBeChangedAndIsNotCopiedAgain() {
        Map<String, StoredAttribute> from = new HashMap<>(Map.of("a", attribute(1)));
        AttributeMap map = AttributeMap.copyOf(from);
        from.put("b", attribute(2));
        assertThat(map).hasSize(1);
        assertThat(AttributeMap.copyOf(map)).isSameAs(map);
        assertThatThrownBy(() -> map.put("c", attribute(3))).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(map::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> map.keySet().iterator().remove()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void namesAreTheSameObjectsInAllSessions() {
        AttributeMap one = AttributeMap.copyOf(Map.of(new String("cart"), attribute(1)));
        AttributeMap other = AttributeMap.copyOf(Map.of(new String("cart"), attribute(2)));
        assertThat(one.keySet().iterator().next())
                .isSameAs(other.keySet().iterator().next());
    }
}
