package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SimulationTest {

    private static final int RUNS = Integer.getInteger("holdfast.test.runs", 300);
    private static final int STEPS = 3_000;

    @Test
    void nothingAcknowledgedIsLostWhateverTheOrderOfViewsAndMessages() {
        long first = Long.getLong("holdfast.test.seed", 1);
        int acknowledged = 0;
        int changes = 0;
        for (long seed = first; seed < first + RUNS; seed++) {
            Simulation simulation = new Simulation(seed);
            assertThat(simulation.run(STEPS)).as("seed " + seed).isEmpty();
            acknowledged += simulation.acknowledged();
            changes += simulation.changes();
        }
        System.out.println(acknowledged + " saves acknowledged, " + changes + " views in " + RUNS + " runs");
        assertThat(acknowledged).isGreaterThan(RUNS * 20);
        assertThat(changes).isGreaterThan(RUNS * 3);
    }
}
