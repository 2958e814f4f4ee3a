package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.scale.Placement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Prints rows of docs/scale.md. */
class PlacementTest {

    @Test
    void sessionsAreSpreadEvenlyAndMoveOnlyToAndFromTheNodeThatComesOrGoes() {
        for (int size : Placement.clusterSizes()) {
            Placement placement = Placement.of(size, PlacementTest::homes);
            System.out.println(placement.row("memcached"));
            // As even as chance makes it: the mean, and four and a half standard deviations.
            double perNode = 2.0 * placement.sessions() / size;
            assertThat(placement.fullest()).isLessThan(1 + 4.5 / Math.sqrt(perNode));
            assertThat(placement.emptiest()).isGreaterThan(1 - 4.5 / Math.sqrt(perNode));
            assertThat(placement.joinMoved())
                    .isCloseTo(placement.joinLeast(), within(placement.joinLeast() * 4.5 / Math.sqrt(perNode)));
            assertThat(placement.leaveMoved()).isEqualTo(placement.leaveLeast());
        }
    }

    private static Placement.Homes homes(List<Integer> numbers) {
        List<Node> nodes = numbers.stream()
                .map(number -> new FakeNode("n" + number, TimeSource.SYSTEM).client())
                .toList();
        Homes homes = new Homes(nodes, Map.of(), 2);
        return key -> homes.order("hf:" + key.application() + ":" + key.opaque()).nodes().stream()
                .limit(2)
                .mapToInt(node -> Integer.parseInt(node.name().substring(1)))
                .toArray();
    }
}
