package dev.holdfast.filter.metrics;

import dev.holdfast.filter.store.StoreBreaker;
import dev.holdfast.spi.StoreReport;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what {@link MeasuredStore} counts and what the store tells. */
final class StoreBean implements StoreMXBean {

    private final StoreCounts counts;
    private final StoreBreaker breaker;
    private final @Nullable StoreReport report;

    StoreBean(StoreCounts counts, StoreBreaker breaker, @Nullable StoreReport report) {
        this.counts = counts;
        this.breaker = breaker;
        this.report = report;
    }

    @Override
    public long getLoads() {
        return counts.loads.count();
    }

    @Override
    public long getLoadsFound() {
        return counts.loadsFound.sum();
    }

    @Override
    public long getLoadsUnchanged() {
        return counts.loadsUnchanged.sum();
    }

    @Override
    public long getLoadsGone() {
        return counts.loadsGone.sum();
    }

    @Override
    public long getLoadsFailed() {
        return counts.loads.failed();
    }

    @Override
    public long getLoadMicros() {
        return counts.loads.micros();
    }

    @Override
    public long getLongestLoadMicros() {
        return counts.loads.longestMicros();
    }

    @Override
    public long getBytesLoaded() {
        return counts.bytesLoaded.sum();
    }

    @Override
    public long getSaves() {
        return counts.saves.count();
    }

    @Override
    public long getSavesMerged() {
        return counts.savesMerged.sum();
    }

    @Override
    public long getSavesRefused() {
        return counts.savesRefused.sum();
    }

    @Override
    public long getSavesLost() {
        return counts.savesLost.sum();
    }

    @Override
    public long getSavesFailed() {
        return counts.saves.failed();
    }

    @Override
    public long getSaveMicros() {
        return counts.saves.micros();
    }

    @Override
    public long getLongestSaveMicros() {
        return counts.saves.longestMicros();
    }

    @Override
    public long getBytesSaved() {
        return counts.bytesSaved.sum();
    }

    @Override
    public long getRemovals() {
        return counts.removals.count();
    }

    @Override
    public long getRemovalsFailed() {
        return counts.removals.failed();
    }

    @Override
    public long getTouchCalls() {
        return counts.touches.count();
    }

    @Override
    public long getTouchedSessions() {
        return counts.touched.sum();
    }

    @Override
    public long getTouchCallsFailed() {
        return counts.touches.failed();
    }

    @Override
    public long getClaimCalls() {
        return counts.claims.count();
    }

    @Override
    public long getClaimedSessions() {
        return counts.claimed.sum();
    }

    @Override
    public long getClaimCallsFailed() {
        return counts.claims.failed();
    }

    @Override
    public boolean isBreakerOpen() {
        return breaker.isOpen();
    }

    @Override
    public long getBreakerOpenings() {
        return breaker.openings.sum();
    }

    @Override
    public long getBreakerRefusals() {
        return breaker.refused.sum();
    }

    @Override
    public Map<String, Long> getFigures() {
        return report == null ? Map.of() : report.figures();
    }
}
