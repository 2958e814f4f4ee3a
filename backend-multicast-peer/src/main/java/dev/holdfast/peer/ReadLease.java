package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * For how long a home of a session, owner or backup, may answer reads by itself, and how long others have to wait that go on without it. A member that was
 * paused, or cut off, does not know that it has been replaced; but it knows when the other homes last told it that it was not.
 *
 * <ul>
 *   <li>A home reads without a message only if each other home of the session has answered, in this epoch, something that it
 *       <em>sent</em> less than {@link #length} ago; looked at after the request for the read has come. Else an owner asks them first, and
 *       a backup the owner.
 *   <li>Who answers a member remembers when. After a new epoch without that member, it says how long the member may still be
 *       answering reads of the sessions that it was a home of; their owner waits for that long before its first answer, and nobody calls
 *       the epoch settled before.
 * </ul>
 *
 * Times are of each member's own monotonic clock, and only differences count. Thread-safe.
 */
final class ReadLease {

    /** Shorter than it takes to notice that a member was killed, so that nobody waits for it after that. */
    static final Duration LENGTH = Duration.ofMillis(1_400);

    /** Who waits, waits longer than who reads may read: no two clocks run at the same pace. */
    private static final double MARGIN = 1.05;

    /** Longer than it takes to leave. */
    private static final Duration LEAVING = Duration.ofMinutes(10);

    private record Answered(Epoch epoch, long nanos) {}

    private record Confirmed(long token, long sentNanos) {}

    private final Membership membership;
    private final TimeSource time;
    private final long length;
    private final long wait;

    /** By whom, the last one. */
    private final ConcurrentMap<Member, Confirmed> confirmed = new ConcurrentHashMap<>();
    /** Who was asked again, and when last. */
    private final ConcurrentMap<Member, Long> asked = new ConcurrentHashMap<>();
    /** Who has taken leave, and when. */
    private final ConcurrentMap<Member, Long> left = new ConcurrentHashMap<>();
    /** Whom, and when last in each epoch. */
    private final ConcurrentMap<Member, List<Answered>> answered = new ConcurrentHashMap<>();

    ReadLease(Membership membership, TimeSource time, Duration length) {
        this.membership = membership;
        this.time = time;
        this.length = length.toNanos();
        wait = (long) (this.length * MARGIN);
    }

    /** A member has answered, in that epoch, what was sent to it then. */
    void confirmed(Member by, long token, long sentNanos) {
        confirmed.merge(
                by,
                new Confirmed(token, sentNanos),
                (one, other) -> one.token() == other.token() && one.sentNanos() - other.sentNanos() > 0 ? one : other);
    }

    /** @param others all other homes of a session */
    boolean isHeld(long token, List<Member> others) {
        return isYounger(length, token, others);
    }

    /** Those to ask again now, so that nobody has to wait for their answers: one question at a time. */
    List<Member> ageing(long token, List<Member> others) {
        if (isYounger(length / 2, token, others)) {
            return List.of();
        }
        long now = time.nanos();
        return others.stream()
                .filter(other -> !isYounger(length / 2, token, List.of(other)))
                .filter(other -> {
                    Long last = asked.get(other);
                    boolean due = last == null || now - last > length / 4;
                    return due
                            && (last == null ? asked.putIfAbsent(other, now) == null : asked.replace(other, last, now));
                })
                .toList();
    }

    private boolean isYounger(long than, long token, List<Member> others) {
        long now = time.nanos();
        for (Member other : others) {
            Confirmed last = confirmed.get(other);
            if (last == null || last.token() != token || now - last.sentNanos() >= than) {
                return false;
            }
        }
        return true;
    }

    /**
     * Called before anything is answered, and so before the epoch is looked at for the answer.
     *
     * @return whether {@code token} is the epoch in which it is remembered: else it must not be answered as a member of that one
     */
    boolean answering(Member member, long token) {
        Epoch epoch = membership.current();
        if (epoch == null || !epoch.contains(member)) {
            return false;
        }
        if (!left.containsKey(member)) {
            remember(member, epoch);
        }
        return epoch.token() == token;
    }

    private void remember(Member member, Epoch epoch) {
        long now = time.nanos();
        answered.compute(member, (m, before) -> {
            if (before == null) {
                return List.of(new Answered(epoch, now));
            }
            if (before.size() == 1 && before.get(0).epoch() == epoch) {
                return now == before.get(0).nanos() ? before : List.of(new Answered(epoch, now));
            }
            return Stream.concat(
                            before.stream().filter(old -> old.epoch() != epoch && now - old.nanos() < wait),
                            Stream.of(new Answered(epoch, now)))
                    .toList();
        });
    }

    /** It has taken leave, and answers nobody any more. */
    void left(Member member) {
        left.put(member, time.nanos());
        answered.remove(member);
        confirmed.remove(member);
    }

    /** For how long members that are gone may still be reading this session as its homes, for all that this member knows. */
    long waitNanos(SessionKey key) {
        long longest = 0;
        for (Map.Entry<Member, List<Answered>> entry : gone()) {
            for (Answered last : entry.getValue()) {
                if (last.epoch().homes(key).contains(entry.getKey())) {
                    longest = Math.max(longest, wait - (time.nanos() - last.nanos()));
                }
            }
        }
        return longest;
    }

    /** The same for any session. */
    long waitNanos() {
        long longest = 0;
        for (Map.Entry<Member, List<Answered>> entry : gone()) {
            for (Answered last : entry.getValue()) {
                longest = Math.max(longest, wait - (time.nanos() - last.nanos()));
            }
        }
        return longest;
    }

    /**
     * Those that are not in the current epoch. Who is in it has to answer in it, or to report in it, before anything is acknowledged
     * in it, and reads by no earlier one then.
     */
    private List<Map.Entry<Member, List<Answered>>> gone() {
        Epoch now = membership.current();
        return answered.entrySet().stream()
                .filter(entry -> now == null || !now.contains(entry.getKey()))
                .toList();
    }

    /** Forgets what is too long ago to matter. */
    void sweep() {
        long now = time.nanos();
        answered.values().removeIf(list -> list.stream().allMatch(last -> now - last.nanos() > wait));
        confirmed.values().removeIf(last -> now - last.sentNanos() > wait);
        left.values().removeIf(since -> now - since > LEAVING.toNanos());
        asked.values().removeIf(last -> now - last > wait);
    }
}
