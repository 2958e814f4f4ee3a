package dev.holdfast.redis.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The thread that looks for masters outlives what goes wrong in it: without it a node would never find the next one. */
@Timeout(60)
class LookoutTest {

    @Test
    void looksAgainAfterTheMemoryWasShort() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        CountDownLatch again = new CountDownLatch(1);
        try (Lookout lookout = new Lookout("lookout-test", () -> {
            if (looks.incrementAndGet() == 1) {
                throw new OutOfMemoryError("as after a request for too much");
            }
            again.countDown();
            return TimeUnit.SECONDS.toNanos(1);
        })) {
            lookout.start();
            lookout.soon();
            assertThat(again.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }
}
