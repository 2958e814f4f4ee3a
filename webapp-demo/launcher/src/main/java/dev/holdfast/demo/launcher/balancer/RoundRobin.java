package dev.holdfast.demo.launcher.balancer;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is. A node that refused a connection is passed over for a while, unless no other is left. Thread-safe.
 *
 * <p>There is no prober: the next request after the pause tries the node, and if it is still away nothing was sent and
 * another node gets the request.
 */
final class RoundRobin {
    private final List<Upstream> upstreams;
    private final long pauseNanos;
    private final LongSupplier nanoTime;
    private final AtomicInteger turn = new AtomicInteger();
    /** When a node refused a connection, by {@link #nanoTime}; removed when it has answered since. */
    private final Map<Upstream, Long> refusedAt = new ConcurrentHashMap<>();

    RoundRobin(List<Upstream> upstreams, long pauseNanos, LongSupplier nanoTime) {
        this.upstreams = List.copyOf(upstreams);
        this.pauseNanos = pauseNanos;
        this.nanoTime = nanoTime;
    }

    /** The next node in turn that has not been tried for this request, null when all have. */
    @Nullable
    Upstream next(Set<Upstream> tried) {
        int first = Math.floorMod(turn.getAndIncrement(), upstreams.size());
        Upstream resting = null;
        for (int i = 0; i < upstreams.size(); i++) {
            Upstream upstream = upstreams.get((first + i) % upstreams.size());
            if (tried.contains(upstream)) {
                continue;
            }
            if (!isResting(upstream)) {
                return upstream;
            }
            resting = resting == null ? upstream : resting;
        }
        return resting;
    }

    /** Whether a node is left that has not been tried. */
    boolean hasOther(Set<Upstream> tried) {
        return !tried.containsAll(upstreams);
    }

    void refused(Upstream upstream) {
        refusedAt.put(upstream, nanoTime.getAsLong());
    }

    void answered(Upstream upstream) {
        refusedAt.remove(upstream);
    }

    private boolean isResting(Upstream upstream) {
        Long since = refusedAt.get(upstream);
        return since != null && nanoTime.getAsLong() - since < pauseNanos;
    }
}
