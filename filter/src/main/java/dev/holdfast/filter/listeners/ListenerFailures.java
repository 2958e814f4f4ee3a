package dev.holdfast.filter.listeners;

import dev.holdfast.spi.TimeSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says which listener failed with what: the first time with its stack, afterwards at most one line a minute per listener class and
 * event. A listener that fails for every session would fill the log otherwise. Thread-safe.
 */
final class ListenerFailures {

    private static final Logger LOG = LoggerFactory.getLogger(ListenerEvents.class);

    static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final TimeSource time;

    /** By class and event; as many as the application has listening classes. Class names, so that no class loader is held. */
    private final Map<String, Reported> reported = new ConcurrentHashMap<>();

    ListenerFailures(TimeSource time) {
        this.time = time;
    }

    void report(String event, Object listener, Throwable thrown) {
        String who = listener.getClass().getName() + "." + event;
        long now = time.nanos();
        Reported before = reported.putIfAbsent(who, new Reported(now));
        if (before == null) {
            LOG.warn("session listener {} failed; the other listeners are called all the same", who, thrown);
            return;
        }
        long unsaid = before.saidAgain(now);
        if (unsaid > 0) {
            // without the message: it is the application's, and may show what the session holds
            LOG.warn(
                    "session listener {} failed {} more times, last with {}",
                    who,
                    unsaid,
                    thrown.getClass().getName());
        }
    }

    private static final class Reported {
        /** Guarded by {@code this}. */
        private long saidAt;

        /** Failures since then. Guarded by {@code this}. */
        private long since;

        Reported(long saidAt) {
            this.saidAt = saidAt;
        }

        /** How many failures to report now; 0 to be quiet. */
        synchronized long saidAgain(long now) {
            since++;
            if (now - saidAt < QUIET_NANOS) {
                return 0;
            }
            saidAt = now;
            long unsaid = since;
            since = 0;
            return unsaid;
        }
    }
}
