package dev.holdfast.filter.http;

import dev.holdfast.spi.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the operator of answers that were withheld or broken off: during an outage a line every ten seconds. Thread-safe. */
final class Unacknowledged {

    private static final Logger log = LoggerFactory.getLogger(Unacknowledged.class);

    private static final long BETWEEN_NANOS = 10_000_000_000L;

    private final TimeSource time;
    private final AtomicLong next;
    private final AtomicLong unreported = new AtomicLong();

    Unacknowledged(TimeSource time) {
        this.time = time;
        this.next = new AtomicLong(time.nanos());
    }

    /** @param fate what the client got, as it goes on after "the answer was" */
    void count(String fate, Throwable cause) {
        long now = time.nanos();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + BETWEEN_NANOS)) {
            unreported.incrementAndGet();
            return;
        }
        long others = unreported.getAndSet(0);
        log.warn(
                "the answer to a request was {}, because its session could not be read or saved{}: {}",
                fate,
                others == 0 ? "" : " (as " + others + " others since the last such line)",
                cause.toString());
        log.debug("the cause", cause);
    }
}
