package dev.holdfast.redis.server;

import dev.holdfast.redis.server.Unreachable.Reason;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.exceptions.JedisConnectionException;

/**
 * Somebody who can be asked about masters, a Sentinel or a node of a cluster, over one connection that is kept. For one
 * thread, but for {@link #close}.
 */
final class Informant implements AutoCloseable {

    private final Address address;
    private final Opener opener;
    private volatile @Nullable Wire wire;
    private volatile boolean closed;
    private boolean failed;

    Informant(Address address, Opener opener) {
        this.address = address;
        this.opener = opener;
    }

    Address address() {
        return address;
    }

    /** Whether the last question got no answer. */
    boolean hasFailed() {
        return failed;
    }

    /** Blocks for the opener's timeout per step at most. A connection that has been closed meanwhile is made anew, once. */
    @Nullable
    Object ask(String command, String... arguments) throws Unreachable {
        failed = true;
        boolean reused = wire != null;
        Object reply;
        try {
            reply = askOnce(command, arguments);
        } catch (Unreachable e) {
            if (!reused || e.reason() == Reason.SLOW || closed) {
                throw e;
            }
            reply = askOnce(command, arguments);
        }
        failed = false;
        return reply;
    }

    private @Nullable Object askOnce(String command, String... arguments) throws Unreachable {
        Wire current = wire;
        try {
            if (current == null) {
                current = opener.open(address, System.nanoTime() + opener.timeoutNanos());
                wire = current;
            }
            if (closed) {
                throw new Unreachable(Reason.REFUSED, address + ": closed", null);
            }
            byte[][] bytes = new byte[arguments.length][];
            for (int i = 0; i < arguments.length; i++) {
                bytes[i] = Wire.bytes(arguments[i]);
            }
            current.until(System.nanoTime() + opener.timeoutNanos());
            current.write(command, bytes);
            current.flush();
            Object reply = current.read();
            current.rest();
            return reply;
        } catch (IOException | JedisConnectionException e) {
            hangUp();
            throw opener.explained(address, e);
        } catch (Unreachable e) {
            hangUp();
            throw e;
        }
    }

    private void hangUp() {
        Wire old = wire;
        wire = null;
        if (old != null) {
            old.close();
        }
    }

    /** Who is asking gets an exception. */
    @Override
    public void close() {
        closed = true;
        hangUp();
    }
}
