package dev.holdfast.peer;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The current epoch, and which of its members have nothing left to move in it. Thread-safe.
 *
 * <p>The fence of the protocol is: whoever changes or answers from a record checks {@link #isCurrent} while it holds the
 * record's lock. An epoch that was installed before the lock was taken is then seen.
 */
final class Membership {

    private record State(@Nullable Epoch epoch, Set<Member> settled) {
        boolean isSettled() {
            return epoch != null && settled.size() == epoch.members().size();
        }
    }

    private final Member self;
    private volatile State state = new State(null, Set.of());

    Membership(Member self) {
        this.self = self;
    }

    Member self() {
        return self;
    }

    /** Null before the first view. */
    @Nullable
    Epoch current() {
        return state.epoch;
    }

    boolean isCurrent(long token) {
        Epoch epoch = state.epoch;
        return epoch != null && epoch.token() == token;
    }

    /** Whether this is the current epoch and all its members hold what they have to. */
    boolean isSettled(long token) {
        State now = state;
        return now.isSettled() && now.epoch != null && now.epoch.token() == token;
    }

    synchronized void install(Epoch epoch) {
        state = new State(epoch, Set.of());
    }

    /** A member reports that it has nothing left to move. False if it speaks of another epoch, or is no member. */
    synchronized boolean settled(Member member, long token) {
        State now = state;
        if (now.epoch == null || now.epoch.token() != token || !now.epoch.contains(member)) {
            return false;
        }
        Set<Member> more = new HashSet<>(now.settled);
        more.add(member);
        state = new State(now.epoch, Set.copyOf(more));
        return true;
    }
}
