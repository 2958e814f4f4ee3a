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
        List<Upstream> left =
                upstreams.stream().filter(upstream -> !tried.contains(upstream)).toList();
        List<Upstream> awake =
                left.stream().filter(upstream -> !isResting(upstream)).toList();
        // the turn is among those that can have it: else a resting node's neighbour would get its requests as well
        List<Upstream> candidates = awake.isEmpty() ? left : awake;
        return candidates.isEmpty() ? null : candidates.get(Math.floorMod(turn.getAndIncrement(), candidates.size()));
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
