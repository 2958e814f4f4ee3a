package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.TimeSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HomesTest {

    private static final int KEYS = 20_000;

    private final List<Node> nodes = Stream.of("n1", "n2", "n3", "n4", "n5")
            .map(name -> new FakeNode(name, TimeSource.SYSTEM).client())
            .toList();

    @Test
    void aNodeThatComesMovesTheSessionsThatItGetsAndNoOthers() {
        Homes before = new Homes(nodes.subList(0, 4), Map.of(), 2);
        Homes after = new Homes(nodes, Map.of(), 2);
        Node added = nodes.get(4);
        int moved = 0;
        for (String key : keys()) {
            List<Node> old = homes(before, key);
            List<Node> now = homes(after, key);
            if (!old.equals(now)) {
                moved++;
                assertThat(now).contains(added);
                Set<Node> both = new HashSet<>(now);
                both.retainAll(old);
                assertThat(both).as("one copy stays where it is").hasSize(1);
            }
        }
        assertThat(moved / (double) KEYS).as("its share of the copies").isCloseTo(2.0 / 5, within(0.02));
    }

    @Test
    void aNodeThatGoesMovesTheSessionsThatItHadAndNoOthers() {
        Homes before = new Homes(nodes, Map.of(), 2);
        Homes after = new Homes(nodes.subList(1, 5), Map.of(), 2);
        for (String key : keys()) {
            List<Node> old = homes(before, key);
            if (old.contains(nodes.get(0))) {
                assertThat(homes(after, key)).contains(old.get(1 - old.indexOf(nodes.get(0))));
            } else {
                assertThat(homes(after, key)).isEqualTo(old);
            }
        }
    }

    @Test
    void theOrderOfTheListDoesNotMatter() {
        Homes one = new Homes(nodes, Map.of(), 2);
        Homes other =
                new Homes(List.of(nodes.get(3), nodes.get(0), nodes.get(4), nodes.get(2), nodes.get(1)), Map.of(), 2);
        assertThat(keys()).allSatisfy(key -> assertThat(homes(other, key)).isEqualTo(homes(one, key)));
    }

    @Test
    void copiesAreNeverInOneZoneWhileThereAreOthers() {
        Map<String, String> zones = Map.of("n1", "left", "n2", "left", "n3", "left", "n4", "right", "n5", "right");
        for (String key : keys()) {
            assertThat(homes(new Homes(nodes, zones, 2), key).stream().map(node -> zones.get(node.name())))
                    .doesNotHaveDuplicates();
            assertThat(homes(new Homes(nodes, zones, 3), key)).hasSize(3).doesNotHaveDuplicates();
        }
        List<Node> left = nodes.subList(0, 3);
        assertThat(homes(new Homes(left, zones, 2), "k"))
                .as("better than one copy")
                .hasSize(2);
    }

    @Test
    void sessionsAreSpreadEvenly() {
        Homes homes = new Homes(nodes, Map.of(), 2);
        for (Node node : nodes) {
            double primaries = keys().stream()
                    .filter(key -> homes(homes, key).get(0) == node)
                    .count();
            assertThat(primaries / KEYS).isCloseTo(0.2, within(0.02));
        }
    }

    @Test
    void whileListsChangeTheHomesByBothAreHomes() {
        List<Node> before = nodes.subList(0, 3);
        List<Node> now = nodes.subList(2, 5);
        Homes old = new Homes(before, Map.of(), 2);
        Homes next = new Homes(now, Map.of(), 2);
        Homes moving = next.movedFrom(before, Map.of());
        assertThat(moving.areMoving()).isTrue();
        assertThat(next.areMoving()).isFalse();
        assertThat(moving.nodes()).containsExactlyInAnyOrderElementsOf(nodes);
        for (String key : keys()) {
            Set<Node> both = new HashSet<>(homes(next, key));
            both.addAll(homes(old, key));
            assertThat(homes(moving, key)).containsExactlyInAnyOrderElementsOf(both);
            assertThat(homes(moving, key).get(0)).isEqualTo(homes(next, key).get(0));
            assertThat(moving.order(key).nodes()).containsAll(now).doesNotHaveDuplicates();
        }
    }

    private static List<Node> homes(Homes homes, String key) {
        Homes.Order order = homes.order(key);
        return order.nodes().subList(0, order.homes());
    }

    private static List<String> keys() {
        return IntStream.range(0, KEYS).mapToObj(i -> "hf:shop:" + i).toList();
    }
}
