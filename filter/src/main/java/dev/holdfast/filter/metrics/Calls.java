package dev.holdfast.filter.metrics;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** Calls of one operation of a store, counted and timed. Thread-safe. */
final class Calls {

    private final LongAdder ended = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAccumulator longest = new LongAccumulator(Math::max, 0);

    void ended(long tookNanos, boolean answered) {
        ended.increment();
        if (!answered) {
            failed.increment();
        }
        nanos.add(tookNanos);
        longest.accumulate(tookNanos);
    }

    /** Failed ones too. */
    long count() {
        return ended.sum();
    }

    long failed() {
        return failed.sum();
    }

    long micros() {
        return TimeUnit.NANOSECONDS.toMicros(nanos.sum());
    }

    long longestMicros() {
        return TimeUnit.NANOSECONDS.toMicros(longest.get());
    }
}
