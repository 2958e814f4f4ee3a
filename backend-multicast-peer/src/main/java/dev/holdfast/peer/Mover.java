package dev.holdfast.peer;

import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.TimeSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings what this member holds to the homes of the current epoch, in the background: it offers outlines, sends what the
 * other lacks, one packet at a time, and when all homes of a session have it and this member is none of them, drops its own.
 * When nothing is left it reports to all members that this one is settled. Everything starts over in a new epoch, and what
 * failed is tried again.
 *
 * <p>Runs only on the store's own thread; its callbacks come from others and go through {@link #executor}.
 */
final class Mover {

    private static final int OUTLINES_PER_PACKET = 400;
    private static final long BYTES_PER_PACKET = 64 << 10;
    /** About what a record takes beside its attributes. */
    private static final int RECORD_OVERHEAD = 100;

    private static final long PAUSE_NANOS = 200_000_000;

    private record Task(Member target, List<SessionKey> keys) {}

    private record Copied(SessionRecord record, int homesLeft) {}

    private final Membership membership;
    private final Holdings holdings;
    private final ReadLease lease;
    private final Calls calls;
    private final Clock clock;
    private final TimeSource time;
    private final Executor executor;
    private final long timeoutNanos;

    private @Nullable Epoch epoch;
    private @Nullable Epoch before;
    /** Counts beginnings: answers to questions of an earlier one come too late. */
    private int round;

    private final Deque<Task> tasks = new ArrayDeque<>();
    private final Deque<Member> toTell = new ArrayDeque<>();
    /** Records that this member is no home of, and how many homes have yet to confirm that they have them. */
    private final Map<SessionKey, Copied> leaving = new HashMap<>();

    private boolean busy;
    private boolean told;
    /** Not null once this member is about to leave: everything goes to those who will be the homes without it. */
    private @Nullable Runnable handedOver;

    private long resumeNanos;

    private final AtomicInteger remaining = new AtomicInteger();

    private final LongAdder moved = new LongAdder();

    Mover(
            Membership membership,
            Holdings holdings,
            ReadLease lease,
            Calls calls,
            Clock clock,
            TimeSource time,
            Executor executor,
            long timeoutNanos) {
        this.membership = membership;
        this.holdings = holdings;
        this.lease = lease;
        this.calls = calls;
        this.clock = clock;
        this.time = time;
        this.executor = executor;
        this.timeoutNanos = timeoutNanos;
    }

    /** Looks through everything that is held and makes the list of what has to go where. */
    void begin(Epoch newEpoch) {
        if (epoch != null && epoch.token() != newEpoch.token()) {
            before = epoch;
        }
        epoch = newEpoch;
        round++;
        tasks.clear();
        remaining.set(0);
        toTell.clear();
        leaving.clear();
        busy = false;
        told = false;
        resumeNanos = time.nanos();
        plan(newEpoch);
        step();
    }

    /**
     * This member is about to leave. It goes on serving, so nothing is dropped here; what is written from now on has one copy,
     * the backup's, until the others have moved it.
     *
     * @param done called once everything is with its next homes
     */
    void handOver(Runnable done) {
        handedOver = done;
        Epoch current = epoch;
        if (current != null) {
            begin(current);
        }
    }

    private void plan(Epoch current) {
        List<Member> staying = current.members().stream()
                .filter(member -> handedOver == null || !member.equals(membership.self()))
                .toList();
        if (staying.isEmpty()) {
            return;
        }
        Epoch next = new Epoch(current.token(), staying, current.replicas());
        Map<Member, List<SessionKey>> mine = new HashMap<>();
        Map<Member, List<SessionKey>> others = new HashMap<>();
        for (SessionKey key : holdings.keys()) {
            SessionRecord record = holdings.peek(key, entry -> entry == null ? null : entry.record);
            if (record == null) {
                continue;
            }
            List<Member> homes = next.homes(key);
            if (handedOver == null && !homes.contains(membership.self())) {
                leaving.put(key, new Copied(record, homes.size()));
            }
            Map<Member, List<SessionKey>> perTarget = isFirstHolder(key, current) ? mine : others;
            for (Member home : homes) {
                if (!home.equals(membership.self())) {
                    perTarget.computeIfAbsent(home, m -> new ArrayList<>()).add(key);
                }
            }
        }
        addTasks(mine);
        addTasks(others);
    }

    /**
     * Of those who have a session, one sends it first. The others offer it later, and mostly find it there: if all did so at once, a new home would be
     * sent it by each.
     */
    private boolean isFirstHolder(SessionKey key, Epoch current) {
        Epoch last = before;
        if (last == null) {
            return true;
        }
        for (Member home : last.homes(key)) {
            if (current.contains(home)) {
                return home.equals(membership.self());
            }
        }
        return true;
    }

    private void addTasks(Map<Member, List<SessionKey>> perTarget) {
        perTarget.forEach((target, keys) -> {
            for (int from = 0; from < keys.size(); from += OUTLINES_PER_PACKET) {
                tasks.add(new Task(target, keys.subList(from, Math.min(keys.size(), from + OUTLINES_PER_PACKET))));
            }
        });
        remaining.addAndGet(perTarget.values().stream().mapToInt(List::size).sum());
    }

    /** Goes on, if it can. Called often. */
    void step() {
        Epoch current = epoch;
        if (current == null || busy || time.nanos() - resumeNanos < 0 || !membership.isCurrent(current.token())) {
            return;
        }
        Task task = tasks.poll();
        if (task != null) {
            busy = true;
            offer(current, task);
        } else if (handedOver != null) {
            if (!told) {
                told = true;
                membership.retire();
                current.members().stream()
                        .filter(m -> !m.equals(membership.self()))
                        .forEach(toTell::add);
            }
            takeLeave(current, handedOver);
        } else if (!leaving.isEmpty()) {
            // A record that changed while it was moving is still here. Left behind it would be an old copy, and be
            // served after a partition.
            leaving.clear();
            plan(current);
            pause();
        } else if (!told && lease.waitNanos() > 0) {
            // An owner of a settled epoch asks nobody before it answers.
            resumeNanos = time.nanos() + lease.waitNanos();
        } else if (!told) {
            told = true;
            membership.settled(membership.self(), current.token());
            current.members().stream().filter(m -> !m.equals(membership.self())).forEach(toTell::add);
            step();
        } else if (!toTell.isEmpty()) {
            busy = true;
            Member member = toTell.remove();
            ask(current, member, new Message.Settled(membership.missing()), answer -> {
                if (!(answer instanceof Message.Done)) {
                    toTell.add(member);
                    pause();
                }
                goOn();
            });
        }
    }

    /**
     * It answers as an owner no more, so that the next owners need not wait for its lease to end. Whoever does not hear of it waits
     * for that, and then for this member to come back, which does no harm.
     */
    private void takeLeave(Epoch current, Runnable done) {
        Member member = toTell.poll();
        if (member == null) {
            done.run();
            return;
        }
        busy = true;
        ask(current, member, new Message.Leaving(), answer -> goOn());
    }

    private void offer(Epoch current, Task task) {
        List<Message.Held> held = new ArrayList<>();
        List<Message.Copy> copies = new ArrayList<>();
        long now = clock.millis();
        for (SessionKey key : task.keys()) {
            SessionRecord record = holdings.peek(key, entry -> entry == null ? null : entry.record);
            if (record != null) {
                held.add(new Message.Held(key, Outline.of(record, now)));
                copies.add(new Message.Copy(key, record));
            }
        }
        ask(current, task.target(), new Message.Offer(held), answer -> {
            if (!(answer instanceof Message.Wanted wanted)) {
                again(task);
                return;
            }
            Deque<Message.Copy> toPush = new ArrayDeque<>();
            for (int position : wanted.positions()) {
                if (position < copies.size()) {
                    toPush.add(copies.get(position));
                }
            }
            push(current, task, copies, toPush);
        });
    }

    private void push(Epoch current, Task task, List<Message.Copy> offered, Deque<Message.Copy> left) {
        if (left.isEmpty()) {
            offered.forEach(copy -> arrived(current, copy));
            remaining.addAndGet(-task.keys().size());
            goOn();
            return;
        }
        List<Message.Copy> packet = new ArrayList<>();
        long bytes = 0;
        while (!left.isEmpty() && (packet.isEmpty() || bytes < BYTES_PER_PACKET)) {
            Message.Copy copy = left.remove();
            packet.add(copy);
            bytes += RECORD_OVERHEAD + Holdings.size(copy.record());
        }
        ask(current, task.target(), new Message.Push(packet), answer -> {
            if (answer instanceof Message.Done) {
                moved.add(packet.size());
                push(current, task, offered, left);
            } else {
                again(task);
            }
        });
    }

    private void arrived(Epoch current, Message.Copy copy) {
        Copied copied = leaving.get(copy.key());
        if (copied == null || copied.record() != copy.record()) {
            return;
        }
        if (copied.homesLeft() > 1) {
            leaving.put(copy.key(), new Copied(copied.record(), copied.homesLeft() - 1));
            return;
        }
        boolean dropped = holdings.with(copy.key(), entry -> {
            boolean same = entry.record == copy.record() && entry.isIdle() && membership.isCurrent(current.token());
            if (same) {
                entry.record = null;
            }
            return same;
        });
        if (dropped) {
            leaving.remove(copy.key());
        }
    }

    /** How many sessions have still to be compared with others that shall have them, one that several shall have as many times. */
    int remaining() {
        return remaining.get();
    }

    /** How many copies others have taken, as they had none or another one. */
    long moved() {
        return moved.sum();
    }

    private void again(Task task) {
        tasks.add(task);
        pause();
        goOn();
    }

    private void pause() {
        resumeNanos = time.nanos() + PAUSE_NANOS;
    }

    private void goOn() {
        busy = false;
        step();
    }

    /** The callback runs on the store's own thread, and only if nothing has begun anew. */
    private void ask(Epoch current, Member target, Message.Request request, Consumer<Message.Response> callback) {
        int askedIn = round;
        calls.ask(
                target,
                current.token(),
                request,
                time.nanos() + timeoutNanos,
                answer -> executor.execute(() -> {
                    if (round == askedIn) {
                        callback.accept(answer);
                    }
                }));
    }
}
