package dev.holdfast.peer;

import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One member: finds the owner of each session, is the owner of some and the backup of others, and moves what it holds when
 * members come and go. Knows no network and starts no thread: it is told of views ({@link #install}), of messages ({@link
 * #receive}) and that time has passed ({@link #tick}). Thread-safe; nothing in it waits.
 */
final class PeerNode {

    /** How long a request that met another epoch waits before it is tried again, unless a new epoch comes first. */
    private static final long PARK_NANOS = 20_000_000;

    private static final long SWEEP_NANOS = 1_000_000_000;

    private static final int MOST_CLAIMS = 200;

    private record Parked(
            Message.OwnerRequest request,
            long triedIn,
            long untilNanos,
            long deadlineNanos,
            Consumer<Message.Response> done) {}

    private final Membership membership;
    private final MessageCodec codec;
    private final Network network;
    private final Executor executor;
    private final Clock clock;
    /** By which waiting for others ends. */
    private final TimeSource time;

    private final Calls calls;
    private final Holdings holdings;
    private final OwnSaves ownSaves = new OwnSaves();
    private final ReadLease lease;
    private final Owner owner;
    private final BackupReads reads;
    private final Locks locks;
    private final Mover mover;
    private final SessionLifecycle lifecycle;
    /** Requests that wait for a newer epoch. Guards itself and {@code closed}. */
    private final Deque<Parked> parked = new ArrayDeque<>();

    private boolean closed;
    private long lastSweepNanos;

    /**
     * @param time by which sessions live
     * @param waiting by which waiting for others ends
     * @param readLease for how long owners read without asking, equal on all members
     * @param executor runs its tasks one after another, not in the thread that hands them over
     */
    PeerNode(
            Member self,
            String application,
            SessionLifecycle lifecycle,
            TimeSource time,
            TimeSource waiting,
            Duration readLease,
            Network network,
            Executor executor) {
        this.lifecycle = lifecycle;
        this.time = waiting;
        this.network = network;
        this.executor = executor;
        clock = new Clock(time);
        membership = new Membership(self, waiting);
        codec = new MessageCodec(application);
        calls = new Calls(codec, network, clock, waiting);
        holdings = new Holdings(membership, lifecycle, clock, ownSaves);
        lease = new ReadLease(membership, waiting, readLease);
        long timeoutNanos = lifecycle.policy().timeout().toNanos();
        LeaseQuestions questions = new LeaseQuestions(lease, calls, waiting, timeoutNanos);
        owner = new Owner(membership, holdings, lease, questions, calls, lifecycle, clock, waiting);
        reads = new BackupReads(membership, holdings, lease, questions, calls, lifecycle, clock, waiting);
        locks = new Locks(membership, calls, clock, waiting, timeoutNanos);
        mover = new Mover(membership, holdings, lease, calls, clock, waiting, executor, timeoutNanos);
        lastSweepNanos = waiting.nanos();
    }

    Member self() {
        return membership.self();
    }

    @Nullable
    Epoch epoch() {
        return membership.current();
    }

    /** Whether all members have reported that all sessions are where they belong. */
    boolean isSettled() {
        Epoch epoch = membership.current();
        return epoch != null && membership.isSettled(epoch.token());
    }

    /** Whether they ever have since this member joined. */
    boolean hasSettled() {
        return membership.hasSettled();
    }

    /** See {@link Mover#remaining}. */
    int remaining() {
        return mover.remaining();
    }

    long moved() {
        return mover.moved();
    }

    /** Loads that were answered as a backup, without a message. */
    long readsAsBackup() {
        return reads.answered();
    }

    Holdings holdings() {
        return holdings;
    }

    /** A new view. From now on nothing begun under an older one is acknowledged. */
    void install(Epoch epoch) {
        membership.install(epoch);
        executor.execute(() -> {
            if (membership.isCurrent(epoch.token())) {
                calls.installed(epoch);
                reads.installed(epoch);
                mover.begin(epoch);
                retry(parked -> true);
            }
        });
    }

    /** Time has passed. Called every few milliseconds, on the executor. */
    void tick() {
        calls.tick();
        owner.tick();
        mover.step();
        long now = time.nanos();
        retry(parked -> parked.untilNanos() - now <= 0 || parked.deadlineNanos() - now <= 0);
        if (now - lastSweepNanos > SWEEP_NANOS) {
            lastSweepNanos = now;
            holdings.sweep();
            lease.sweep();
            locks.sweep();
        }
    }

    /** Gives everything to those who will have it when this member has left. {@code done} runs on the executor, perhaps more than once. */
    void handOver(Runnable done) {
        executor.execute(() -> mover.handOver(done));
    }

    /** Fails everything that waits. */
    void close() {
        List<Parked> left;
        synchronized (parked) {
            closed = true;
            left = new ArrayList<>(parked);
            parked.clear();
        }
        left.forEach(waiting -> waiting.done().accept(Calls.CLOSED));
        calls.close();
        owner.close();
    }

    /** Has the owner of its session do this; asks again in the next epoch if members change meanwhile. Answers once. */
    void ask(Message.OwnerRequest request, long deadlineNanos, Consumer<Message.Response> done) {
        Epoch epoch = membership.current();
        if (epoch == null) {
            park(new Parked(request, Epoch.NO_TOKEN, time.nanos() + PARK_NANOS, deadlineNanos, done));
            return;
        }
        Consumer<Message.Response> answered = answer -> {
            if (answer instanceof Message.WrongEpoch wrong) {
                Message.OwnerRequest again = wrong.begun() && request instanceof Message.Save save
                        ? new Message.Save(save.base(), save.delta(), true)
                        : request;
                park(new Parked(again, epoch.token(), time.nanos() + PARK_NANOS, deadlineNanos, done));
            } else {
                done.accept(answer);
            }
        };
        Member target = epoch.owner(request.key());
        if (target.equals(self())) {
            own(request, self(), epoch.token(), answered);
        } else if (request instanceof Message.Save save) {
            ownSaves.asking(save);
            long sentNanos = time.nanos();
            calls.ask(target, epoch.token(), save, deadlineNanos, answer -> {
                ownSaves.answered(save);
                reads.saved(save, epoch, sentNanos, answer);
                answered.accept(answer);
            });
        } else if (request instanceof Message.Load load) {
            reads.load(load, epoch, deadlineNanos, answered);
        } else {
            calls.ask(target, epoch.token(), request, deadlineNanos, answered);
        }
    }

    /** Without what the asking member says that it has. */
    private Message.Response shortened(Message.Request request, Message.Response response) {
        if (!(request instanceof Message.Load load
                && response instanceof Message.LoadedIs is
                && is.loaded() instanceof Loaded.Found found)) {
            return response;
        }
        if (load.heldVersion() != Version.NONE && found.snapshot().version() == load.heldVersion()) {
            return new Message.LoadedIsHeld(found.idle(), found.accessNoted());
        }
        Loaded.Changed changed = holdings.changed(load.key(), load.knownVersion(), found);
        return changed == null ? response : new Message.LoadedIs(changed);
    }

    /** Asks one member, in the current epoch. */
    void askMember(Member member, Message.Request request, long deadlineNanos, Consumer<Message.Response> done) {
        Epoch epoch = membership.current();
        long token = epoch == null ? Epoch.NO_TOKEN : epoch.token();
        if (member.equals(self())) {
            handle(self(), request, token, done);
        } else {
            calls.ask(member, token, request, deadlineNanos, done);
        }
    }

    private void park(Parked request) {
        boolean late;
        synchronized (parked) {
            late = closed;
            if (!late) {
                parked.add(request);
            }
        }
        if (late) {
            request.done().accept(Calls.CLOSED);
            return;
        }
        if (!membership.isCurrent(request.triedIn()) && membership.current() != null) {
            // The new epoch may have been installed, and its retries made, before this one was added.
            executor.execute(() -> retry(waiting -> waiting.triedIn() == request.triedIn()));
        }
    }

    private void retry(Predicate<Parked> which) {
        List<Parked> due = new ArrayList<>();
        synchronized (parked) {
            parked.removeIf(waiting -> which.test(waiting) && due.add(waiting));
        }
        long now = time.nanos();
        for (Parked waiting : due) {
            if (waiting.deadlineNanos() - now <= 0) {
                waiting.done()
                        .accept(new Message.Failed(
                                StoreException.Kind.TIMEOUT, "members were changing and did not agree in time"));
            } else {
                ask(waiting.request(), waiting.deadlineNanos(), waiting.done());
            }
        }
    }

    /**
     * A message from another member.
     *
     * @throws WireException if it is none; nothing was done then
     */
    void receive(Member from, WireReader message) throws WireException {
        MessageCodec.Envelope envelope = codec.decode(message, clock.millis());
        if (envelope.message() instanceof Message.Response response) {
            calls.answered(from, envelope.correlation(), response);
        } else {
            Message.Request request = (Message.Request) envelope.message();
            handle(
                    from,
                    request,
                    envelope.epoch(),
                    response -> network.send(
                            from,
                            codec.encode(
                                    new MessageCodec.Envelope(
                                            envelope.correlation(), Epoch.NO_TOKEN, shortened(request, response)),
                                    clock.millis())));
        }
    }

    private void handle(Member from, Message.Request request, long token, Consumer<Message.Response> reply) {
        boolean sameEpoch = lease.answering(from, token);
        if (request instanceof Message.Leaving) {
            membership.left(from);
            lease.left(from);
            reply.accept(new Message.Done());
        } else if (request instanceof Message.Settled settled) {
            membership.missing(settled.missing());
            boolean noted = membership.settled(from, token);
            reply.accept(noted ? new Message.Done() : new Message.WrongEpoch(false));
        } else if (!sameEpoch) {
            reply.accept(new Message.WrongEpoch(false));
        } else if (request instanceof Message.OwnerRequest ofOwner) {
            own(ofOwner, from, token, reply);
        } else if (request instanceof Message.FetchLock fetch) {
            reply.accept(locks.tell(fetch, token));
        } else if (request instanceof Message.KeepLock keep) {
            reply.accept(locks.keep(keep, token));
        } else if (request instanceof Message.Replicate replicate) {
            reads.told(from, token, replicate.committed());
            reply.accept(holdings.replicate(replicate, from, token));
        } else if (request instanceof Message.Fetch fetch) {
            reply.accept(holdings.fetch(fetch, token, Duration.ofNanos(lease.waitNanos(fetch.key()))));
        } else if (request instanceof Message.Offer offer) {
            reply.accept(holdings.offer(offer, token));
        } else if (request instanceof Message.Push push) {
            reply.accept(holdings.push(push, token));
        } else if (request instanceof Message.ClaimDue due) {
            // Looks at everything that is held: who brought this has other messages to bring.
            executor.execute(() -> claimDue(due, token, reply));
        } else {
            reply.accept(membership.isCurrent(token) ? new Message.Done() : new Message.WrongEpoch(false));
        }
    }

    private void own(Message.OwnerRequest request, Member from, long token, Consumer<Message.Response> reply) {
        if (request instanceof Message.Lock lock) {
            locks.handle(lock, token, reply);
        } else {
            owner.handle(request, from, token, reply);
        }
    }

    private void claimDue(Message.ClaimDue due, long token, Consumer<Message.Response> reply) {
        Epoch epoch = membership.current();
        if (epoch == null || epoch.token() != token) {
            reply.accept(new Message.WrongEpoch(false));
            return;
        }
        // Each claim may go on in the stack of the one before it.
        int limit = Math.min(due.limit(), MOST_CLAIMS);
        Deque<SessionKey> candidates = new ArrayDeque<>();
        long now = clock.millis();
        for (SessionKey key : holdings.keys()) {
            if (candidates.size() < limit && epoch.owner(key).equals(self()) && isDue(key, due.lease(), now)) {
                candidates.add(key);
            }
        }
        claimNext(candidates, due.lease(), token, new ArrayList<>(), reply);
    }

    private boolean isDue(SessionKey key, Duration lease, long now) {
        SessionRecord record = holdings.peek(key, entry -> entry == null ? null : entry.record);
        return record != null
                && lifecycle.claim(record, false, 1, lease, now).answer().isPresent();
    }

    /** One after another: a sweep is in no hurry, and users' requests are. */
    private void claimNext(
            Deque<SessionKey> candidates,
            Duration lease,
            long token,
            List<Claim> claimed,
            Consumer<Message.Response> reply) {
        SessionKey key = candidates.poll();
        if (key == null) {
            reply.accept(new Message.ClaimsAre(claimed));
            return;
        }
        owner.handle(new Message.ClaimOne(key, false, lease), self(), token, answer -> {
            if (answer instanceof Message.ClaimsAre made) {
                claimed.addAll(made.claims());
                claimNext(candidates, lease, token, claimed, reply);
            } else {
                // What was claimed by now is claimed; the rest will still be due at the next sweep.
                reply.accept(claimed.isEmpty() ? answer : new Message.ClaimsAre(claimed));
            }
        });
    }
}
