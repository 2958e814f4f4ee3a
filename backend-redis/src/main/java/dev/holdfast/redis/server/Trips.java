package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Request.Outcome;
import dev.holdfast.redis.server.Unreachable.Reason;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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

    private final Address address;
    private final Connections connections;
    private final long timeoutNanos;
    private final int turns;
    private final Confirmations confirmations;
    private final Breaker breaker;
    private final Counts counts = new Counts();

    /** Guards all below. Never held during I/O, while a caller is waited for, or with another lock. */
    private final Object lock = new Object();

    private final ArrayDeque<Call> queue = new ArrayDeque<>();
    private int leaders;
    private @Nullable String closed;

    /**
     * @param timeoutNanos for one answer
     * @param turns most connections
     * @param replicas how many have to confirm a write
     */
    Trips(Address address, Connections connections, long timeoutNanos, int turns, int replicas) {
        this.address = address;
        this.connections = connections;
        this.timeoutNanos = timeoutNanos;
        this.turns = turns;
        this.confirmations = new Confirmations(replicas);
        this.breaker = new Breaker(timeoutNanos);
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

    /** How many wait for their turn. */
    int queued() {
        synchronized (lock) {
            return queue.size();
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
            call.failed(Outcome.NOT_SENT, breaker.refusal());
            return;
        }
        String gone;
        synchronized (lock) {
            gone = closed;
            if (gone == null) {
                queue.addLast(call);
                appointNext();
            }
        }
        if (gone != null) {
            call.failed(Outcome.NOT_SENT, new Unreachable(Reason.REFUSED, gone, null));
            return;
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
        while (leaders < turns) {
            Call next = queue.pollFirst();
            if (next == null) {
                return;
            }
            leaders++;
            next.appoint();
        }
    }

    /** Throws, unless the call has ended meanwhile. */
    private void leave(Call call) throws StoreException {
        boolean sent = false;
        int waiting;
        synchronized (lock) {
            switch (call.stage()) {
                case DONE -> {
                    return;
                }
                case QUEUED -> queue.remove(call);
                case APPOINTED -> passOn();
                case TAKEN -> sent = true;
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

    /** Under the lock. */
    private void passOn() {
        leaders--;
        appointNext();
    }

    private void lead(Call own) {
        Wire wire = null;
        List<Call> batch = List.of(own);
        long begun = System.nanoTime();
        boolean sound = false;
        Outcome how = Outcome.NOT_SENT;
        Throwable why = null;
        try {
            wire = connections.take(own.deadlineNanos());
            if (own.leftNanos() <= 0) {
                sound = true;
                why = new Unreachable(Reason.SLOW, address + ": connected too late to send", null);
                return;
            }
            batch = gather(own);
            begun = System.nanoTime();
            counts.sent(batch);
            boolean served = new Trip(wire, batch, timeoutNanos, confirmations).run();
            sound = true;
            if (served) {
                breaker.succeeded();
            }
        } catch (Unreachable e) {
            why = e;
            tellBreaker(e, begun);
        } catch (IOException | JedisConnectionException e) {
            why = e;
            how = Outcome.LOST;
            if (wire != null && wire.isTimeout(e)) {
                how = Outcome.LATE;
                tellBreaker(new Unreachable(Reason.SLOW, address + ": no answer in time", e), begun);
            }
        } catch (Throwable e) {
            // Out of memory, or a mistake of ours: the others in the trip must not wait for a thread that is gone.
            why = e;
            how = Outcome.LOST;
            throw e;
        } finally {
            if (wire != null && !wire.isTouched()) {
                how = Outcome.NOT_SENT;
            }
            end(wire, sound, batch, how, why);
        }
    }

    /** The turn goes on to the next and everybody in the trip is told, whatever happened. */
    private void end(@Nullable Wire wire, boolean sound, List<Call> batch, Outcome how, @Nullable Throwable why) {
        try {
            if (wire != null && sound) {
                connections.rest(wire);
            } else if (wire != null) {
                connections.drop(wire);
            }
        } finally {
            synchronized (lock) {
                passOn();
            }
            for (Call call : batch) {
                call.failed(how, why);
            }
        }
    }

    private void tellBreaker(Unreachable problem, long sinceNanos) {
        if (Thread.currentThread().isInterrupted()) {
            // That may be why: it ends a lookup, and in a virtual thread it closes the socket. Nobody else shall suffer
            // from it.
            return;
        }
        boolean down = true;
        if (problem.reason() == Reason.SLOW) {
            down = breaker.waitedInVain(System.nanoTime() - sinceNanos, problem);
        } else {
            breaker.failed(problem);
        }
        if (down) {
            // Those in the queue need not find out one by one.
            refuseQueue(breaker.refusal());
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
                        || left < Math.min(timeoutNanos, next.leftNanos()) / 2) {
                    return batch;
                }
                // In this order: whoever is in no batch must be in the queue.
                batch.add(next);
                queue.removeFirst();
                next.take();
            }
        }
    }

    private void refuseQueue(Unreachable why) {
        List<Call> refused;
        synchronized (lock) {
            refused = List.copyOf(queue);
            queue.clear();
            // Nobody else ends them now: those who leave look at the stage under this lock.
            refused.forEach(Call::take);
        }
        refused.forEach(call -> call.failed(Outcome.NOT_SENT, why));
    }

    /** It answered that it is no master. Connections are made anew, with a look at its role. */
    void suspect(Unreachable why) {
        breaker.failed(why);
        connections.dropResting();
    }

    /** All connections end; whoever is in the middle of a trip finds it broken. Idempotent. */
    void close(String why) {
        String message = address + ": " + why;
        synchronized (lock) {
            if (closed == null) {
                closed = message;
            }
        }
        refuseQueue(new Unreachable(Reason.REFUSED, message, null));
        connections.close(message);
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
