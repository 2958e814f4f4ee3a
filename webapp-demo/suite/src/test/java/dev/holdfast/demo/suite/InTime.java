package dev.holdfast.demo.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;

/**
 * Sessions that are used again and again, each time before their idle limit has passed. A machine that has other things to do may let
 * it pass all the same: then the session has ended rightly, which shows nothing, and the same is tried with twice the limit.
 */
final class InTime {

    private static final int FIRST_LIMIT = 2;
    private static final int LAST_LIMIT = 64;

    private InTime() {}

    /**
     * Begins a session with an idle limit, and uses it, each time after half of that.
     *
     * @param begin makes it; the limit is in seconds
     * @param use its number, from 0, to what the request found, which must be "1"
     * @return the limit, in seconds, with which all uses were in time
     */
    static int use(int times, IntConsumer begin, IntFunction<String> use) {
        for (int limit = FIRST_LIMIT; limit <= LAST_LIMIT; limit *= 2) {
            if (allInTime(limit, times, begin, use)) {
                return limit;
            }
        }
        throw new AssertionError("the machine stood still for more than " + LAST_LIMIT + " s");
    }

    private static boolean allInTime(int limit, int times, IntConsumer begin, IntFunction<String> use) {
        long usedLast = System.nanoTime();
        begin.accept(limit);
        for (int i = 0; i < times; i++) {
            Control.pause(Duration.ofMillis(500L * limit));
            long begun = System.nanoTime();
            String found = use.apply(i);
            if (System.nanoTime() - usedLast >= Duration.ofSeconds(limit).toNanos()) {
                return false;
            }
            assertThat(found).as("use %d, limit %d s", i, limit).isEqualTo("1");
            usedLast = begun;
        }
        return true;
    }
}
