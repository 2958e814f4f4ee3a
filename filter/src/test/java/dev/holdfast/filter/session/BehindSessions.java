package dev.holdfast.filter.session;

import java.util.concurrent.TimeUnit;

/** What the threads in the background do, for tests of other packages that decide themselves when it happens. */
public final class BehindSessions {

    private BehindSessions() {}

    /** Sends what waits; whether the store was there for it. */
    public static boolean drain(Sessions sessions) {
        return sessions.backlog().drain(System.nanoTime() + TimeUnit.SECONDS.toNanos(30));
    }

    /** What the thread does that ends sessions. */
    public static void expire(Sessions sessions) {
        sessions.background().expire();
    }
}
