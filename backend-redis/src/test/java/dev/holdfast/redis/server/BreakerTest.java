package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.server.Unreachable.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom a server that is down keeps waiting, and what they are told. */
@Timeout(60)
class BreakerTest {

    private final Breaker breaker = new Breaker(Duration.ofSeconds(1).toNanos());

    private static Unreachable refused(String why) {
        return new Unreachable(Reason.REFUSED, why, null);
    }

    private void awaitTrial() {
        while (!breaker.admits()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void whatTheLastTrialFoundIsTold() {
        breaker.failed(refused("nobody listens"));
        awaitTrial();
        breaker.failed(new Unreachable(Reason.NO_MASTER, "loading", null));

        assertThat(breaker.refusal()).hasMessageContaining("loading").hasMessageNotContaining("nobody listens");
        assertThat(breaker.refusal().reason()).isEqualTo(Reason.NO_MASTER);
    }

    @Test
    void trialsThatFailAtOnceBecomeRarer() {
        breaker.failed(refused("nobody listens"));
        assertThat(breaker.refusal()).hasMessageContaining("every 250 ms");
        awaitTrial();
        breaker.failed(refused("nobody listens"));
        assertThat(breaker.refusal()).hasMessageContaining("every 500 ms");
    }

    @Test
    void manyWhoFailTogetherDoNotMakeTrialsRarer() {
        for (int i = 0; i < 10; i++) {
            breaker.failed(refused("nobody listens"));
        }
        assertThat(breaker.refusal()).hasMessageContaining("every 250 ms");
        assertThat(breaker.admits()).isFalse();
    }

    @Test
    void theFirstSuccessClosesIt() {
        breaker.failed(refused("nobody listens"));
        breaker.succeeded();
        assertThat(breaker.isOpen()).isFalse();
        assertThat(breaker.admits()).isTrue();
    }
}
