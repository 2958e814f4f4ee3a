package dev.holdfast.benchmarks.costs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** No request costs more calls, bytes or garbage than when that was last written down: {@code bin/bench --quick --update}. */
class CostsIT {

    @Test
    void nothingHasGrown() throws Exception {
        try (Costs costs = new Costs()) {
            Map<String, Cost> now = costs.measure();
            assertThat(Guard.grown(Guard.read(Path.of("baseline.txt")), now)).isEmpty();
        }
    }
}
