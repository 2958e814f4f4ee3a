package dev.holdfast.peer;

import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The current epoch, which of its members have nothing left to move in it, and which of earlier ones may come back.
 * Thread-safe.
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

    /** For as long a member that went without taking leave may come back with what its side of a partition did. */
    static final Duration MAY_COME_BACK = Duration.ofHours(24);

    /** For as long it is not believed that a session is gone which they alone may have. */
    static final Duration IN_DOUBT = Duration.ofMinutes(5);

    private static final int MOST_REMEMBERED = 1_000;

    private final Member self;
    private final TimeSource time;
    /** Since when members of earlier epochs are missing that did not take leave. Guarded by this. */
    private final Map<Member, Long> missing = new LinkedHashMap<>();
    /** Those that went missing since all members last held what they have to. Guarded by this. */
    private final Set<Member> sinceSettled = new HashSet<>();
    /** Those that went missing together and were enough to have all copies of a session. Guarded by this. */
    private final Set<Member> doubtful = new HashSet<>();
    /** Who took leave. Guarded by this. */
    private final Set<Member> left = new LinkedHashSet<>();

    /** So that nobody takes the monitor for the rare case. */
    private volatile boolean mayBeInDoubt;

    private volatile boolean hasSettled;
    private volatile boolean retired;
    private volatile State state = new State(null, Set.of());

    /** @param time by which members are missing */
    Membership(Member self, TimeSource time) {
        this.self = self;
        this.time = time;
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

    /** Whether any epoch of this member has been settled. */
    boolean hasSettled() {
        return hasSettled;
    }

    /** This member leaves, and decides nothing as an owner any more. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    synchronized void install(Epoch epoch) {
        Epoch before = state.epoch;
        state = new State(epoch, Set.of());
        if (before != null) {
            for (Member member : before.members()) {
                if (miss(member, time.nanos(), epoch)) {
                    sinceSettled.add(member);
                }
            }
        }
        missing.keySet().removeAll(epoch.members());
        sinceSettled.removeAll(epoch.members());
        if (sinceSettled.size() >= epoch.replicas()) {
            doubtful.addAll(sinceSettled);
            mayBeInDoubt = true;
        }
    }

    private boolean miss(Member member, long sinceNanos, Epoch now) {
        if (!now.contains(member) && !left.contains(member) && missing.size() < MOST_REMEMBERED) {
            missing.merge(member, sinceNanos, (one, other) -> one - other < 0 ? one : other);
            return true;
        }
        return false;
    }

    /**
     * Whether members that went missing lately may have all copies of some sessions: on the other side of a partition, perhaps.
     * That such a session is not found here then says nothing; who was told that it is gone would be given a new one.
     */
    boolean isInDoubt() {
        return mayBeInDoubt && isStillInDoubt();
    }

    private synchronized boolean isStillInDoubt() {
        Epoch now = state.epoch;
        long nanos = time.nanos();
        doubtful.removeIf(member -> {
            Long since = missing.get(member);
            return since == null || nanos - since > IN_DOUBT.toNanos();
        });
        mayBeInDoubt = !doubtful.isEmpty();
        return now != null && doubtful.size() >= now.replicas();
    }

    /** A member will not come back. */
    synchronized void left(Member member) {
        missing.remove(member);
        sinceSettled.remove(member);
        left.add(member);
        if (left.size() > MOST_REMEMBERED) {
            left.remove(left.iterator().next());
        }
    }

    /** What another member knows of those that are missing. */
    synchronized void missing(List<Message.Missing> others) {
        Epoch now = state.epoch;
        if (now != null) {
            for (Message.Missing other : others) {
                boolean missed =
                        miss(other.member(), time.nanos() - other.since().toNanos(), now);
                if (missed && other.doubtful()) {
                    doubtful.add(other.member());
                    mayBeInDoubt = true;
                }
            }
        }
    }

    /** Members that went without taking leave, and may come back. */
    synchronized List<Message.Missing> missing() {
        long now = time.nanos();
        missing.values().removeIf(since -> now - since > MAY_COME_BACK.toNanos());
        return missing.entrySet().stream()
                .map(entry -> new Message.Missing(
                        entry.getKey(),
                        Duration.ofNanos(Math.max(0, now - entry.getValue())),
                        doubtful.contains(entry.getKey())))
                .toList();
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
        if (state.isSettled()) {
            hasSettled = true;
            sinceSettled.clear();
        }
        return true;
    }
}
