package dev.holdfast.redis;

import dev.holdfast.redis.server.Command;
import dev.holdfast.redis.server.Script;
import dev.holdfast.redis.server.Servers;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes commands and sends them, each call within the operation timeout, until the store is closed. Thread-safe. */
final class Calls {

    private final Servers servers;
    private final Keys keys;
    private final Duration timeout;
    private volatile boolean closed;

    Calls(Servers servers, Keys keys, Duration timeout) {
        this.servers = servers;
        this.keys = keys;
        this.timeout = timeout;
    }

    void ping() {
        requireOpen();
        servers.ping(deadline());
    }

    void close() {
        closed = true;
        servers.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "the Redis store is closed");
        }
    }

    @Nullable
    Object send(Command command) {
        return send(List.of(command)).get(0);
    }

    List<@Nullable Object> send(List<Command> commands) {
        return send(commands, deadline());
    }

    /** @param deadlineNanos see {@link #deadline} */
    List<@Nullable Object> send(List<Command> commands, long deadlineNanos) {
        requireOpen();
        return commands.isEmpty() ? List.of() : servers.send(commands, deadlineNanos);
    }

    /** When an operation that begins now has to be over, by {@link System#nanoTime}. */
    long deadline() {
        return System.nanoTime() + timeout.toNanos();
    }

    Duration timeout() {
        return timeout;
    }

    /** A script that may run twice, because a second time it changes nothing more or answers the same. */
    Command script(Script script, int bucket, List<byte[]> names, List<byte[]> arguments, boolean writes) {
        List<byte[]> all = new ArrayList<>(names);
        all.addAll(arguments);
        Command repeat = command(script, bucket, names.size(), all, writes, null);
        return command(script, bucket, names.size(), repeat.arguments(), writes, repeat);
    }

    /** @param arguments the names of {@code keyCount} keys first */
    Command command(
            Script script, int bucket, int keyCount, List<byte[]> arguments, boolean writes, @Nullable Command repeat) {
        return new Command(keys.slotOf(bucket), script.name(), script, keyCount, arguments, writes, repeat);
    }

    /** A command that reads only. */
    static Command plain(int slot, String name, int keyCount, List<byte[]> arguments) {
        Command repeat = new Command(slot, name, null, keyCount, arguments, false, null);
        return new Command(slot, name, null, keyCount, repeat.arguments(), false, repeat);
    }

    /** The answer of a script that answers a number and may be repeated. */
    long number(Script script, int bucket, byte[] name, List<byte[]> arguments) {
        if (send(script(script, bucket, List.of(name), arguments, true)) instanceof Long number) {
            return number;
        }
        throw Status.unexpected("a lock", null);
    }
}
