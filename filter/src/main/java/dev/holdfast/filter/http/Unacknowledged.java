package dev.holdfast.filter.http;

import dev.holdfast.spi.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator of answers that were withheld or broken off: during an outage a line every ten seconds. Thread-safe. */
final class Unacknowledged {

    /** What the client got. */
    enum Fate {
        WITHHELD("withheld (503)"),
        BROKEN_OFF("broken off"),
        TOO_LATE("complete before its last changes were lost");

        private final String text;

        Fate(String text) {
            this.text = text;
        }
    }

    private static final Logger log = LoggerFactory.getLogger(Unacknowledged.class);

    private static final long BETWEEN_NANOS = 10_000_000_000L;

    private final TimeSource time;
    private final AtomicLong next;
    private final AtomicLong unreported = new AtomicLong();

    /** By the fates' ordinals. */
    private final LongAdder[] counts =
            Stream.generate(LongAdder::new).limit(Fate.values().length).toArray(LongAdder[]::new);

    Unacknowledged(TimeSource time) {
        this.time = time;
        this.next = new AtomicLong(time.nanos());
    }

    /** How many answers had that fate since the start. */
    long counted(Fate fate) {
        return counts[fate.ordinal()].sum();
    }

    void count(Fate fate, Throwable cause) {
        counts[fate.ordinal()].increment();
        long now = time.nanos();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + BETWEEN_NANOS)) {
            unreported.incrementAndGet();
            return;
        }
        long others = unreported.getAndSet(0);
        log.warn(
                "the answer to a request was {}, because its session could not be read or saved{}: {}",
                fate.text,
                others == 0 ? "" : " (as " + others + " others since the last such line)",
                cause.toString());
        log.debug("the cause", cause);
    }
}
