package dev.holdfast.spi;

import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.SessionLocksContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

class LocalStoreContractTest extends SessionStoreContract {

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return new Local(policy);
    }

    @Nested
    class Claiming extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Local(policy);
        }
    }

    @Nested
    class Searching extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Local(policy);
        }
    }

    @Nested
    class Locking extends SessionLocksContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Local(policy);
        }
    }

    @Nested
    class Forgetting extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) {
            return new Local(policy);
        }
    }

    @Nested
    class GoingBack extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) {
            return new Local(policy);
        }
    }

    private static final class Local implements StoreFixture.Evicting, StoreFixture.Rewinding {

        private final ManualTime time = new ManualTime();
        private final LocalStore memory;

        Local(ExpiryPolicy policy) {
            memory = new LocalStore(new StoreContext("memory", policy, time));
        }

        @Override
        public SessionStore open(StoreContext context) {
            return memory.member(context);
        }

        @Override
        public TimeSource time() {
            return time;
        }

        @Override
        public void pass(Duration duration) {
            time.advance(duration);
        }

        @Override
        public void evict(SessionKey key) {
            memory.records().remove(key);
        }

        @Override
        public @Nullable Object copy(SessionKey key) {
            return memory.records().get(key);
        }

        @Override
        public void restore(SessionKey key, @Nullable Object copy) {
            if (copy == null) {
                memory.records().remove(key);
            } else {
                memory.records().put(key, (SessionRecord) copy);
            }
        }
    }
}
