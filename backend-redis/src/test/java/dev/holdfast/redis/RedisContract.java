package dev.holdfast.redis;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.kit.EvictionContract;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.SessionLocksContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import dev.holdfast.spi.kit.StoredBytesContract;
import dev.holdfast.spi.kit.TwoHistoriesContract;
import java.util.Map;
import org.junit.jupiter.api.Nested;

/** The whole contract kit, for one kind of set-up. Its servers are started once; each group has an application of its own. */
abstract class RedisContract extends SessionStoreContract {

    /** What the filter would be told. */
    abstract Map<String, String> settings();

    @Override
    protected RedisFixture backend(ExpiryPolicy policy) {
        return new RedisFixture(settings());
    }

    @Nested
    class Claims extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return RedisContract.this.backend(policy);
        }
    }

    @Nested
    class Searches extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return RedisContract.this.backend(policy);
        }
    }

    @Nested
    class Evictions extends EvictionContract {
        @Override
        protected StoreFixture.Evicting backend(ExpiryPolicy policy) {
            return RedisContract.this.backend(policy);
        }
    }

    @Nested
    class DamagedBytes extends StoredBytesContract {
        @Override
        protected StoreFixture.Corruptible backend(ExpiryPolicy policy) {
            return RedisContract.this.backend(policy);
        }
    }

    @Nested
    class Histories extends TwoHistoriesContract {
        @Override
        protected StoreFixture.Rewinding backend(ExpiryPolicy policy) {
            return RedisContract.this.backend(policy);
        }
    }

    @Nested
    class Locks extends SessionLocksContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return RedisContract.this.backend(policy);
        }
    }
}
