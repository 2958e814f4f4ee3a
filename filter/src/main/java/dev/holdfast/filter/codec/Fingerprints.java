package dev.holdfast.filter.codec;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * 64-bit hashes of what Java serialization would write of a value, taken by walking over its objects: no encoding, no
 * calls of the application's code but the {@code compareTo}-free reading of its fields. Thread-safe.
 *
 * <p>Two fingerprints of one value differ if anything differs that a reader of the encoding could see, but for a chance
 * of 2<sup>-64</sup>. Not seen, as no reader would: the spare room of a collection, and whether two equal immutable values
 * (strings, numbers) are one object or two. A hash table whose order changed while its content did not (an entry removed and
 * put again) may look different.
 */
final class Fingerprints {

    /** No fingerprint: the value has an object of a class that {@link Shapes} knows no safe way to look at. */
    static final long NONE = 0;

    private static final int KEPT_WALKERS = 16;

    private final Shapes shapes = new Shapes();

    /** So that nobody can prepare two values that look the same. */
    private final long seed = ThreadLocalRandom.current().nextLong();

    /**
     * Walkers are lent, not kept in a ThreadLocal: that would tie the container's threads to this class, and this
     * application's loader to the threads, for ever.
     */
    private final AtomicReferenceArray<Walker> walkers = new AtomicReferenceArray<>(KEPT_WALKERS);

    /**
     * @return {@link #NONE}, or a hash
     * @throws RuntimeException of a collection that another thread changes meanwhile
     */
    long of(Object value) {
        return of(value, false);
    }

    /**
     * The same, and a look whether the value can be read again.
     *
     * @throws LeadsBackException if not; never if there is no fingerprint
     */
    long beforeWriting(Object value) {
        return of(value, true);
    }

    private long of(Object value, boolean isToBeWritten) {
        int slot = (int) Thread.currentThread().getId() & (KEPT_WALKERS - 1);
        Walker walker = walkers.getAndSet(slot, null);
        if (walker == null) {
            walker = new Walker(shapes, seed);
        }
        long fingerprint = walker.walk(value);
        if (isToBeWritten) {
            walker.requireReadable(value);
        }
        walkers.set(slot, walker); // not after an exception: a walker in the middle of a walk is of no use
        return fingerprint;
    }
}
