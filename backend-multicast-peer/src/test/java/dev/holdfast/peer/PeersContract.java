package dev.holdfast.peer;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.SessionLocksContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import org.junit.jupiter.api.Nested;

/** The whole store contract, on members as {@link #peers} starts them. */
abstract class PeersContract extends SessionStoreContract {

    abstract PeerFixture peers();

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return peers();
    }

    @Nested
    class Claiming extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return peers();
        }
    }

    @Nested
    class Searching extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return peers();
        }
    }

    @Nested
    class Locking extends SessionLocksContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return peers();
        }
    }
}
