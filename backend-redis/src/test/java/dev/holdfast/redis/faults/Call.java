package dev.holdfast.redis.faults;

import dev.holdfast.spi.SessionKey;

/**
 * One call of a store.
 *
 * @param error null if it succeeded
 */
record Call(Kind kind, SessionKey key, int member, long beginNanos, long endNanos, String error) {

    enum Kind {
        LOAD,
        SAVE,
        REMOVE,
        TOUCH
    }

    boolean failed() {
        return error != null;
    }

    long nanos() {
        return endNanos - beginNanos;
    }
}
