package dev.holdfast.redis.server;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** How much the callers of one server share. Thread-safe. */
final class Counts {

    private final LongAdder trips = new LongAdder();
    private final LongAdder calls = new LongAdder();

    void sent(List<Call> batch) {
        trips.increment();
        calls.add(batch.size());
    }

    /** Pipelines that left. */
    long trips() {
        return trips.sum();
    }

    /** What callers wanted, in these. */
    long calls() {
        return calls.sum();
    }
}
