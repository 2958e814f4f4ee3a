package dev.holdfast.benchmarks.costs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class GuardTest {

    private static final Map<String, Cost> BEFORE = Map.of("read", new Cost(1, 1000, 2000));

    private static boolean isGrown(double calls, double bytes, double allocated) {
        return !Guard.grown(BEFORE, Map.of("read", new Cost(calls, bytes, allocated)))
                .isEmpty();
    }

    @Test
    void aLittleMoreIsNotGrown() {
        assertThat(isGrown(1.05, 1050, 2300)).isFalse();
    }

    @Test
    void eachCostIsLookedAtForItself() {
        assertThat(isGrown(1.1, 1000, 2000)).isTrue();
        assertThat(isGrown(1, 1100, 2000)).isTrue();
        assertThat(isGrown(1, 1000, 2400)).isTrue();
    }

    @Test
    void lessIsNotGrown() {
        assertThat(isGrown(0, 10, 10)).isFalse();
    }

    @Test
    void whatOnlyOneOfThemKnowsIsTold() {
        assertThat(Guard.grown(BEFORE, Map.of("change", new Cost(1, 1, 1))))
                .containsExactlyInAnyOrder("change: not in the baseline", "read: in the baseline, but not measured");
    }

    @Test
    void costsAreReadAsTheyAreWritten() {
        Cost cost = new Cost(1.25, 480, 11_000);
        assertThat(Cost.parse(cost.toString())).isEqualTo(cost);
    }
}
