package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The locks of the sessions that this member owns, or is the backup of. Thread-safe; no thread waits here.
 *
 * <ul>
 *   <li>Nobody is told that it has a lock before the backups know it, so the death of one member forgets none.
 *   <li>An owner decides only after it has asked, once in this epoch, all other members what they know of the lock. What they
 *       know is ordered by a number that grows with each grant, so that a released lock does not come back from a member that
 *       was its home earlier.
 * </ul>
 *
 * <p>Whatever is granted or told is so under this monitor, in which the epoch is looked at: who is asked in a later epoch than it
 * has granted in tells of that grant.
 */
final class Locks {

    /** How long it is remembered that nobody else knows anything of a lock. */
    private static final long REMEMBERED_MILLIS = 60_000;

    /** Longer than any request is under way. */
    private static final long GIVEN_UP_MILLIS = 10_000;

    /** What is known of one lock. Guarded by the monitor of the {@link Locks}. */
    private static final class Known {
        private Message.@Nullable LockState state;
        private long endMillis;
        /** Others may still tell of an earlier grant until then. */
        private long keepUntilMillis;

        private long establishedIn = Epoch.NO_TOKEN;
        private long usedMillis;
    }

    /** @param tell what the backups must know first; null if nothing has changed */
    private record Decision(Message.Response answer, Message.@Nullable KeepLock tell) {}

    private final Membership membership;
    private final Calls calls;
    private final Clock clock;
    private final TimeSource time;
    private final long timeoutNanos;

    /** Holders' tokens that are worth nothing any more, and since when. Guarded by this. */
    private final Map<Long, Long> givenUp = new HashMap<>();

    /** Guarded by this. */
    private final Map<SessionKey, Known> locks = new HashMap<>();

    /** @param time by which waiting for others ends */
    Locks(Membership membership, Calls calls, Clock clock, TimeSource time, long timeoutNanos) {
        this.membership = membership;
        this.calls = calls;
        this.clock = clock;
        this.time = time;
        this.timeoutNanos = timeoutNanos;
    }

    /** Answers a request of {@code token}'s epoch, once. */
    void handle(Message.Lock request, long token, Consumer<Message.Response> reply) {
        Epoch epoch = membership.current();
        if (epoch == null || epoch.token() != token) {
            reply.accept(new Message.WrongEpoch(false));
        } else if (!epoch.owner(request.key()).equals(membership.self())) {
            reply.accept(new Message.Failed(StoreException.Kind.UNAVAILABLE, "not the owner of that lock"));
        } else if (epoch.members().size() == 1 || isEstablished(request.key(), token)) {
            carryOut(request, epoch, reply);
        } else {
            establish(request, epoch, reply);
        }
    }

    private synchronized boolean isEstablished(SessionKey key, long token) {
        Known known = locks.get(key);
        return known != null && known.establishedIn == token;
    }

    private void establish(Message.Lock request, Epoch epoch, Consumer<Message.Response> reply) {
        List<Member> others = epoch.members().stream()
                .filter(member -> !member.equals(membership.self()))
                .toList();
        AtomicInteger missing = new AtomicInteger(others.size());
        AtomicBoolean over = new AtomicBoolean();
        Message.FetchLock fetch = new Message.FetchLock(request.key());
        for (Member other : others) {
            calls.ask(other, epoch.token(), fetch, deadline(), answer -> {
                if (answer instanceof Message.LockKnown known) {
                    take(request.key(), known.state(), known.keepFor());
                    if (missing.decrementAndGet() == 0 && over.compareAndSet(false, true)) {
                        established(request.key(), epoch.token());
                        carryOut(request, epoch, reply);
                    }
                } else if (over.compareAndSet(false, true)) {
                    reply.accept(refusal(answer, false));
                }
            });
        }
    }

    private long deadline() {
        return time.nanos() + timeoutNanos;
    }

    private static Message.Response refusal(Message.Response answer, boolean begun) {
        if (answer instanceof Message.WrongEpoch) {
            return new Message.WrongEpoch(begun);
        }
        return answer instanceof Message.Failed
                ? answer
                : new Message.Failed(StoreException.Kind.UNAVAILABLE, "a member gave a senseless answer");
    }

    private synchronized void established(SessionKey key, long token) {
        known(key, clock.millis()).establishedIn = token;
    }

    private Known known(SessionKey key, long now) {
        Known known = locks.computeIfAbsent(key, unused -> new Known());
        known.usedMillis = now;
        return known;
    }

    /** Takes in what another member knows, if that is later. */
    private synchronized void take(SessionKey key, Message.@Nullable LockState theirs, Duration keepFor) {
        if (theirs == null) {
            return;
        }
        long now = clock.millis();
        Known known = known(key, now);
        known.keepUntilMillis = Math.max(known.keepUntilMillis, now + keepFor.toMillis());
        Message.LockState ours = known.state;
        if (ours == null || theirs.number() > ours.number() || theirs.number() == ours.number() && theirs.released()) {
            known.state = theirs;
            known.endMillis = now + theirs.left().toMillis();
        }
    }

    private void carryOut(Message.Lock request, Epoch epoch, Consumer<Message.Response> reply) {
        Decision decision = decide(request, epoch.token());
        Message.KeepLock tell = decision.tell();
        if (tell == null || epoch.members().size() == 1) {
            reply.accept(decision.answer());
            return;
        }
        List<Member> backups = epoch.backups(request.key());
        AtomicInteger missing = new AtomicInteger(backups.size());
        AtomicBoolean over = new AtomicBoolean();
        for (Member backup : backups) {
            calls.ask(backup, epoch.token(), tell, deadline(), answer -> {
                if (!(answer instanceof Message.Done)) {
                    if (over.compareAndSet(false, true)) {
                        reply.accept(refusal(answer, true));
                    }
                } else if (missing.decrementAndGet() == 0 && over.compareAndSet(false, true)) {
                    // In another epoch the backups' knowledge may have died with them; a repeat finds what was done
                    // here.
                    reply.accept(
                            membership.isCurrent(epoch.token()) ? decision.answer() : new Message.WrongEpoch(true));
                }
            });
        }
    }

    private synchronized Decision decide(Message.Lock request, long token) {
        if (!membership.isCurrent(token)) {
            return new Decision(new Message.WrongEpoch(false), null);
        }
        long now = clock.millis();
        Known known = known(request.key(), now);
        Message.LockState state = known.state;
        boolean held = state != null && !state.released() && known.endMillis > now;
        boolean mine = held && state != null && state.owner() == request.owner();
        long number = state == null ? 1 : state.number() + 1;
        boolean free = request.verb() == Message.LockVerb.TAKE && !held;
        if (request.verb() == Message.LockVerb.RELEASE) {
            // What it asked for may come later than this: it may have given up before it knew that it has the lock.
            givenUp.put(request.owner(), now);
        }
        if (!mine && !free || free && givenUp.containsKey(request.owner())) {
            return new Decision(new Message.LockIs(false), null);
        }
        // A request that is repeated, as its answer was lost, finds itself; the backups may not have heard of it.
        boolean released = request.verb() == Message.LockVerb.RELEASE;
        Message.LockState after = new Message.LockState(number, request.owner(), request.lease(), released);
        known.state = after;
        known.endMillis = now + request.lease().plusNanos(999_999).toMillis();
        known.keepUntilMillis = Math.max(known.keepUntilMillis, known.endMillis);
        return new Decision(
                new Message.LockIs(true),
                new Message.KeepLock(request.key(), told(known, after, now), left(known.keepUntilMillis, now)));
    }

    /** What this member, a backup, has to know before others do. */
    synchronized Message.Response keep(Message.KeepLock request, long token) {
        if (!membership.isCurrent(token)) {
            return new Message.WrongEpoch(false);
        }
        take(request.key(), request.state(), request.keepFor());
        return new Message.Done();
    }

    /** What this member knows of a lock that another one owns now. */
    synchronized Message.Response tell(Message.FetchLock request, long token) {
        if (!membership.isCurrent(token)) {
            return new Message.WrongEpoch(false);
        }
        long now = clock.millis();
        Known known = locks.get(request.key());
        Message.LockState state = known == null ? null : known.state;
        return known == null || state == null
                ? new Message.LockKnown(null, Duration.ZERO)
                : new Message.LockKnown(told(known, state, now), left(known.keepUntilMillis, now));
    }

    private static Message.LockState told(Known known, Message.LockState state, long now) {
        return new Message.LockState(state.number(), state.owner(), left(known.endMillis, now), state.released());
    }

    private static Duration left(long until, long now) {
        return Duration.ofMillis(Math.max(0, until - now));
    }

    /** Forgets what nobody can ask for any more. */
    synchronized void sweep() {
        long now = clock.millis();
        givenUp.values().removeIf(since -> since + GIVEN_UP_MILLIS <= now);
        locks.values().removeIf(known -> known.keepUntilMillis <= now && known.usedMillis + REMEMBERED_MILLIS <= now);
    }
}
