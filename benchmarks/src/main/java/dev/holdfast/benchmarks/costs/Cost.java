package dev.holdfast.benchmarks.costs;

import java.util.Locale;

/**
 * Of one request, on average.
 *
 * @param calls to store servers
 * @param bytes to and from them, or what peers send each other
 * @param allocated bytes, by the thread of the request
 */
record Cost(double calls, double bytes, double allocated) {

    /** What was counted {@code before} and {@code after}, for one of many. */
    static Cost of(Count before, Count after, int requests) {
        return new Cost(
                (double) (after.calls - before.calls) / requests,
                (double) (after.bytes - before.bytes) / requests,
                (double) (after.allocated - before.allocated) / requests);
    }

    /** Of each the lower one. */
    Cost least(Cost other) {
        return new Cost(
                Math.min(calls, other.calls), Math.min(bytes, other.bytes), Math.min(allocated, other.allocated));
    }

    /** Of all requests so far. */
    record Count(long calls, long bytes, long allocated) {

        Count withAllocated(long newAllocated) {
            return new Count(calls, bytes, newAllocated);
        }

        Count without(Count other) {
            return new Count(calls - other.calls, bytes - other.bytes, allocated - other.allocated);
        }
    }

    /** {@code calls bytes allocated} */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f %.0f %.0f", calls, bytes, allocated);
    }

    static Cost parse(String text) {
        String[] parts = text.trim().split(" ");
        return new Cost(Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2]));
    }
}
