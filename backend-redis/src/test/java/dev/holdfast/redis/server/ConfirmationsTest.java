package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ConfirmationsTest {

    private static final long MOST = Duration.ofMillis(500).toNanos();
    private static final long HARDLY = Duration.ofMillis(50).toNanos();

    private final Confirmations confirmations = new Confirmations(2);

    @Test
    void whereThereAreTooFewReplicasTheNextTripsHardlyWait() {
        assertThat(confirmations.waitNanos(MOST)).isEqualTo(MOST);
        assertThat(confirmations.arrived(1, MOST)).isFalse();

        assertThat(confirmations.waitNanos(MOST)).isEqualTo(HARDLY);
        assertThat(confirmations.arrived(1, HARDLY)).isFalse();
        assertThat(confirmations.waitNanos(HARDLY / 2)).isEqualTo(HARDLY / 2);
    }

    @Test
    void asSoonAsThereAreEnoughTheyAreWaitedForAgain() {
        assertThat(confirmations.arrived(0, MOST)).isFalse();

        assertThat(confirmations.arrived(2, HARDLY)).isTrue();

        assertThat(confirmations.waitNanos(MOST)).isEqualTo(MOST);
    }

    @Test
    void aTripThatHadNoTimeSaysNothingAboutTheReplicas() {
        assertThat(confirmations.arrived(1, HARDLY - 1)).isFalse();

        assertThat(confirmations.waitNanos(MOST)).isEqualTo(MOST);
    }
}
