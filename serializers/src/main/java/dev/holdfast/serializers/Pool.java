package dev.holdfast.serializers;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Lends what only one thread may use at a time. Thread-safe. Not a ThreadLocal: that would tie the container's threads to
 * this class, and this application's loader to the threads, for ever.
 */
final class Pool<T> {

    private static final int KEPT = 16;

    private final AtomicReferenceArray<T> kept = new AtomicReferenceArray<>(KEPT);
    private final Supplier<T> make;

    Pool(Supplier<T> make) {
        this.make = make;
    }

    T take() {
        T found = kept.getAndSet(slot(), null);
        return found != null ? found : make.get();
    }

    /** Only of what is as good as new: after a failure, forget it. */
    void giveBack(T lent) {
        kept.set(slot(), lent);
    }

    private static int slot() {
        return (int) Thread.currentThread().getId() & (KEPT - 1);
    }
}
