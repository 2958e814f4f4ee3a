package dev.holdfast.peer;

import dev.holdfast.peer.Message.Change;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a member does for the sessions that it owns: decides each operation, has the backups keep the result, and only then
 * lets anybody see it. Thread-safe; no thread waits here: an operation goes on in the thread that brings the answer it needs.
 *
 * <p>The operations of one session run one after another. One that changes nothing does not queue: what it sees is what the
 * last acknowledged operation left.
 */
final class Owner {

    private static final Logger log = LoggerFactory.getLogger(Owner.class);

    /** Waiting operations of one session; more are refused. */
    private static final int MOST_WAITING = 500;

    /** Names and bytes of one session's attributes together. */
    static final long LARGEST_SESSION = 16L << 20;

    /**
     * What an operation leads to.
     *
     * @param after the record to keep; the same instance as before if nothing changed
     * @param change for a backup that has the record as it was before; null: the whole record
     */
    private record Plan(
            @Nullable SessionRecord after,
            Message.Response answer,
            @Nullable Change change) {}

    private record Waiting(long untilNanos, Operation operation) {}

    private final Membership membership;
    private final Holdings holdings;
    private final ReadLease lease;
    private final LeaseQuestions questions;
    private final Calls calls;
    private final SessionLifecycle lifecycle;
    private final Clock clock;
    private final TimeSource time;
    private final ChangeNumbers numbers;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();

    Owner(
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
        numbers = new ChangeNumbers(membership);
    }

    /**
     * Answers a request of {@code token}'s epoch, once.
     *
     * @param from the member that asks
     */
    void handle(Message.OwnerRequest request, Member from, long token, Consumer<Message.Response> reply) {
        Epoch epoch = membership.current();
        if (epoch == null || epoch.token() != token) {
            reply.accept(new Message.WrongEpoch(false));
            return;
        }
        if (!epoch.owner(request.key()).equals(membership.self())) {
            reply.accept(new Message.Failed(StoreException.Kind.UNAVAILABLE, "not the owner of that session"));
            return;
        }
        if (membership.isRetired()) {
            reply.accept(new Message.WrongEpoch(false));
            return;
        }
        if (answerWithoutChange(request, token) == null) {
            operate(request, from, epoch, reply);
            return;
        }
        List<Member> backups = epoch.backups(request.key());
        if (lease.isHeld(token, backups)) {
            answer(request, from, epoch, reply);
            questions.askAgain(epoch, backups);
            return;
        }
        questions.ask(epoch, backups, refusal -> {
            if (refusal == null) {
                answer(request, from, epoch, reply);
            } else {
                reply.accept(refusal);
            }
        });
    }

    private void answer(Message.OwnerRequest request, Member from, Epoch epoch, Consumer<Message.Response> reply) {
        Message.Response known = answerWithoutChange(request, epoch.token());
        if (known != null) {
            reply.accept(known);
        } else {
            operate(request, from, epoch, reply);
        }
    }

    private void operate(Message.OwnerRequest request, Member from, Epoch epoch, Consumer<Message.Response> reply) {
        long deadlineNanos = time.nanos() + lifecycle.policy().timeout().toNanos();
        Operation operation = new Operation(request, from, epoch, deadlineNanos, reply);
        boolean starts = holdings.with(request.key(), operation::enter);
        if (starts) {
            operation.start();
        }
    }

    /** Goes on with what had to wait. Called every few milliseconds. */
    void tick() {
        long now = time.nanos();
        for (int left = waiting.size(); left > 0; left--) {
            Waiting next = waiting.poll();
            if (next == null) {
                return;
            }
            if (next.untilNanos() - now <= 0) {
                next.operation().established();
            } else {
                waiting.add(next);
            }
        }
    }

    /** Nothing that had to wait goes on. */
    void close() {
        for (Waiting next = waiting.poll(); next != null; next = waiting.poll()) {
            next.operation().finish(Calls.CLOSED);
        }
    }

    /** Null if the record is not known to be the latest, or if the operation would change it. */
    private Message.@Nullable Response answerWithoutChange(Message.OwnerRequest request, long token) {
        if (!(request instanceof Message.Load load)) {
            return null;
        }
        return holdings.peek(load.key(), entry -> {
            SessionRecord record = entry == null ? null : entry.record;
            boolean asked = entry != null && entry.establishedIn == token && membership.isCurrent(token);
            boolean known = asked || membership.isSettled(token);
            if (!known) {
                return null;
            }
            SessionLifecycle.Step<Loaded> step =
                    lifecycle.load(record, load.knownVersion(), load.access(), clock.millis());
            return step.after() == record ? unlessInDoubt(new Message.LoadedIs(step.answer()), record) : null;
        });
    }

    /** "Nothing here" is no answer while those who may have it cannot be asked. */
    private Message.Response unlessInDoubt(Message.Response answer, @Nullable SessionRecord after) {
        if (after != null || !membership.isInDoubt()) {
            return answer;
        }
        if (answer instanceof Message.AliveIs) {
            // Nobody is asked for this session: its node need not let go of it.
            return new Message.AliveIs(true);
        }
        boolean absence = answer instanceof Message.LoadedIs loaded && loaded.loaded() instanceof Loaded.Absent
                || answer instanceof Message.SavedIs saved && saved.saved() instanceof Saved.Lost;
        return absence
                ? new Message.Failed(
                        StoreException.Kind.UNAVAILABLE,
                        "the session is not here, and members are missing that may have it")
                : answer;
    }

    private Plan plan(Message.OwnerRequest request, @Nullable SessionRecord before, long now) {
        if (request instanceof Message.Load load) {
            SessionLifecycle.Step<Loaded> step = lifecycle.load(before, load.knownVersion(), load.access(), now);
            return new Plan(
                    step.after(),
                    new Message.LoadedIs(step.answer()),
                    accessed(before, step.after(), load.access().age()));
        }
        if (request instanceof Message.Save save) {
            return planSave(save, before, now);
        }
        if (request instanceof Message.Touched touched) {
            SessionLifecycle.Step<Boolean> step = lifecycle.touch(before, touched.age(), now);
            return new Plan(
                    step.after(), new Message.AliveIs(step.answer()), accessed(before, step.after(), touched.age()));
        }
        if (request instanceof Message.Remove remove) {
            var step = lifecycle.remove(before, remove.how(), now);
            return new Plan(step.after(), new Message.RemovedIs(step.answer()), null);
        }
        Message.ClaimOne claim = (Message.ClaimOne) request;
        SessionLifecycle.Step<Optional<Claim>> step =
                lifecycle.claim(before, claim.suspect(), Removal.newOp(), claim.lease(), now);
        Change change = null;
        if (step.answer().isPresent()) {
            Claim made = step.answer().get();
            change = new Change.Claimed(made.snapshot().version(), made.op(), claim.lease());
        }
        return new Plan(
                step.after(), new Message.ClaimsAre(step.answer().map(List::of).orElse(List.of())), change);
    }

    private Plan planSave(Message.Save save, @Nullable SessionRecord before, long now) {
        SessionLifecycle.Step<Saved> step = lifecycle.save(before, save.base(), save.delta(), now);
        if (save.mayHaveRun() && before instanceof SessionRecord.Alive alive) {
            boolean movedOn = alive.snapshot().version() != save.base().version();
            if (movedOn && (step.after() != before || step.answer() instanceof Saved.Exists)) {
                // It may be in there, below the changes of others; applied again it would undo theirs.
                return new Plan(
                        before,
                        new Message.Failed(
                                StoreException.Kind.UNAVAILABLE,
                                "members changed during the save and others have saved since: its outcome is unknown"),
                        null);
            }
        }
        if (step.after() instanceof SessionRecord.Alive after && step.after() != before) {
            if (size(after.snapshot()) > LARGEST_SESSION) {
                return new Plan(
                        before,
                        new Message.Failed(
                                StoreException.Kind.TOO_LARGE, "a session of more than " + LARGEST_SESSION + " bytes"),
                        null);
            }
            if (before instanceof SessionRecord.Alive alive) {
                Change change = new Change.Delta(alive.snapshot().version(), save.delta(), now);
                return new Plan(after, new Message.SavedIs(step.answer()), change);
            }
        }
        return new Plan(step.after(), new Message.SavedIs(step.answer()), null);
    }

    static long size(SessionSnapshot snapshot) {
        long size = 0;
        for (Map.Entry<String, StoredAttribute> attribute :
                snapshot.attributes().entrySet()) {
            size += attribute.getKey().length() + attribute.getValue().bytes().length;
        }
        return size;
    }

    private static @Nullable Change accessed(
            @Nullable SessionRecord before, @Nullable SessionRecord after, Duration age) {
        return before instanceof SessionRecord.Alive && after instanceof SessionRecord.Alive alive && after != before
                ? new Change.Accessed(alive.snapshot().version(), age)
                : null;
    }

    /**
     * One operation on one session. While it runs it is its entry's {@link Entry#running}, and so the only one to change the
     * record of a session that this member owns; {@link #finish} is called exactly once and lets the next one in.
     */
    final class Operation {

        private final Message.OwnerRequest request;
        private final Member from;
        private final Epoch epoch;
        private final long deadlineNanos;
        private final Consumer<Message.Response> reply;

        Operation(
                Message.OwnerRequest request,
                Member from,
                Epoch epoch,
                long deadlineNanos,
                Consumer<Message.Response> reply) {
            this.request = request;
            this.from = from;
            this.epoch = epoch;
            this.deadlineNanos = deadlineNanos;
            this.reply = reply;
        }

        /** Under the entry's lock. Whether it may start at once; else somebody else starts it. */
        private boolean enter(Entry entry) {
            if (entry.running == null) {
                entry.running = this;
                return true;
            }
            entry.await(this);
            return false;
        }

        void start() {
            int behind = holdings.with(request.key(), Entry::waiting);
            if (time.nanos() - deadlineNanos > 0) {
                finish(new Message.Failed(
                        StoreException.Kind.TIMEOUT, "waited behind other operations on the session, " + behind));
            } else if (behind > MOST_WAITING) {
                finish(new Message.Failed(
                        StoreException.Kind.UNAVAILABLE, behind + " operations wait for the same session"));
            } else if (!membership.isCurrent(epoch.token())) {
                finish(new Message.WrongEpoch(false));
            } else if (isKnown()) {
                decide();
            } else {
                establish();
            }
        }

        private boolean isKnown() {
            return membership.isSettled(epoch.token())
                    || holdings.with(request.key(), entry -> entry.establishedIn == epoch.token());
        }

        /**
         * Asks all other members for what they hold. Not only the homes of the last settled epoch: if members came and went
         * quickly, the latest state may be with one that is a home in neither that nor this one.
         */
        private void establish() {
            List<Member> others = epoch.members().stream()
                    .filter(member -> !member.equals(membership.self()))
                    .toList();
            AtomicLong waitNanos = new AtomicLong(lease.waitNanos(request.key()));
            if (others.isEmpty()) {
                awaitReaders(waitNanos.get());
                return;
            }
            AtomicInteger missing = new AtomicInteger(others.size());
            // The last of the answers that are wanted, or the first that is none, ends the asking; others may still
            // come.
            AtomicBoolean over = new AtomicBoolean();
            for (Member other : others) {
                calls.ask(other, epoch.token(), new Message.Fetch(request.key()), deadlineNanos, answer -> {
                    Message.Response refusal = refusal(answer);
                    if (answer instanceof Message.FetchedIs fetched) {
                        waitNanos.accumulateAndGet(fetched.readable().toNanos(), Math::max);
                    }
                    if (refusal != null) {
                        if (over.compareAndSet(false, true)) {
                            finish(refusal);
                        }
                    } else if (missing.decrementAndGet() == 0 && over.compareAndSet(false, true)) {
                        awaitReaders(waitNanos.get());
                    }
                });
            }
        }

        /** Takes in what another member holds. Null if that went well. */
        private Message.@Nullable Response refusal(Message.Response answer) {
            if (!(answer instanceof Message.FetchedIs fetched)) {
                return answer instanceof Message.WrongEpoch ? new Message.WrongEpoch(false) : answer;
            }
            SessionRecord theirs = fetched.record();
            if (theirs == null) {
                return null;
            }
            if (!fetched.key().equals(request.key())) {
                return new Message.Failed(StoreException.Kind.UNAVAILABLE, "a member gave a senseless answer");
            }
            return holdings.with(request.key(), entry -> {
                if (!membership.isCurrent(epoch.token())) {
                    return new Message.WrongEpoch(false);
                }
                holdings.take(entry, theirs);
                return null;
            });
        }

        /** An owner of an earlier epoch may not know yet that it is none any more, and answer reads. */
        private void awaitReaders(long nanos) {
            if (nanos <= 0) {
                established();
            } else {
                waiting.add(new Waiting(time.nanos() + nanos, this));
            }
        }

        private void established() {
            boolean current = holdings.with(request.key(), entry -> {
                if (!membership.isCurrent(epoch.token())) {
                    return false;
                }
                entry.establishedIn = epoch.token();
                return true;
            });
            if (current) {
                decide();
            } else {
                finish(new Message.WrongEpoch(false));
            }
        }

        private void decide() {
            List<Member> backups = epoch.backups(request.key());
            boolean alone = backups.isEmpty();
            Plan plan;
            try {
                plan = holdings.with(request.key(), entry -> decided(entry, alone));
            } catch (RuntimeException | Error e) {
                // Nothing has changed. Without an end to this one, the session's later operations would wait for ever.
                log.error("an operation on session {} failed", request.key(), e);
                finish(new Message.Failed(
                        StoreException.Kind.UNAVAILABLE,
                        "the owner failed with " + e.getClass().getName()));
                return;
            }
            if (plan == null) {
                finish(new Message.WrongEpoch(false));
            } else if (plan.after() == null) {
                finish(plan.answer());
            } else {
                Change change = plan.change() != null ? plan.change() : new Change.Whole(plan.after());
                replicate(backups, plan.after(), plan.answer(), change);
            }
        }

        /** Under the entry's lock. Null if the epoch is over. */
        private @Nullable Plan decided(Entry entry, boolean alone) {
            if (!membership.isCurrent(epoch.token())) {
                return null;
            }
            Plan made = plan(request, entry.record, clock.millis());
            if (alone || made.after() == null || made.after() == entry.record) {
                // Nothing that the backup has to know. (A record that time has ended, it forgets by itself.)
                entry.show(made.after());
                return new Plan(null, unlessInDoubt(made.answer(), made.after()), null);
            }
            return made;
        }

        /** To all backups at once. The last acknowledgement, or the first refusal, ends it. */
        private void replicate(List<Member> backups, SessionRecord after, Message.Response answer, Change change) {
            AtomicInteger missing = new AtomicInteger(backups.size());
            AtomicBoolean over = new AtomicBoolean();
            long number = numbers.begin(epoch.token());
            for (Member backup : backups) {
                replicate(backup, after, change, refusal -> {
                    if (refusal != null) {
                        if (over.compareAndSet(false, true)) {
                            numbers.over(number, false);
                            // One refusal says nothing about the other backups: they may have it.
                            boolean others = backups.size() > 1 && refusal instanceof Message.WrongEpoch;
                            finish(others ? new Message.WrongEpoch(true) : refusal);
                        }
                    } else if (missing.decrementAndGet() == 0 && over.compareAndSet(false, true)) {
                        commit(number, after, answer);
                    }
                });
            }
        }

        /** @param done told once: null if the backup has it */
        private void replicate(
                Member backup, SessionRecord after, Change change, Consumer<Message.@Nullable Response> done) {
            ChangeNumbers.Numbered numbered = numbers.next(epoch.token());
            Message.Replicate message = new Message.Replicate(
                    request.key(), numbered.number(), numbered.committed(), forBackup(backup, change));
            long sentNanos = time.nanos();
            calls.ask(backup, epoch.token(), message, deadlineNanos, acknowledged -> {
                if (acknowledged instanceof Message.Done) {
                    lease.confirmed(backup, epoch.token(), sentNanos);
                    done.accept(null);
                } else if (acknowledged instanceof Message.NeedWhole && !(change instanceof Change.Whole)) {
                    replicate(backup, after, new Change.Whole(after), done);
                } else if (acknowledged instanceof Message.WrongEpoch wrong) {
                    done.accept(wrong);
                } else if (acknowledged instanceof Message.Failed failed) {
                    done.accept(new Message.Failed(failed.kind(), "backup: " + failed.reason()));
                } else {
                    done.accept(
                            new Message.Failed(StoreException.Kind.UNAVAILABLE, "the backup gave a senseless answer"));
                }
            });
        }

        /** Who has asked for this save has what it changes. */
        private Change forBackup(Member backup, Change change) {
            return change instanceof Change.Delta delta && backup.equals(from)
                    ? new Change.Yours(delta.baseVersion(), delta.delta().stamp(), delta.wallMillis())
                    : change;
        }

        /** The backups have it. If the epoch is over, that is worth nothing: they may have died with it. */
        private void commit(long number, SessionRecord after, Message.Response answer) {
            boolean current = holdings.with(request.key(), entry -> {
                if (!membership.isCurrent(epoch.token())) {
                    return false;
                }
                entry.show(after);
                return true;
            });
            numbers.over(number, current);
            finish(current ? answer : new Message.WrongEpoch(true));
        }

        private void finish(Message.Response response) {
            Operation next = holdings.with(request.key(), Entry::next);
            try {
                reply.accept(response);
            } finally {
                // Whatever became of the answer (no memory to encode it, say), those behind it must not wait for ever.
                if (next != null) {
                    next.start();
                }
            }
        }
    }
}
