package dev.holdfast.filter.session;

import dev.holdfast.spi.StoreException;

/** Which failures of a store pass by themselves. */
final class StoreFailure {

    private StoreFailure() {}

    /** Whether the store could not be asked, rather than refused this one session. */
    static boolean isOutage(StoreException e) {
        return e.kind() == StoreException.Kind.UNAVAILABLE || e.kind() == StoreException.Kind.TIMEOUT;
    }
}
