package dev.holdfast.redis.faults;

import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLongArray;

/** How the members do, while the clients run. Thread-safe. */
final class Pulse {

    private final AtomicLongArray lastDone;
    private final AtomicLongArray lastFailed;
    private volatile boolean over;

    Pulse(int members) {
        lastDone = new AtomicLongArray(members);
        lastFailed = new AtomicLongArray(members);
        long now = System.nanoTime();
        for (int i = 0; i < members; i++) {
            lastDone.set(i, now);
            lastFailed.set(i, now);
        }
    }

    void felt(Call call) {
        if (call.failed()) {
            lastFailed.set(call.member(), call.endNanos());
        } else if (call.kind() == Call.Kind.SAVE) {
            lastDone.set(call.member(), call.endNanos());
        }
    }

    void end() {
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /**
     * Waits until by every member a save has been done after now, and no call has failed for so long.
     *
     * @return {@link System#nanoTime} of the last failure; now, if there was none after now
     */
    long awaitService(Duration calm, Duration limit) {
        long from = System.nanoTime();
        Poll.until("all calls of both members succeed", limit, () -> {
            long now = System.nanoTime();
            for (int i = 0; i < lastDone.length(); i++) {
                if (lastDone.get(i) - from <= 0 || now - lastFailed.get(i) < calm.toNanos()) {
                    return false;
                }
            }
            return true;
        });
        long last = from;
        for (int i = 0; i < lastFailed.length(); i++) {
            last = Math.max(last, lastFailed.get(i));
        }
        return last;
    }
}
