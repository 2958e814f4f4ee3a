package dev.holdfast.filter.codec;

/** Stub. */
final class Fingerprints {
    static final long NONE = 0;

    long of(Object value) {
        return NONE;
    }
}
