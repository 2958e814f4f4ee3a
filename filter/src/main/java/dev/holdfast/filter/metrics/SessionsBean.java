package dev.holdfast.filter.metrics;

import dev.holdfast.filter.http.WebApplication;
import dev.holdfast.filter.session.RequestLocks;
import dev.holdfast.filter.session.SessionCounts;
import dev.holdfast.filter.session.WriteCounts;
import org.jspecify.annotations.Nullable;

/** Reads what others count. */
final class SessionsBean implements SessionsMXBean {

    private final WebApplication application;
    private final SessionCounts counts;
    private final WriteCounts writes;
    private final String name;
    private final String store;
    private final @Nullable RequestLocks locks;

    SessionsBean(WebApplication application, String name, String store, @Nullable RequestLocks locks) {
        this.application = application;
        this.counts = application.sessions().counts();
        this.writes = application.sessions().writeCounts();
        this.name = name;
        this.store = store;
        this.locks = locks;
    }

    @Override
    public String getApplication() {
        return name;
    }

    @Override
    public String getStore() {
        return store;
    }

    @Override
    public int getLiveSessions() {
        return application.sessions().liveCount();
    }

    @Override
    public long getCreatedSessions() {
        return counts.created.sum();
    }

    @Override
    public long getRejectedSessions() {
        return counts.rejected.sum();
    }

    @Override
    public long getInvalidatedSessions() {
        return counts.invalidated.sum();
    }

    @Override
    public long getExpiredSessions() {
        return counts.expired.sum();
    }

    @Override
    public long getChangedIds() {
        return counts.changedIds.sum();
    }

    @Override
    public long getEvictedCopies() {
        return counts.evicted.sum();
    }

    @Override
    public long getRebuiltSessions() {
        return counts.rebuilt.sum();
    }

    @Override
    public long getTrustedReads() {
        return counts.trusted.sum();
    }

    @Override
    public long getUndecodableAttributes() {
        return counts.undecodable.sum();
    }

    @Override
    public long getLocalAttributes() {
        return counts.keptLocal.sum();
    }

    @Override
    public long getWithheldAnswers() {
        return application.withheldAnswers();
    }

    @Override
    public long getBrokenAnswers() {
        return application.brokenAnswers();
    }

    @Override
    public long getLocksTaken() {
        return locks == null ? 0 : locks.taken();
    }

    @Override
    public long getLocksRefused() {
        return locks == null ? 0 : locks.refused();
    }

    @Override
    public long getLockWaitMillis() {
        return locks == null ? 0 : locks.waited().toMillis();
    }

    @Override
    public int getWaitingSessions() {
        return application.sessions().waitingSessions();
    }

    @Override
    public long getWaitingBytes() {
        return application.sessions().waitingBytes();
    }

    @Override
    public long getWrittenLater() {
        return writes.kept.sum();
    }

    @Override
    public long getBacklogFull() {
        return writes.full.sum();
    }

    @Override
    public long getServedLocally() {
        return writes.servedLocally.sum();
    }

    @Override
    public long getReplayedSessions() {
        return writes.replayed.sum();
    }

    @Override
    public long getReplayConflicts() {
        return writes.conflicts.sum();
    }

    @Override
    public long getSupersededSessions() {
        return writes.superseded.sum();
    }

    @Override
    public long getLostSessions() {
        return writes.lost.sum();
    }

    @Override
    public long getEndsAhead() {
        return writes.endsKept.sum();
    }
}
