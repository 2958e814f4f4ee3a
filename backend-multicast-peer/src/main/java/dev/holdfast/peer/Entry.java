package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionMerge;
import dev.holdfast.spi.SessionRecord;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** What this member holds of one session. All fields but the key are guarded by {@code this}; nothing is sent under it. */
final class Entry {

    final SessionKey key;

    /** What others may see; null if nothing is known. */
    @Nullable
    SessionRecord record;

    /** The epoch in which this member, as the owner, asked all others for theirs. */
    long establishedIn = Epoch.NO_TOKEN;

    /** The epoch in which the owner last wrote to this backup, and with which number. */
    long replicatedIn = Epoch.NO_TOKEN;

    long replicatedSequence;

    /** The record of which the owner has told this backup, in that epoch, that it is committed; it counts while it is the one here. */
    @Nullable
    SessionRecord committed;

    long committedIn = Epoch.NO_TOKEN;

    /** As the owner: which versions others may know. Null if nobody was sent this session. */
    @Nullable
    RecentVersions recent;

    /** The owner's operation that is under way; the others wait for it in order. */
    Owner.@Nullable Operation running;

    /** Null if none do, as nearly always: an empty queue would be a hundred bytes for each session. */
    private @Nullable Deque<Owner.Operation> waiting;

    /** No longer in the map: whoever holds this has to look up the key again. */
    boolean dropped;

    Entry(SessionKey key) {
        this.key = key;
    }

    /** As the owner: others see this from now on. */
    void show(@Nullable SessionRecord after) {
        recent = recent == null ? null : recent.changed(record, after);
        record = after;
    }

    /**
     * What another member holds: mostly the same, or earlier; after a partition, what the other side did.
     *
     * @return whether the two had gone separate ways, so that what is here now is neither of them
     */
    boolean take(SessionRecord theirs) {
        SessionRecord mine = record;
        recent = null;
        if (mine == null) {
            record = theirs;
            return false;
        }
        SessionRecord merged = SessionMerge.merge(mine, theirs);
        record = merged;
        return merged instanceof SessionRecord.Alive alive && !isOf(alive, mine) && !isOf(alive, theirs);
    }

    private static boolean isOf(SessionRecord.Alive merged, SessionRecord other) {
        return other instanceof SessionRecord.Alive alive
                && alive.snapshot().version() == merged.snapshot().version();
    }

    void await(Owner.Operation operation) {
        Deque<Owner.Operation> queue = waiting;
        if (queue == null) {
            queue = new ArrayDeque<>();
            waiting = queue;
        }
        queue.add(operation);
    }

    int waiting() {
        return waiting == null ? 0 : waiting.size();
    }

    /** The running operation has ended; the next one runs, if there is one, and is returned. */
    Owner.@Nullable Operation next() {
        running = waiting == null ? null : waiting.poll();
        if (waiting != null && waiting.isEmpty()) {
            waiting = null;
        }
        return running;
    }

    boolean isIdle() {
        return running == null && waiting == null;
    }
}
