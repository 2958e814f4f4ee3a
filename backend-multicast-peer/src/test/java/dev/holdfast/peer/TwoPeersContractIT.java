package dev.holdfast.peer;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.kit.ExpiryClaimsContract;
import dev.holdfast.spi.kit.ExpirySearchContract;
import dev.holdfast.spi.kit.SessionLocksContract;
import dev.holdfast.spi.kit.SessionStoreContract;
import dev.holdfast.spi.kit.StoreFixture;
import org.junit.jupiter.api.Nested;

class TwoPeersContractIT extends SessionStoreContract {

    @Override
    protected StoreFixture backend(ExpiryPolicy policy) {
        return new PeerFixture(0);
    }

    @Nested
    class Claiming extends ExpiryClaimsContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new PeerFixture(0);
        }
    }

    @Nested
    class Searching extends ExpirySearchContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new PeerFixture(0);
        }
    }

    @Nested
    class Locking extends SessionLocksContract {
        @Override
        protected StoreFixture backend(ExpiryPolicy policy) {
            return new PeerFixture(0);
        }
    }
}
