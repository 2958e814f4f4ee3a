package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Request.Outcome;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * The trips to one server, shared by the callers that wait at the same moment. A caller whose turn it is leads: it sends
 * all that is queued as one pipeline on a connection, reads the answers, wakes the others, and passes the turn on. There
 * are as many turns as connections. No thread of its own; a caller that is alone waits for nobody. Thread-safe.
 *
 * <p>The rules, and why nobody waits for ever: docs/concurrency.md, Redis.
 */
final class Trips {

    private static final int MOST_REQUESTS = 128;
    private static final long MOST_BYTES = 1024 * 1024;
    /** A connection that rested longer is asked first: something on the way may have forgotten it without a word. */
    private static final long LONG_REST_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Redis looks ten times in a second whether a WAIT is over. */
    private static final long WAIT_MARGIN_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

    private final Address address;
    private final Opener opener;
    private final int turns;
    private final int replicas;
    private final Breaker breaker;
    private final Counts counts = new Counts();

    /** Guards all below. Never held during I/O or while a caller is waited for. */
    private final Object lock = new Object();

    private final ArrayDeque<Call> queue = new ArrayDeque<>();
    private final ArrayDeque<Wire> resting = new ArrayDeque<>();
    private final Set<Wire> atWork = new HashSet<>();
    private int leaders;
    private @Nullable String closed;

    /** @param replicas how many have to confirm a write */
    Trips(Address address, Opener opener, int poolSize, int replicas) {
        this.address = address;
        this.opener = opener;
        this.turns = poolSize;
        this.replicas = replicas;
        this.breaker = new Breaker(opener.timeoutNanos());
    }

    Address address() {
        return address;
    }

    Breaker breaker() {
        return breaker;
    }

    Counts counts() {
        return counts;
    }

    /** Whether all connections are in use. */
    boolean isBusy() {
        synchronized (lock) {
            return leaders == turns;
        }
    }

    boolean isClosed() {
        synchronized (lock) {
            return closed != null;
        }
    }

    /**
     * Returns when each request of the call has an outcome.
     *
     * @throws StoreException if the caller was interrupted or its time was over before that
     */
    void perform(Call call) throws StoreException {
        if (!breaker.admits()) {
            call.failed(Outcome.NOT_SENT, new Unreachable(Unreachable.Reason.REFUSED, breaker.explained(), null));
            return;
        }
        synchronized (lock) {
            if (closed != null) {
                call.failed(Outcome.NOT_SENT, new Unreachable(Unreachable.Reason.REFUSED, closed, null));
                return;
            }
            queue.addLast(call);
            appointNext();
        }
        while (true) {
            switch (call.stage()) {
                case DONE -> {
                    return;
                }
                case APPOINTED -> {
                    lead(call);
                    return;
                }
                default -> {
                    long left = call.leftNanos();
                    if (Thread.currentThread().isInterrupted() || left <= 0) {
                        leave(call);
                    } else {
                        LockSupport.parkNanos(this, left);
                    }
                }
            }
        }
    }

    /** Under the lock. The head of the queue gets the turn, so that whoever leads has its own call in the trip. */
    private void appointNext() {
        while (leaders < turns && closed == null) {
            Call next = queue.pollFirst();
            if (next == null) {
                return;
            }
            leaders++;
            next.appoint();
        }
    }

    /** Throws, unless the call is about to end by itself. */
    private void leave(Call call) throws StoreException {
        boolean sent;
        int waiting;
        synchronized (lock) {
            switch (call.stage()) {
                case DONE -> {
                    return;
                }
                case QUEUED -> {
                    queue.remove(call);
                    sent = false;
                }
                case APPOINTED -> {
                    leaders--;
                    appointNext();
                    sent = false;
                }
                default -> sent = true;
            }
            waiting = queue.size();
        }
        String what = sent
                ? ": no answer yet, it may or may not have been applied"
                : ": not sent, " + waiting + " others are waiting for one of " + turns
                        + " connections (redis.pool-size)";
        if (Thread.currentThread().isInterrupted()) {
            throw new StoreException(Kind.UNAVAILABLE, "redis " + address + what + "; interrupted");
        }
        throw new StoreException(Kind.TIMEOUT, "redis " + address + what);
    }

    private void lead(Call own) {
        Wire wire = null;
        List<Call> batch = List.of(own);
        long begun = System.nanoTime();
        boolean sound = false;
        Outcome how = Outcome.NOT_SENT;
        Throwable why = null;
        try {
            wire = ready(own);
            if (own.leftNanos() <= 0) {
                sound = true;
                why = new Unreachable(Unreachable.Reason.SLOW, address + ": connected too late to send", null);
                return;
            }
            batch = gather(own);
            begun = System.nanoTime();
            travel(wire, batch, own);
            sound = true;
        } catch (Unreachable e) {
            why = e;
            tellBreaker(e, System.nanoTime() - begun);
        } catch (IOException | JedisConnectionException e) {
            why = e;
            boolean late = wire != null && wire.isTimeout(e);
            how = late ? Outcome.LATE : Outcome.LOST;
            if (late && breaker.waitedInVain(System.nanoTime() - begun, address + ": no answer in time")) {
                giveUpQueue();
            }
        } catch (Throwable e) {
            // Out of memory, or a mistake of ours: the others in the trip must not wait for a thread that is gone.
            why = e;
            how = Outcome.LOST;
            throw e;
        } finally {
            if (how == Outcome.LOST && wire != null && !wire.isTouched()) {
                how = Outcome.NOT_SENT;
            }
            try {
                for (Call call : batch) {
                    call.failed(how, why);
                }
            } finally {
                end(wire, sound);
            }
        }
    }

    private void tellBreaker(Unreachable e, long waitedNanos) {
        boolean down = true;
        if (e.reason() == Unreachable.Reason.SLOW) {
            down = breaker.waitedInVain(waitedNanos, String.valueOf(e.getMessage()));
        } else {
            breaker.failed(String.valueOf(e.getMessage()));
        }
        if (down) {
            giveUpQueue();
        }
    }

    /** The turn goes on to the next, whatever happened. */
    private void end(@Nullable Wire wire, boolean sound) {
        List<Wire> stale = List.of();
        synchronized (lock) {
            leaders--;
            if (wire != null) {
                atWork.remove(wire);
                if (sound && closed == null) {
                    resting.addFirst(wire);
                } else if (!sound) {
                    // What ended one connection, a restart for example, has most likely ended the others.
                    stale = List.copyOf(resting);
                    resting.clear();
                }
            }
            appointNext();
        }
        if (wire != null && (!sound || isClosed())) {
            wire.close();
        }
        stale.forEach(Wire::close);
    }

    /** A connection that can be written to. */
    private Wire ready(Call own) throws Unreachable {
        while (true) {
            Wire wire;
            synchronized (lock) {
                wire = resting.pollFirst();
                if (wire != null) {
                    atWork.add(wire);
                }
            }
            if (wire == null) {
                break;
            }
            if (wire.restingNanos() < LONG_REST_NANOS || answers(wire, own)) {
                return wire;
            }
            synchronized (lock) {
                atWork.remove(wire);
            }
            wire.close();
        }
        Wire wire = opener.open(address, own.deadlineNanos());
        String gone;
        synchronized (lock) {
            gone = closed;
            atWork.add(wire);
        }
        if (gone != null) {
            wire.close();
            throw new Unreachable(Unreachable.Reason.REFUSED, gone, null);
        }
        return wire;
    }

    private boolean answers(Wire wire, Call own) {
        try {
            wire.until(System.nanoTime() + Math.min(opener.timeoutNanos(), own.leftNanos() / 2));
            wire.write("PING");
            wire.flush();
            wire.read();
            wire.rest();
            return true;
        } catch (IOException | JedisConnectionException e) {
            return false;
        }
    }

    /**
     * Those that go with the leader. Whoever has little time left is no leader for others: its deadline would end their
     * trip too.
     */
    private List<Call> gather(Call own) {
        List<Call> batch = new ArrayList<>();
        batch.add(own);
        long left = own.leftNanos();
        int requests = own.requests().size();
        long bytes = own.size();
        synchronized (lock) {
            while (true) {
                Call next = queue.peekFirst();
                if (next == null
                        || (requests += next.requests().size()) > MOST_REQUESTS
                        || (bytes += next.size()) > MOST_BYTES
                        || left < Math.min(opener.timeoutNanos(), next.leftNanos()) / 2) {
                    return batch;
                }
                queue.removeFirst();
                next.take();
                batch.add(next);
            }
        }
    }

    private void travel(Wire wire, List<Call> batch, Call own) throws IOException {
        boolean confirm = false;
        wire.until(nextDeadline(own));
        for (Call call : batch) {
            for (Request request : call.requests()) {
                wire.write(request);
            }
            confirm |= call.writes() && replicas > 0;
        }
        long waitNanos =
                Math.min(opener.timeoutNanos(), own.leftNanos() - Math.min(WAIT_MARGIN_NANOS, own.leftNanos() / 4));
        if (confirm) {
            wire.writeWait(replicas, TimeUnit.NANOSECONDS.toMillis(waitNanos));
        }
        wire.flush();
        counts.sent(batch);
        boolean served = false;
        for (Call call : batch) {
            for (Request request : call.requests()) {
                boolean confirmed = !confirm || !request.command().writes();
                wire.until(nextDeadline(own));
                Object asked = request.isAsking() ? wire.read() : null;
                Object reply = wire.read();
                request.answered(asked instanceof ErrorReply ? asked : reply, confirmed);
                served |= !(reply instanceof ErrorReply error && error.saysDown());
            }
            if (!confirm || !call.writes()) {
                call.done();
            }
        }
        if (confirm) {
            long now = System.nanoTime();
            wire.until(now + Math.min(waitNanos + WAIT_MARGIN_NANOS, own.leftNanos()));
            long confirmedBy = wire.read() instanceof Long number ? number : 0;
            for (Call call : batch) {
                call.requests().forEach(request -> request.confirmed(confirmedBy, confirmedBy >= replicas));
                call.done();
            }
        }
        wire.rest();
        if (served) {
            breaker.succeeded();
        }
    }

    private long nextDeadline(Call own) {
        return System.nanoTime() + Math.min(opener.timeoutNanos(), own.leftNanos());
    }

    /** The server is down, which those in the queue need not find out one by one. Nothing of theirs has been sent. */
    private void giveUpQueue() {
        refuseQueue(breaker.explained());
    }

    private void refuseQueue(String why) {
        Unreachable reason = new Unreachable(Unreachable.Reason.REFUSED, why, null);
        List<Call> refused;
        synchronized (lock) {
            refused = List.copyOf(queue);
            queue.clear();
            // Nobody else ends them now: those who leave look at the stage under this lock.
            refused.forEach(Call::take);
        }
        refused.forEach(call -> call.failed(Outcome.NOT_SENT, reason));
    }

    /** What the server is found to be by its answers: no master, for instance. Connections are made anew, with a look at ROLE. */
    void suspect(String why) {
        breaker.failed(why);
        List<Wire> old;
        synchronized (lock) {
            old = List.copyOf(resting);
            resting.clear();
        }
        old.forEach(Wire::close);
    }

    /** All connections end; whoever is in the middle of a trip finds it broken. Idempotent. */
    void close(String why) {
        List<Wire> all = new ArrayList<>();
        synchronized (lock) {
            if (closed != null) {
                return;
            }
            closed = "redis " + address + ": " + why;
            all.addAll(resting);
            all.addAll(atWork);
            resting.clear();
        }
        refuseQueue("redis " + address + ": " + why);
        all.forEach(Wire::close);
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
