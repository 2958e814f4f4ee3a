package dev.holdfast.spi.servers;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waiting for what a server does in its own time. */
public final class Poll {

    private Poll() {}

    /** What is waited for; an exception means "not yet". */
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws Exception;
    }

    /**
     * Asks every 20 ms until the condition holds.
     *
     * @throws AssertionError if it does not within the limit; the cause is what it threw last, if it threw
     */
    public static void until(String what, Duration limit, Condition condition) {
        untilPresent(what, limit, () -> condition.holds() ? Boolean.TRUE : null);
    }

    /** The same, for the first answer that is not null. */
    public static <T> T untilPresent(String what, Duration limit, Callable<T> question) {
        long deadline = System.nanoTime() + limit.toNanos();
        Exception last;
        do {
            last = null;
            try {
                T answer = question.call();
                if (answer != null) {
                    return answer;
                }
            } catch (Exception e) {
                last = e;
            }
            pause(what);
        } while (System.nanoTime() < deadline);
        throw new AssertionError("waited " + limit.toMillis() + " ms in vain until " + what, last);
    }

    private static void pause(String what) {
        try {
            TimeUnit.MILLISECONDS.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting until " + what, e);
        }
    }
}
