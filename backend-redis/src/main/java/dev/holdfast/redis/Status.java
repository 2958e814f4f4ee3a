package dev.holdfast.redis;

import dev.holdfast.spi.StoreException;
import org.jspecify.annotations.Nullable;

/** What scripts answer in place of a result: the names of the numbers in {@code prelude.lua}. */
final class Status {

    static final long ABSENT = -1;
    static final long REMOVED = -2;
    static final long CORRUPT = -3;
    static final long EXISTS = -4;
    static final long UNKNOWN = -5;
    static final long DONE = -6;

    private Status() {}

    /** For an answer that has no meaning where it came. */
    static StoreException unexpected(String operation, @Nullable Object answer) {
        if (answer instanceof Long status) {
            if (status == CORRUPT) {
                return new StoreException(
                        StoreException.Kind.CORRUPT,
                        "Redis holds something under a session's key that is no session of this format: damaged, written by"
                                + " another program, or by a newer release");
            }
            if (status == UNKNOWN) {
                return new StoreException(
                        StoreException.Kind.UNAVAILABLE,
                        "the connection to Redis was lost during " + operation
                                + " and others have written since: it may or may not have been applied");
            }
        }
        return new StoreException(
                StoreException.Kind.UNAVAILABLE, "Redis gave an answer to " + operation + " that it cannot give");
    }
}
