package dev.holdfast.memcached;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.SessionLocksContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.StoredBytesContract;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import org.junit.jupiter.api.Nested;

/** The contract kit without servers. */
abstract class FakeNodesContract extends SessionStoreContract {

    abstract FakeNodesFixture fixture();

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return fixture();
    }

    @Nested
    class Claims extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return fixture();
        }
    }

    @Nested
    class Locks extends SessionLocksContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return fixture();
        }
    }

    @Nested
    class Evictions extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) {
            return fixture();
        }
    }

    @Nested
    class DamagedBytes extends StoredBytesContract {
        @Override
        protected StoreFixture.Corruptible backend(ExpiryPolicy policy) {
            return fixture();
        }
    }

    @Nested
    class Histories extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) {
            return fixture();
        }
    }
}
