package dev.holdfast.filter.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.SessionStoreProvider.ConfiguredStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LateStoreTest {

    private static final StoreContext CONTEXT = new StoreContext(
            "app",
            new ExpiryPolicy(
                    Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30)),
            TimeSource.SYSTEM);
    private static final SessionKey KEY = new SessionKey("app", "k");

    private final AtomicBoolean there = new AtomicBoolean();
    private final CountDownLatch opened = new CountDownLatch(1);

    private final ConfiguredStore configured = context -> {
        if (!there.get()) {
            throw new StoreException(Kind.UNAVAILABLE, "nobody at home");
        }
        opened.countDown();
        return new LocalStore(context);
    };

    @Test
    void aStoreThatIsThereIsOpenedAndNothingElse() {
        there.set(true);
        try (SessionStore store = LateStore.openNowOrLater(configured, CONTEXT)) {
            assertThat(store).isInstanceOf(LocalStore.class);
        }
    }

    @Test
    void untilTheStoreIsThereCallsAreRefusedWithItsReasonAndThenTheyAreMade() throws InterruptedException {
        try (SessionStore store = LateStore.openNowOrLater(configured, CONTEXT)) {
            assertThatThrownBy(() -> store.load(KEY, Version.NONE, Access.NOW))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("nobody at home");
            there.set(true);
            assertThat(opened.await(30, TimeUnit.SECONDS)).isTrue();
            // The thread that opened it still has to tell.
            while (true) {
                try {
                    assertThat(store.load(KEY, Version.NONE, Access.NOW)).isInstanceOf(Loaded.Absent.class);
                    return;
                } catch (StoreException notYet) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void whoStopsWithoutAStoreLeavesNoThread() {
        SessionStore store = LateStore.openNowOrLater(configured, CONTEXT);
        store.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("holdfast-open-app") && thread.isAlive());
        assertThatThrownBy(store::ping).isInstanceOf(StoreException.class);
    }
}
