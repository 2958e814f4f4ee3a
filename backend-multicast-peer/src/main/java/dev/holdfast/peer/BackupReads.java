package dev.holdfast.peer;

import dev.holdfast.peer.ChangeNumbers.Committed;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Loads of sessions that other members own. Who is a backup of one answers from its own record, without a message, if it knows two things:
 *
 * <ul>
 *   <li><b>The record is committed</b>: all backups have it, and the owner shows it. A backup has a change before that, and to show it would show what may
 *       never be. It knows by the owner's answer to a load or save that names this very version; or by what later messages of the owner say
 *       ({@link Committed}).
 *   <li><b>Nothing later is</b>: in this epoch no change is acknowledged before this backup has it, and a later epoch without
 *       this member begins to acknowledge only when its {@link ReadLease} is over.
 * </ul>
 *
 * Else it asks the owner. Accesses are the owner's to note: a load that is due to note one is sent to it. Thread-safe; nothing
 * waits here.
 */
final class BackupReads {

    private record Told(long token, Committed committed) {}

    private final Membership membership;
    private final Holdings holdings;
    private final ReadLease lease;
    private final LeaseQuestions questions;
    private final Calls calls;
    private final SessionLifecycle lifecycle;
    private final Clock clock;
    private final TimeSource time;

    /** What each owner has said last. */
    private final ConcurrentMap<Member, Told> told = new ConcurrentHashMap<>();

    private final LongAdder answered = new LongAdder();

    BackupReads(
            Membership membership,
            Holdings holdings,
            ReadLease lease,
            LeaseQuestions questions,
            Calls calls,
            SessionLifecycle lifecycle,
            Clock clock,
            TimeSource time) {
        this.membership = membership;
        this.holdings = holdings;
        this.lease = lease;
        this.questions = questions;
        this.calls = calls;
        this.lifecycle = lifecycle;
        this.clock = clock;
        this.time = time;
    }

    /** How many loads were answered without a message. */
    long answered() {
        return answered.sum();
    }

    /** An owner has said so, in a message of that epoch. */
    void told(Member owner, long token, Committed committed) {
        if (!membership.isCurrent(token) || committed.below() == 0) {
            return;
        }
        told.merge(
                owner,
                new Told(token, committed),
                (before, now) ->
                        before.token() == token && before.committed().below() > committed.below() ? before : now);
    }

    /** Forgets members that are gone. */
    void installed(Epoch epoch) {
        told.keySet().retainAll(epoch.members());
    }

    /** A session of another member. {@code done} is told once. */
    void load(Message.Load load, Epoch epoch, long deadlineNanos, Consumer<Message.Response> done) {
        List<Member> homes = epoch.homes(load.key());
        Member owner = homes.get(0);
        if (homes.contains(membership.self())) {
            List<Member> others = homes.stream()
                    .filter(home -> !home.equals(membership.self()))
                    .toList();
            Loaded known = answer(load, epoch, owner, others);
            if (known != null) {
                answered.increment();
                done.accept(new Message.LoadedIs(known));
                questions.askAgain(epoch, others);
                return;
            }
            // The owner is about to be asked anyway.
            questions.askAgain(epoch, others.subList(1, others.size()));
        }
        ask(load, epoch, owner, deadlineNanos, done);
    }

    /** Null if only the owner knows. */
    private @Nullable Loaded answer(Message.Load load, Epoch epoch, Member owner, List<Member> others) {
        // Before the record is looked at, and after the request has come: what is read is then no older than what
        // others may have been told before it.
        if (membership.isRetired() || !lease.isHeld(epoch.token(), others)) {
            return null;
        }
        return holdings.peek(load.key(), entry -> {
            if (entry == null
                    || !membership.isCurrent(epoch.token())
                    || !(entry.record instanceof SessionRecord.Alive alive)
                    || !isCommitted(entry, owner, epoch.token())) {
                return null;
            }
            SessionLifecycle.Step<Loaded> step =
                    lifecycle.load(alive, load.knownVersion(), load.access(), clock.millis());
            Duration idle = idle(step.answer());
            // Later than this the owner wants to know of the access, and it may be ahead in calling the session over.
            boolean young = idle != null
                    && idle.compareTo(
                                    lifecycle.policy().interval(alive.snapshot().maxInactive()))
                            <= 0;
            return young && step.after() == alive ? step.answer() : null;
        });
    }

    private static @Nullable Duration idle(Loaded loaded) {
        if (loaded instanceof Loaded.Found found) {
            return found.idle();
        }
        return loaded instanceof Loaded.Unchanged unchanged ? unchanged.idle() : null;
    }

    /** Under the entry's lock. */
    private boolean isCommitted(Entry entry, Member owner, long token) {
        if (entry.committedIn == token && entry.committed == entry.record) {
            return true;
        }
        Told last = told.get(owner);
        return entry.replicatedIn == token
                && last != null
                && last.token() == token
                && last.committed().contains(entry.replicatedSequence);
    }

    /** What this member keeps as a backup it need not be sent, if the owner says that it is the latest. */
    private void ask(
            Message.Load load, Epoch epoch, Member owner, long deadlineNanos, Consumer<Message.Response> done) {
        SessionSnapshot held = held(load.key());
        SessionSnapshot offered = held == null || held.version() == load.knownVersion() ? null : held;
        long sentNanos = time.nanos();
        calls.ask(
                owner,
                epoch.token(),
                offered == null ? load : load.holding(offered.version()),
                deadlineNanos,
                answer -> {
                    Message.Response whole = answer;
                    if (answer instanceof Message.LoadedIsHeld is && offered != null) {
                        Instant accessedAt =
                                Instant.ofEpochMilli(clock.millis()).minus(is.idle());
                        whole = new Message.LoadedIs(
                                new Loaded.Found(offered.withLastAccessedAt(accessedAt), is.idle(), is.accessNoted()));
                    }
                    if (whole instanceof Message.LoadedIs is) {
                        lease.confirmed(owner, epoch.token(), sentNanos);
                        shown(load, epoch.token(), is.loaded());
                    }
                    done.accept(whole);
                });
    }

    private void shown(Message.Load load, long token, Loaded loaded) {
        if (loaded instanceof Loaded.Unchanged unchanged) {
            committed(load.key(), token, load.knownVersion(), unchanged.idle());
        } else if (loaded instanceof Loaded.Found found) {
            committed(load.key(), token, found.snapshot().version(), found.idle());
        } else if (loaded instanceof Loaded.Changed changed) {
            committed(load.key(), token, changed.version(), changed.idle());
        }
    }

    private @Nullable SessionSnapshot held(SessionKey key) {
        SessionRecord record = holdings.peek(key, entry -> entry == null ? null : entry.record);
        return record instanceof SessionRecord.Alive alive ? alive.snapshot() : null;
    }

    /** The owner has answered a save of this member. */
    void saved(Message.Save save, Epoch epoch, long sentNanos, Message.Response answer) {
        if (answer instanceof Message.SavedIs is) {
            lease.confirmed(epoch.owner(save.key()), epoch.token(), sentNanos);
            if (is.saved() instanceof Saved.Done done) {
                committed(
                        save.key(), epoch.token(), done.version(), save.delta().age());
            }
        }
    }

    /**
     * The owner has shown this version in that epoch. If it is the one here, it still is the last one that is committed: the next one comes
     * here first.
     *
     * @param idle by the owner's record: one here that knows of a later access is not the same
     */
    private void committed(SessionKey key, long token, long version, Duration idle) {
        long nowMillis = clock.millis();
        holdings.peek(key, entry -> {
            if (entry != null
                    && membership.isCurrent(token)
                    && entry.record instanceof SessionRecord.Alive alive
                    && alive.snapshot().version() == version
                    && !isLater(alive.snapshot().lastAccessedAt(), idle, nowMillis)) {
                entry.committed = alive;
                entry.committedIn = token;
            }
            return null;
        });
    }

    /** By more than the time that messages take. {@code idle} is the caller's, and may be beyond all measure. */
    private boolean isLater(Instant accessedAt, Duration idle, long nowMillis) {
        Duration mine = Duration.between(accessedAt, Instant.ofEpochMilli(nowMillis));
        return idle.compareTo(mine.plus(lifecycle.policy().timeout())) > 0;
    }
}
