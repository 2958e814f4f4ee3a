package dev.holdfast.spi;

import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.SessionLocksContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import org.junit.jupiter.api.Nested;

class LocalStoreContractTest extends SessionStoreContract {

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return new LocalFixture(policy);
    }

    @Nested
    class Claiming extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new LocalFixture(policy);
        }
    }

    @Nested
    class Searching extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new LocalFixture(policy);
        }
    }

    @Nested
    class Locking extends SessionLocksContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new LocalFixture(policy);
        }
    }

    @Nested
    class Forgetting extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) {
            return new LocalFixture(policy);
        }
    }

    @Nested
    class GoingBack extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) {
            return new LocalFixture(policy);
        }
    }
}
