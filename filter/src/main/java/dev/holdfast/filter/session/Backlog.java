package dev.holdfast.filter.session;

import dev.holdfast.filter.session.LiveSession.State;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that hold changes which were acknowledged and are not in the store, in the order of their turn: with {@code
 * write=async} all that have been changed a moment ago, with {@code on-store-failure=local} those that were changed while the store
 * was away. Bounded in number and memory. Thread-safe.
 *
 * <p>A session stands here once, however often it is changed: whoever sends it sends all that was acknowledged by then. Sending runs
 * under the session's {@link SaveGate}, so its order is that of the commits. Only what was encoded for a commit is sent: no code of
 * the application's runs in it.
 */
final class Backlog {

    /** What becomes of one session's turn. */
    private enum Turn {
        DONE,
        /** The store does not answer. */
        AWAY
    }

    /** Guarded by the backlog's monitor. */
    private static final class Entry {
        /** When the first of its changes was acknowledged. */
        final long sinceNanos;

        /** When it is sent, by {@link System#nanoTime}: at the end of a beat. */
        final long dueNanos = (Math.floorDiv(System.nanoTime(), BEAT_NANOS) + 1) * BEAT_NANOS;

        long bytes;

        /** Whether a thread is about to send it. */
        boolean hasTurn;

        Entry(long sinceNanos) {
            this.sinceNanos = sinceNanos;
        }
    }

    /**
     * What is changed within one is sent at its end: one save for all changes of a session, and one wake-up of the threads that send for
     * all sessions. It is what a node loses of its last moments when it dies.
     */
    static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** A session of the part of a store that is away must not hold up those of the rest. */
    private static final int FAILURES_BEFORE_PAUSE = 3;

    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long BETWEEN_LINES_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Sessions sessions;
    private final Saving saving;
    private final Replay replay;
    private final WriteRules rules;
    private final WriteCounts counts;

    // All guarded by this; nothing is called while it is held.
    private final LinkedHashMap<LiveSession, Entry> entries = new LinkedHashMap<>();
    private long bytes;
    private int failuresInARow;
    /** Threads that wait until something is to be sent. */
    private int idle;

    private long nextLineNanos;
    private boolean closed;

    Backlog(Sessions sessions, Saving saving, Replay replay, WriteRules rules, WriteCounts counts) {
        this.sessions = sessions;
        this.saving = saving;
        this.replay = replay;
        this.rules = rules;
        this.counts = counts;
        this.nextLineNanos = sessions.time().nanos();
    }

    // ---------------------------------------------------------------- in

    /**
     * Takes a session in whose unsent changes are about to take so much memory, about. Under its gate, so that nobody sends it before
     * they are there.
     *
     * @return false if there is no room: they must not wait then
     */
    synchronized boolean takes(LiveSession live, long size) {
        Entry entry = entries.get(live);
        long more = entry == null ? size : size - entry.bytes;
        boolean isTooMuch = more > 0 && bytes + more > rules.mostBytes();
        if (closed || isTooMuch || entry == null && entries.size() >= rules.mostWaiting()) {
            counts.full.increment();
            return false;
        }
        if (entry == null) {
            entry = new Entry(sessions.time().nanos());
            entries.put(live, entry);
        }
        entry.bytes += more;
        bytes += more;
        if (idle > 0 || isFull()) {
            notifyAll();
        }
        return true;
    }

    /** Waits for room, but no longer than {@code patience}: whoever does not find any saves by itself. */
    synchronized void awaitRoom(Duration patience) {
        long start = System.nanoTime();
        while (!closed && isFull() && failuresInARow == 0) {
            long left = patience.toNanos() - (System.nanoTime() - start);
            if (left <= 0) {
                return;
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean isFull() {
        return entries.size() >= rules.mostWaiting() || bytes >= rules.mostBytes();
    }

    /** Whether what was sent last found the store away. */
    synchronized boolean isFailing() {
        return failuresInARow > 0;
    }

    synchronized int size() {
        return entries.size();
    }

    synchronized long bytes() {
        return bytes;
    }

    // ---------------------------------------------------------------- out

    /**
     * Brings a session's acknowledged changes to the store now, in this thread, if it has any. In its turn among the saves of the
     * session.
     *
     * @throws StoreException if they are not there, or not known to be; they stay here
     */
    void bring(LiveSession live) {
        live.gate().exclusively(() -> bringUnderGate(live));
    }

    /** As {@link #bring}, for whoever has the gate. */
    void bringUnderGate(LiveSession live) {
        if (live.state() != State.VALID || live.isEndOpen()) {
            live.table().dropUnsent(); // it has ended: that supersedes whatever was written before
        } else if (live.isOwing()) {
            Duration waited = waited(live);
            if (waited.compareTo(sessions.sessionRules().policy().timeout()) > 0) {
                live.fallBehind();
            }
            try {
                if (live.isBehind()) {
                    replay.run(live, waited);
                } else {
                    saving.saveUnsent(live);
                }
            } catch (StoreException e) {
                if (StoreFailure.isOutage(e)) {
                    live.fallBehind();
                    throw e;
                }
                giveUp(live, e);
            } catch (RuntimeException e) { // whatever it is, it will be so each time
                giveUp(live, e);
            }
        }
        settled(live);
    }

    /** Everything that was acknowledged of this session is in the store, or has become void. Under its gate. */
    void settled(LiveSession live) {
        synchronized (this) {
            Entry entry = entries.remove(live);
            bytes -= entry == null ? 0 : entry.bytes;
            failuresInARow = entries.isEmpty() ? 0 : failuresInARow; // nobody is left to find out that it answers
            notifyAll();
        }
        if (live.isOwing()) {
            live.owesNothing();
        }
    }

    private void giveUp(LiveSession live, RuntimeException e) {
        counts.lost.increment();
        live.table().dropUnsent();
        sessions.drop(live); // what is here is not what will ever be stored
        tell("acknowledged changes of session {} are lost, the store refuses them: {}", live, e);
    }

    private synchronized Duration waited(LiveSession live) {
        Entry entry = entries.get(live);
        return Duration.ofNanos(entry == null ? 0 : sessions.time().nanos() - entry.sinceNanos);
    }

    private void tell(String line, LiveSession live, RuntimeException e) {
        synchronized (this) {
            long now = sessions.time().nanos();
            if (now - nextLineNanos < 0) {
                return;
            }
            nextLineNanos = now + BETWEEN_LINES_NANOS;
        }
        sessions.log().error(line, live.key(), e.toString());
    }

    // ---------------------------------------------------------------- by threads of our own

    /** Sends sessions as they come, until {@link #close} or an interrupt. */
    void work() {
        try {
            while (true) {
                LiveSession next = awaitNext();
                if (next == null) {
                    return;
                }
                if (turnSafely(next) == Turn.AWAY) {
                    pause();
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private Turn turnSafely(LiveSession live) {
        try {
            return turn(live);
        } catch (RuntimeException | Error e) { // one session's trouble must not end the others'
            sessions.log().error("sending what waits of session {} failed", live.key(), e);
            return Turn.AWAY;
        }
    }

    /**
     * Gives every session that waits at this moment its turn, in this thread.
     *
     * @param deadlineNanos by {@link System#nanoTime}: none begins after it
     * @return whether the store was there for all
     */
    boolean drain(long deadlineNanos) {
        int most = size();
        int failures = 0;
        for (int i = 0; i < most && failures < FAILURES_BEFORE_PAUSE; i++) {
            LiveSession next = System.nanoTime() - deadlineNanos < 0 ? next() : null;
            if (next == null) {
                letOthersFinish();
                break;
            }
            failures = turn(next) == Turn.AWAY ? failures + 1 : 0;
        }
        return failures == 0;
    }

    /** What is left is being sent by threads of our own, as far as they still run. */
    private synchronized void letOthersFinish() {
        try {
            TimeUnit.MILLISECONDS.timedWait(this, 20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Turn turn(LiveSession live) {
        Turn turn = Turn.AWAY;
        try {
            bring(live);
            turn = Turn.DONE;
        } catch (StoreException away) {
            sessions.log().debug("changes of session {} wait on: {}", live.key(), away.getMessage());
        } finally {
            turnIsOver(live, turn);
        }
        return turn;
    }

    private synchronized void turnIsOver(LiveSession live, Turn turn) {
        if (turn == Turn.DONE) {
            if (failuresInARow >= FAILURES_BEFORE_PAUSE && !entries.isEmpty()) {
                sessions.log()
                        .info("the store is back; changes of up to {} sessions are brought there now", entries.size());
            }
            failuresInARow = 0;
        } else {
            failuresInARow++;
            if (failuresInARow == FAILURES_BEFORE_PAUSE) {
                sessions.log()
                        .warn("the store is away; changes of {} sessions wait here until it is back", entries.size());
            }
        }
        Entry entry = entries.remove(live);
        if (entry != null) { // to the end: the others first
            entry.hasTurn = false;
            entries.put(live, entry);
        }
        notifyAll();
    }

    /** The session whose turn it is, whether it is due or not; null if there is none that no thread has. */
    private synchronized @Nullable LiveSession next() {
        Map.Entry<LiveSession, Entry> first = first();
        if (first == null) {
            return null;
        }
        first.getValue().hasTurn = true;
        return first.getKey();
    }

    /** Of those that no thread has. Under the monitor. */
    private Map.@Nullable Entry<LiveSession, Entry> first() {
        for (Map.Entry<LiveSession, Entry> each : entries.entrySet()) {
            if (!each.getValue().hasTurn) {
                return each;
            }
        }
        return null;
    }

    private synchronized @Nullable LiveSession awaitNext() throws InterruptedException {
        while (!closed) {
            Map.Entry<LiveSession, Entry> first = first();
            if (first == null) {
                idle++;
                try {
                    wait();
                } finally {
                    idle--;
                }
                continue;
            }
            long early = first.getValue().dueNanos - System.nanoTime();
            if (early <= 0 || isFull()) {
                return next();
            }
            TimeUnit.NANOSECONDS.timedWait(this, early);
        }
        return null;
    }

    /** After failures; a few of them may be of a part of the store. */
    private synchronized void pause() throws InterruptedException {
        if (failuresInARow < FAILURES_BEFORE_PAUSE) {
            return;
        }
        int doublings = Math.min(2, failuresInARow - FAILURES_BEFORE_PAUSE);
        long nanos = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << doublings);
        long end = System.nanoTime() + nanos;
        while (!closed && failuresInARow > 0) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Takes nothing in any more; ends {@link #work}. */
    synchronized void close() {
        closed = true;
        notifyAll();
    }
}
