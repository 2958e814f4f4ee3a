package dev.holdfast.redis.server;

import dev.holdfast.spi.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Redis that keeps the sessions: one server, a master watched by Sentinels, or a Cluster. Sends each command to the
 * server that holds its slot. Thread-safe.
 *
 * <p>Commands of callers that wait at the same moment share trips: see docs/concurrency.md, Redis.
 */
public interface Servers extends AutoCloseable {

    /**
     * Connects to every master once and looks whether all is as it should be; what is dangerous is logged as a warning.
     * Blocks for some seconds at most.
     *
     * @throws StoreException with the reason why it cannot be used, and what to do about it
     */
    static Servers open(RedisSettings settings) throws StoreException {
        return Start.open(settings);
    }

    /**
     * Sends commands, those for one server as one pipeline, and waits for all answers. They run in their order, unless one
     * has to be tried again (a script that the server has forgotten, a slot that moves): that one runs later.
     *
     * @param deadlineNanos by {@link System#nanoTime}: the call does not block for longer, whatever has to be tried again
     * @return the answers in the order of the commands: {@code Long}, {@code byte[]}, {@code List} of these, or null
     * @throws StoreException UNAVAILABLE or TIMEOUT for the first command that failed: any of them may or may not have been
     *     applied then; also if fewer replicas confirmed a write than {@code redis.wait-replicas} asks for
     */
    List<@Nullable Object> send(List<Command> commands, long deadlineNanos) throws StoreException;

    /**
     * Returns if every server that holds slots answers as a master.
     *
     * @throws StoreException with the reason, and what to do about it
     */
    void ping(long deadlineNanos) throws StoreException;

    /** Ends all connections and threads. Callers that wait get UNAVAILABLE. Idempotent. */
    @Override
    void close();
}
