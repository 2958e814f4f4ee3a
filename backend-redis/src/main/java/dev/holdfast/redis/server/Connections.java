package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** The connections to one server: those that rest until they are used again, and those at work. Thread-safe. */
final class Connections {

    private final Address address;
    private final Opener opener;
    private final long longRestNanos;

    /** Guards all below. Never held during I/O. */
    private final Object lock = new Object();

    /** The one that was used last comes first, so that those that are not needed grow old. */
    private final ArrayDeque<Wire> resting = new ArrayDeque<>();

    private final Set<Wire> atWork = new HashSet<>();
    private @Nullable String closed;

    /**
     * @param longRestNanos a connection that rested longer is asked whether it is still there before anything depends on
     *     it: something on the way may have forgotten it without a word
     */
    Connections(Address address, Opener opener, long longRestNanos) {
        this.address = address;
        this.opener = opener;
        this.longRestNanos = longRestNanos;
    }

    /** One that can be written to, at rest or new; to be given to {@link #rest} or {@link #drop} afterwards. */
    Wire take(long deadlineNanos) throws Unreachable {
        while (true) {
            Wire wire;
            synchronized (lock) {
                wire = resting.pollFirst();
                if (wire != null) {
                    atWork.add(wire);
                }
            }
            if (wire == null) {
                return open(deadlineNanos);
            }
            if (wire.restingNanos() < longRestNanos || answers(wire, deadlineNanos)) {
                return wire;
            }
            end(wire);
        }
    }

    private Wire open(long deadlineNanos) throws Unreachable {
        Wire wire = opener.open(address, deadlineNanos);
        String gone;
        synchronized (lock) {
            gone = closed;
            if (gone == null) {
                atWork.add(wire);
            }
        }
        if (gone != null) {
            wire.close();
            throw new Unreachable(Reason.REFUSED, gone, null);
        }
        return wire;
    }

    private boolean answers(Wire wire, long deadlineNanos) {
        try {
            long now = System.nanoTime();
            // Half of the time is for a new one, if there is no answer.
            wire.until(now + Math.min(opener.timeoutNanos(), (deadlineNanos - now) / 2));
            wire.write("PING");
            wire.flush();
            boolean good = !(wire.read() instanceof ErrorReply);
            wire.rest();
            return good;
        } catch (IOException | JedisConnectionException e) {
            return false;
        }
    }

    /** It is in order, and may be used again. */
    void rest(Wire wire) {
        boolean keep;
        synchronized (lock) {
            atWork.remove(wire);
            keep = closed == null;
            if (keep) {
                resting.addFirst(wire);
            }
        }
        if (!keep) {
            wire.close();
        }
    }

    /** It is of no more use. What ended it, a restart for example, has most likely ended the others: those at rest go too. */
    void drop(Wire wire) {
        end(wire);
        dropResting();
    }

    private void end(Wire wire) {
        synchronized (lock) {
            atWork.remove(wire);
        }
        wire.close();
    }

    void dropResting() {
        List<Wire> old;
        synchronized (lock) {
            old = List.copyOf(resting);
            resting.clear();
        }
        old.forEach(Wire::close);
    }

    /** Whoever is in the middle of a trip finds its connection broken. Idempotent. */
    void close(String why) {
        List<Wire> all;
        synchronized (lock) {
            if (closed == null) {
                closed = why;
            }
            all = new ArrayList<>(resting);
            all.addAll(atWork);
            resting.clear();
        }
        all.forEach(Wire::close);
    }
}
