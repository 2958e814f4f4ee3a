package dev.holdfast.filter.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SaveGateTest {

    private final SaveGate gate = new SaveGate(Duration.ofMillis(20));
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void aRequestWhoseLockTheRunningSaveWaitsForFailsAndLetsItGoOn() throws Exception {
        Object locked = new Object();
        CountDownLatch running = new CountDownLatch(1);
        Future<?> save;
        synchronized (locked) {
            save = threads.submit(() -> gate.commit(() -> {
                running.countDown();
                synchronized (locked) {
                    running.countDown(); // as an encoding that locks what it encodes
                }
            }));
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

            assertThatThrownBy(() -> gate.commit(() -> {}))
                    .isInstanceOfSatisfying(
                            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.TIMEOUT));
        }
        save.get(30, TimeUnit.SECONDS);
        boolean[] ran = new boolean[1];
        gate.commit(() -> ran[0] = true);
        assertThat(ran[0]).isTrue();
    }
}
