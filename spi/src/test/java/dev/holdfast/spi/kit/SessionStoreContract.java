package dev.holdfast.spi.kit;

import dev.holdfast.spi.ExpiryPolicy;
import org.junit.jupiter.api.Nested;

/**
 * What every store must do. Extend it, say how to start the backend, and run it: 80 tests or so, none of which may be left out.
 * A store that can do more also extends the contract of what it can: {@link ExpiryClaimsContract}, {@link
 * ExpirySearchContract}, {@link SessionLocksContract}, {@link EvictionContract}, {@link TwoHistoriesContract}, {@link
 * StoredBytesContract}.
 *
 * <p>Each group runs on a backend of its own.
 */
public abstract class SessionStoreContract {

    /** A fresh backend, whose members will be opened with this policy. */
    protected abstract StoreFixture backend(ExpiryPolicy policy) throws Exception;

    @Nested
    class Loading extends LoadContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }

    @Nested
    class Saving extends SaveContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }

    @Nested
    class Touching extends TouchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }

    @Nested
    class Removing extends RemoveContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }

    @Nested
    class Lifetimes extends LifetimeContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }

    @Nested
    class Concurrency extends ConcurrencyContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }

    @Nested
    class Faults extends FaultContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }

    @Nested
    class Model extends ModelContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) throws Exception {
            return SessionStoreContract.this.backend(policy);
        }
    }
}
