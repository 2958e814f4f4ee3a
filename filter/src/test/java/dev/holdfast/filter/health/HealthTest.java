package dev.holdfast.filter.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HealthTest {

    private final ManualTime time = new ManualTime();
    private int pings;
    private boolean away;
    private String reason;

    private final Health health = new Health(
            () -> {
                pings++;
                if (away) {
                    throw new StoreException(StoreException.Kind.UNAVAILABLE, "cache1:11211 refused");
                }
            },
            () -> reason,
            time);

    private Health.State later() {
        time.advance(Duration.ofSeconds(1));
        return health.check();
    }

    @Test
    void itIsReadyWhenTheStoreAnswersAndHasNothingAgainstIt() {
        assertThat(later()).isEqualTo(new Health.State(true, null));
        reason = "12 sessions to take over";
        assertThat(later()).isEqualTo(new Health.State(false, "12 sessions to take over"));
        reason = null;
        assertThat(later().isReady()).isTrue();
    }

    @Test
    void whatTheStoreSaysOfItsAddressStaysInTheLog() {
        away = true;
        assertThat(later()).isEqualTo(new Health.State(false, "the store does not answer"));
        away = false;
        assertThat(later().isReady()).isTrue();
    }

    @Test
    void nobodyCanHaveTheStoreAskedMoreThanOnceInASecond() {
        for (int i = 0; i < 100; i++) {
            health.check();
        }
        assertThat(pings).isEqualTo(1);
        later();
        assertThat(pings).isEqualTo(2);
    }
}
