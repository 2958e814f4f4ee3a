package dev.holdfast.filter.secret;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.LocalFixture;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.TwoHistoriesContract;
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

    private static final class Sealed extends LocalFixture {

        private static final Secrets SECRETS = Secrets.parse("a secret of the test,another that was before it");

        Sealed(ExpiryPolicy policy) {
            super(policy);
        }

        @Override
        public SessionStore open(StoreContext context) {
            return SECRETS.around(super.open(context), context.application());
        }

        private SessionKey stored(SessionKey key) {
            return new SealedStore(memory(), SECRETS.ids(key.application()))
                    .sealed(key)
                    .stored();
        }

        @Override
        public void evict(SessionKey key) {
            super.evict(stored(key));
        }

        @Override
        public @Nullable Object copy(SessionKey key) {
            return super.copy(stored(key));
        }

        @Override
        public void restore(SessionKey key, @Nullable Object copy) {
            super.restore(stored(key), copy);
        }
    }
}
