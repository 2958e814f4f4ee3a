package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Opens connections that are ready for use: logged in, on the right database, and at a master. Thread-safe. */
final class Opener {

    private final Dialer dialer;
    private final Optional<Credentials> credentials;
    private final int database;
    private final boolean toMaster;
    private final long timeoutNanos;

    private Opener(
            Dialer dialer, Optional<Credentials> credentials, int database, boolean toMaster, long timeoutNanos) {
        this.dialer = dialer;
        this.credentials = credentials;
        this.database = database;
        this.toMaster = toMaster;
        this.timeoutNanos = timeoutNanos;
    }

    static Opener ofMasters(RedisSettings settings, Dialer dialer) {
        return new Opener(
                dialer,
                settings.credentials(),
                settings.address().database(),
                true,
                settings.timeout().toNanos());
    }

    static Opener ofSentinels(RedisSettings settings, Dialer dialer) {
        return new Opener(dialer, settings.sentinelCredentials(), 0, false, patience(settings));
    }

    /** One that asks any node of a cluster, master or replica, about the cluster. */
    static Opener ofNodes(RedisSettings settings, Dialer dialer) {
        return new Opener(dialer, settings.credentials(), 0, false, patience(settings));
    }

    /** No caller waits for these, so they may take a second, as they do in a JVM that has just begun. */
    private static long patience(RedisSettings settings) {
        return Math.max(TimeUnit.SECONDS.toNanos(1), settings.timeout().toNanos());
    }

    /** Says what went wrong on a connection that this opened. */
    Unreachable explained(Address address, Throwable thrown) {
        return dialer.explained(address, thrown);
    }

    /** The same, for a start, which may take longer. */
    Opener withTimeout(long nanos) {
        return new Opener(dialer, credentials, database, toMaster, nanos);
    }

    long timeoutNanos() {
        return timeoutNanos;
    }

    /**
     * Two trips at most (connect, and one for all commands), three more for TLS. Bounded by the timeout and the deadline. A
     * connection that is lost in between says little about the server, and the breaker would keep everybody out for it: it is
     * made a second time.
     */
    Wire open(Address address, long deadlineNanos) throws Unreachable {
        long now = System.nanoTime();
        long until = now + Math.min(timeoutNanos, deadlineNanos - now);
        Wire wire = dialer.dial(address, until);
        try {
            return greeted(wire, until);
        } catch (IOException | JedisConnectionException e) {
            if (wire.isTimeout(e)) {
                throw dialer.explained(address, e);
            }
        }
        try {
            return greeted(dialer.dial(address, until), until);
        } catch (IOException | JedisConnectionException e) {
            throw dialer.explained(address, e);
        }
    }

    private Wire greeted(Wire wire, long until) throws IOException, Unreachable {
        boolean ready = false;
        try {
            wire.until(until);
            greet(wire);
            wire.rest();
            ready = true;
            return wire;
        } finally {
            if (!ready) {
                wire.close();
            }
        }
    }

    private void greet(Wire wire) throws IOException, Unreachable {
        credentials.ifPresent(known -> {
            if (known.user().isEmpty()) {
                wire.write("AUTH", Wire.bytes(known.password()));
            } else {
                wire.write("AUTH", Wire.bytes(known.user()), Wire.bytes(known.password()));
            }
        });
        if (database > 0) {
            wire.write("SELECT", Wire.bytes(Integer.toString(database)));
        }
        if (toMaster) {
            wire.write("ROLE");
        } else {
            wire.write("PING");
        }
        wire.flush();
        // The first that is refused is the reason for those after it.
        Unreachable refused = null;
        if (credentials.isPresent()) {
            refused = refusal(wire, "AUTH", wire.read());
        }
        if (database > 0) {
            Unreachable next = refusal(wire, "SELECT", wire.read());
            refused = refused == null ? next : refused;
        }
        Object last = wire.read();
        if (refused == null) {
            refused = toMaster ? notMaster(wire, last) : refusal(wire, "PING", last);
        }
        if (refused != null) {
            throw refused;
        }
        wire.expectNothing();
    }

    private static @Nullable Unreachable refusal(Wire wire, String command, @Nullable Object reply) {
        if (!(reply instanceof ErrorReply error)) {
            return null;
        }
        return new Unreachable(
                error.isOfNoMaster() ? Reason.NO_MASTER : Reason.REFUSED, wire + ": " + error.explained(command), null);
    }

    private static @Nullable Unreachable notMaster(Wire wire, @Nullable Object reply) {
        Unreachable refusal = refusal(wire, "ROLE", reply);
        return refusal != null ? refusal : notMaster(wire.address(), reply);
    }

    /** What is wrong with an answer to ROLE; null if it is a master's. */
    static @Nullable Unreachable notMaster(Address address, @Nullable Object reply) {
        List<?> role = Wire.list(reply);
        String word = role.isEmpty() ? null : Wire.text(role.get(0));
        if ("master".equals(word)) {
            return null;
        }
        if ("slave".equals(word)) {
            return new Unreachable(
                    Reason.NO_MASTER, address + ": " + new ErrorReply("READONLY").explained("ROLE"), null);
        }
        if ("sentinel".equals(word)) {
            return new Unreachable(
                    Reason.REFUSED, address + ": that is a Sentinel; write redis-sentinel://<master>@" + address, null);
        }
        return new Unreachable(Reason.REFUSED, address + ": the server does not say whether it is a master", null);
    }
}
