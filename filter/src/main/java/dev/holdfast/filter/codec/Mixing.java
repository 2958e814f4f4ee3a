package dev.holdfast.filter.codec;

/** The step of our hashes: a 128-bit product folded into 64 bits, a few cycles, every bit of it depending on every other. */
final class Mixing {

    /** Odd, and with about as many ones as zeros. */
    static final long A = 0x9E3779B97F4A7C15L;

    static final long B = 0xD1B54A32D192ED03L;

    private Mixing() {}

    static long mix(long value, long by) {
        return Math.multiplyHigh(value, by) ^ (value * by);
    }
}
