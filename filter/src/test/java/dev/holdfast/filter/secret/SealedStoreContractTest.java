package dev.holdfast.filter.secret;

import dev.holdfast.spi.BehindLocalStore;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.ManualTime;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;

/** A store that hides what it keeps is a store like any other. */
class SealedStoreContractTest extends SessionStoreContract {

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return new Sealed(policy);
    }

    @Nested
    class Claiming extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Sealed(policy);
        }
    }

    @Nested
    class Searching extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new Sealed(policy);
        }
    }

    @Nested
    class Forgetting extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) {
            return new Sealed(policy);
        }
    }

    @Nested
    class GoingBack extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) {
            return new Sealed(policy);
        }
    }

    private static final class Sealed implements StoreFixture.Evicting, StoreFixture.Rewinding {

        private static final Secrets SECRETS = Secrets.parse("a secret of the test,another that was before it");

        private final ManualTime time = new ManualTime();
        private final LocalStore memory;

        Sealed(ExpiryPolicy policy) {
            memory = new LocalStore(new StoreContext("memory", policy, time));
        }

        @Override
        public SessionStore open(StoreContext context) {
            return SECRETS.around(memory.member(context), context.application());
        }

        @Override
        public TimeSource time() {
            return time;
        }

        @Override
        public void pass(Duration duration) {
            time.advance(duration);
        }

        private SessionKey stored(SessionKey key) {
            return new SealedStore(memory, SECRETS.ids(key.application()))
                    .sealed(key)
                    .stored();
        }

        @Override
        public void evict(SessionKey key) {
            BehindLocalStore.forget(memory, stored(key));
        }

        @Override
        public @Nullable Object copy(SessionKey key) {
            return BehindLocalStore.records(memory).get(stored(key));
        }

        @Override
        public void restore(SessionKey key, @Nullable Object copy) {
            if (copy == null) {
                BehindLocalStore.forget(memory, stored(key));
            } else {
                BehindLocalStore.records(memory).put(stored(key), (SessionRecord) copy);
            }
        }
    }
}
