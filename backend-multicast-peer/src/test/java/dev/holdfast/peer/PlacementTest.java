package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.holdfast.spi.scale.Placement;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Prints rows of docs/scale.md. */
class PlacementTest {

    @Test
    void copiesAreSpreadEvenlyAndMoveOnlyToAndFromTheMemberThatComesOrGoes() {
        for (int size : Placement.clusterSizes()) {
            Random random = new Random(size);
            List<Member> members = IntStream.rangeClosed(0, size)
                    .mapToObj(i -> new Member(random.nextLong(), random.nextLong()))
                    .toList();
            Placement placement = Placement.of(size, numbers -> homes(numbers, members));
            System.out.println(placement.row("peers"));
            // As even as chance makes it: the mean, and four and a half standard deviations.
            double perNode = 2.0 * placement.sessions() / size;
            assertThat(placement.fullest()).isLessThan(1 + 4.5 / Math.sqrt(perNode));
            assertThat(placement.emptiest()).isGreaterThan(1 - 4.5 / Math.sqrt(perNode));
            assertThat(placement.joinMoved())
                    .isCloseTo(placement.joinLeast(), within(placement.joinLeast() * 4.5 / Math.sqrt(perNode)));
            assertThat(placement.leaveMoved()).isEqualTo(placement.leaveLeast());
        }
    }

    private static Placement.Homes homes(List<Integer> numbers, List<Member> members) {
        Map<Member, Integer> byMember = numbers.stream().collect(Collectors.toMap(members::get, Function.identity()));
        Epoch epoch = new Epoch(1, List.copyOf(byMember.keySet()), 2);
        return key -> epoch.homes(key).stream().mapToInt(byMember::get).toArray();
    }
}
