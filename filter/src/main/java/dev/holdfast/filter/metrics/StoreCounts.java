package dev.holdfast.filter.metrics;

import java.util.concurrent.atomic.LongAdder;

/** What {@link MeasuredStore} counts. Thread-safe. */
public final class StoreCounts {

    final Calls loads = new Calls();
    final LongAdder loadsFound = new LongAdder();
    final LongAdder loadsUnchanged = new LongAdder();
    final LongAdder loadsGone = new LongAdder();
    final LongAdder bytesLoaded = new LongAdder();

    final Calls saves = new Calls();
    final LongAdder savesMerged = new LongAdder();
    final LongAdder savesRefused = new LongAdder();
    final LongAdder savesLost = new LongAdder();
    final LongAdder bytesSaved = new LongAdder();

    final Calls removals = new Calls();

    final Calls touches = new Calls();
    final LongAdder touched = new LongAdder();

    final Calls claims = new Calls();
    final LongAdder claimed = new LongAdder();

    /** All at zero. */
    public StoreCounts() {}
}
