package dev.holdfast.filter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.Version;
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoreBreakerTest {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));
    private static final SessionKey KEY = new SessionKey("app", "k");
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final ManualTime time = new ManualTime();
    private final StoreBreaker breaker = new StoreBreaker(time, TIMEOUT);
    private int calls;

    /** What a call ends with, after so long. */
    private void call(@Nullable Kind failure, Duration takes) {
        boolean ignored = breaker.call(() -> {
            calls++;
            time.advance(takes);
            if (failure != null) {
                throw new StoreException(failure, "no answer");
            }
            return true;
        });
    }

    private void fails(Kind failure, Duration takes) {
        assertThatThrownBy(() -> call(failure, takes)).isInstanceOf(StoreException.class);
    }

    private void open() {
        fails(Kind.TIMEOUT, TIMEOUT);
        fails(Kind.TIMEOUT, TIMEOUT);
        assertThat(breaker.isOpen()).isTrue();
        calls = 0;
    }

    @Test
    void callsThatHaveWaitedInVainOpenItAndThenNoneIsMade() {
        fails(Kind.TIMEOUT, TIMEOUT);
        assertThat(breaker.isOpen()).as("one may be unlucky").isFalse();
        fails(Kind.UNAVAILABLE, TIMEOUT);
        assertThat(breaker.isOpen()).isTrue();
        calls = 0;
        for (int i = 0; i < 1000; i++) {
            assertThatThrownBy(() -> call(null, Duration.ZERO))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("no answer");
        }
        assertThat(calls).isZero();
        assertThat(breaker.refused.sum()).isEqualTo(1000);
    }

    @Test
    void oneTrialIsMadeAfterAPauseThatGrowsToASecond() {
        open();
        for (long pause : new long[] {250, 250, 500, 1000, 1000, 1000}) {
            time.advance(Duration.ofMillis(pause).minusNanos(1));
            assertThatThrownBy(() -> call(null, Duration.ZERO)).hasMessageContaining("tried again soon");
            time.advance(Duration.ofNanos(1));
            fails(Kind.TIMEOUT, Duration.ofMillis(500));
            assertThat(calls).isEqualTo(1);
            calls = 0;
        }
        assertThat(breaker.trials.sum()).isEqualTo(6);
    }

    @Test
    void whileATrialIsUnderWayAllOthersAreRefused() {
        open();
        time.advance(Duration.ofSeconds(1));
        boolean ignored = breaker.call(() -> {
            time.advance(Duration.ofMillis(1900));
            assertThatThrownBy(() -> call(null, Duration.ZERO)).hasMessageContaining("tried again soon");
            return true;
        });
        assertThat(calls).isZero();
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void aTrialThatNeverEndsIsNotTheLast() {
        open();
        time.advance(Duration.ofSeconds(1));
        boolean ignored = breaker.call(() -> {
            time.advance(TIMEOUT);
            call(null, Duration.ZERO);
            return true;
        });
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void theFirstAnswerClosesItAndFailuresCountFromZeroAgain() {
        open();
        time.advance(Duration.ofSeconds(1));
        call(null, Duration.ZERO);
        assertThat(breaker.isOpen()).isFalse();
        fails(Kind.TIMEOUT, TIMEOUT);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void failuresThatCostNoTimeOrHaveAnswersInBetweenDoNotOpenIt() {
        for (int i = 0; i < 10_000; i++) {
            fails(Kind.UNAVAILABLE, Duration.ZERO);
        }
        for (int i = 0; i < 10; i++) {
            fails(Kind.TIMEOUT, TIMEOUT.minusMillis(1));
            call(null, Duration.ZERO);
        }
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void whatTheStoreRefusesForTheSessionsSakeIsAnAnswer() {
        fails(Kind.TIMEOUT, TIMEOUT);
        fails(Kind.CORRUPT, TIMEOUT);
        fails(Kind.TOO_LARGE, TIMEOUT);
        fails(Kind.TIMEOUT, TIMEOUT);
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void whoIsInterruptedSaysNothingAboutTheStore() {
        for (int i = 0; i < 3; i++) {
            Thread.currentThread().interrupt();
            fails(Kind.UNAVAILABLE, TIMEOUT);
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void everyOperationOfTheStoreIsRefusedWhileItIsOpen() {
        LocalStore local = new LocalStore(new StoreContext("app", POLICY, time));
        SessionStore store = local;
        SessionStore guarded = breaker.around(store);
        SessionLocks locks = breaker.around((SessionLocks) local);
        assertThat(guarded.load(KEY, Version.NONE, Access.NOW)).isNotNull();
        open();
        assertThatThrownBy(() -> guarded.load(KEY, Version.NONE, Access.NOW)).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> guarded.touch(List.of())).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> guarded.ping()).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> ((ExpiryClaims) guarded).claimExpired(Set.of(), 1, TIMEOUT))
                .isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> ((ExpiryClaims) guarded).confirm(List.of())).isInstanceOf(StoreException.class);
        assertThatThrownBy(() -> locks.tryLock(KEY, TIMEOUT, Duration.ZERO)).isInstanceOf(StoreException.class);
        assertThat(breaker.refused.sum()).isEqualTo(6);
    }
}
