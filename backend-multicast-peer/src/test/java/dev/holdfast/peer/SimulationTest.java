package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulationTest {

    private static final int RUNS = Integer.getInteger("holdfast.test.runs", 300);
    private static final int STEPS = 3_000;

    @ParameterizedTest
    @ValueSource(ints = {2, 3, Integer.MAX_VALUE})
    void nothingAcknowledgedIsLostWhateverTheOrderOfViewsAndMessages(int replicas) {
        long first = Long.getLong("holdfast.test.seed", 1);
        int runs = replicas == 2 ? RUNS : RUNS / 3;
        int acknowledged = 0;
        int apart = 0;
        int changes = 0;
        int toldChanges = 0;
        long readsAsBackup = 0;
        for (long seed = first; seed < first + runs; seed++) {
            Simulation simulation = new Simulation(seed, replicas);
            assertThat(simulation.run(STEPS)).as("seed " + seed).isEmpty();
            acknowledged += simulation.acknowledged();
            apart += simulation.acknowledgedApart();
            changes += simulation.changes();
            readsAsBackup += simulation.readsAsBackup();
            toldChanges += simulation.toldChanges();
        }
        System.out.println(acknowledged + " saves acknowledged, " + apart
                + " of them while the network was in two parts, " + readsAsBackup + " reads by backups alone, "
                + toldChanges + " answered by what had changed, " + changes + " views in " + runs + " runs");
        assertThat(acknowledged).isGreaterThan(runs * 20);
        assertThat(apart).isGreaterThan(runs / 2);
        assertThat(readsAsBackup).isGreaterThan(runs * 5L);
        assertThat(changes).isGreaterThan(runs * 3);
        if (replicas < Integer.MAX_VALUE) {
            assertThat(toldChanges).isGreaterThan(runs);
        }
    }
}
