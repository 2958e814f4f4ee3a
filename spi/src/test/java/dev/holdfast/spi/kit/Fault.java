package dev.holdfast.spi.kit;

import dev.holdfast.spi.StoreException;
import org.jspecify.annotations.Nullable;

/**
 * What shall go wrong in a {@link FaultyStore}. Immutable.
 *
 * @param operation which calls it is about
 * @param when before the store sees the call, or after it has done its work
 * @param kind how the call fails, null if it does not
 * @param gate where the call waits first, null if it does not
 * @param skip how many calls of the operation go well before the first one that does not
 * @param times how many calls it strikes
 */
public record Fault(
        Operation operation,
        When when,
        StoreException.@Nullable Kind kind,
        @Nullable Gate gate,
        int skip,
        int times) {

    /** On which side of the store's work. */
    public enum When {
        /** The store never sees the call. */
        BEFORE,
        /** The store did what it was asked, but the caller does not learn of it. */
        AFTER
    }

    /** The next call fails and has no effect. */
    public static Fault failsBefore(Operation operation) {
        return new Fault(operation, When.BEFORE, StoreException.Kind.UNAVAILABLE, null, 0, 1);
    }

    /** The next call takes effect, but its reply is lost: the caller gets TIMEOUT. */
    public static Fault replyLost(Operation operation) {
        return new Fault(operation, When.AFTER, StoreException.Kind.TIMEOUT, null, 0, 1);
    }

    /** The next call waits at the gate, then takes effect. */
    public static Fault held(Operation operation, Gate gate) {
        return new Fault(operation, When.BEFORE, null, gate, 0, 1);
    }

    /** The next call takes effect, then its reply waits at the gate. */
    public static Fault replyHeld(Operation operation, Gate gate) {
        return new Fault(operation, When.AFTER, null, gate, 0, 1);
    }

    /** It strikes only after that many calls of the operation went well. */
    public Fault afterCalls(int count) {
        return new Fault(operation, when, kind, gate, count, times);
    }

    /** It strikes that many calls. */
    public Fault times(int count) {
        return new Fault(operation, when, kind, gate, skip, count);
    }

    /** It strikes every call until {@link FaultyStore#heal}. */
    public Fault always() {
        return times(Integer.MAX_VALUE);
    }

    /** It fails in that way, after having waited if it waits. */
    public Fault with(StoreException.Kind howItFails) {
        return new Fault(operation, when, howItFails, gate, skip, times);
    }
}
