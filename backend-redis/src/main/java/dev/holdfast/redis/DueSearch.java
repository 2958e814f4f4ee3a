package dev.holdfast.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * In which buckets to look for expired sessions now. A node looks into all of them within {@link #ROUND}, some at each call,
 * and begins anywhere: nodes that start together do not look together. Thread-safe.
 */
final class DueSearch {

    /** A session is found at most this long after it has become claimable, if somebody calls more often than that. */
    static final Duration ROUND = Duration.ofSeconds(3);

    private static final double BUCKETS_PER_NANO = (double) Keys.BUCKETS / ROUND.toNanos();

    private int next = ThreadLocalRandom.current().nextInt(Keys.BUCKETS);
    private boolean started;
    private long lastNanos;

    /** What of a bucket is due since the last calls, not yet handed out. */
    private double open;

    /** The buckets whose turn it is; empty if none's is. Call until it is, or until there is enough to do. */
    synchronized List<Integer> next(long nanos) {
        if (!started) {
            started = true;
            lastNanos = nanos;
            open = Keys.BUCKETS / 8.0;
        }
        open = Math.min(Keys.BUCKETS, open + (nanos - lastNanos) * BUCKETS_PER_NANO);
        lastNanos = nanos;
        List<Integer> buckets = new ArrayList<>();
        while (open >= 1) {
            open--;
            buckets.add(next);
            next = (next + 1) % Keys.BUCKETS;
        }
        return buckets;
    }

    /** There was more in this bucket than could be used: the next call begins there. */
    synchronized void comeBackTo(int bucket) {
        int left = Math.floorMod(next - bucket, Keys.BUCKETS);
        open = Math.min(Keys.BUCKETS, open + left);
        next = bucket;
    }
}
