package dev.holdfast.spi;

/**
 * Where time comes from, so that tests own it. Two clocks, because each lies in its own way: the wall clock can be set, the
 * monotonic one has no date.
 */
public interface TimeSource {

    /** The machine's clocks. */
    TimeSource SYSTEM = new TimeSource() {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis();
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    };

    /** Milliseconds since 1970-01-01T00:00Z; may jump either way. For dates that people or other machines read. */
    long wallMillis();

    /** Nanoseconds since an arbitrary moment; never goes back. For measuring how long ago something was in this JVM. */
    long nanos();
}
