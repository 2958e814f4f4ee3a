package dev.holdfast.redis.server;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;
import redis.clients.jedis.commands.ProtocolCommand;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.util.RedisInputStream;
import redis.clients.jedis.util.RedisOutputStream;

/**
 * One connection to a server: Jedis' protocol over a socket of ours. For one thread at a time, but for {@link #close}.
 *
 * <p>Whoever uses it says by {@link #until} how long that may last. After an exception it is of no more use.
 */
final class Wire implements AutoCloseable {

    private static final int BUFFER = 32 * 1024;
    private static final ProtocolCommand EVALSHA = command("EVALSHA");
    private static final ProtocolCommand EVAL = command("EVAL");
    private static final ProtocolCommand ASKING = command("ASKING");
    private static final ProtocolCommand WAIT = command("WAIT");

    private final Address address;
    private final TimedSocket plain;
    private final Watch watch;
    private final RedisOutputStream out;
    private final Input in;
    private boolean touched;
    private long restingSinceNanos;

    /**
     * @param plain what {@code socket} runs over, or itself
     * @param watch knows {@code plain} already
     */
    Wire(Address address, TimedSocket plain, Socket socket, Watch watch) throws IOException {
        this.address = address;
        this.plain = plain;
        this.watch = watch;
        out = new RedisOutputStream(new Touching(socket.getOutputStream()), BUFFER);
        in = new Input(socket.getInputStream(), BUFFER);
    }

    Address address() {
        return address;
    }

    /** To be called before each use, and again for each answer. */
    void until(long deadlineNanos) {
        plain.until(deadlineNanos);
    }

    /** Nobody waits for anything on it now. */
    void rest() {
        plain.rest();
        touched = false;
        restingSinceNanos = System.nanoTime();
    }

    long restingNanos() {
        return System.nanoTime() - restingSinceNanos;
    }

    /** Whether anything may have left since {@link #rest}. */
    boolean isTouched() {
        return touched;
    }

    void write(Request request) {
        Command command = request.command();
        if (request.isAsking()) {
            Protocol.sendCommand(out, new CommandArguments(ASKING));
        }
        Script script = command.script();
        CommandArguments arguments;
        if (script == null) {
            arguments = new CommandArguments(command(command.name()));
        } else {
            arguments = new CommandArguments(request.isWithSource() ? EVAL : EVALSHA)
                    .add(request.isWithSource() ? script.source() : script.digest())
                    .add(command.keyCount());
        }
        for (byte[] argument : command.arguments()) {
            arguments.add(argument);
        }
        Protocol.sendCommand(out, arguments);
    }

    void write(String name, byte[]... arguments) {
        CommandArguments all = new CommandArguments(command(name));
        for (byte[] argument : arguments) {
            all.add(argument);
        }
        Protocol.sendCommand(out, all);
    }

    /** @param millis at least 1: to Redis 0 is for ever */
    void writeWait(int replicas, long millis) {
        Protocol.sendCommand(out, new CommandArguments(WAIT).add(replicas).add(Math.max(1, millis)));
    }

    void flush() throws IOException {
        out.flush();
    }

    @Nullable
    Object read() {
        return Replies.read(in);
    }

    /** To be called when all answers are there: one more would be taken for that to the next question. */
    void expectNothing() {
        if (in.hasMore()) {
            throw new Replies.OtherProtocol("the server sent more answers than it was asked for");
        }
    }

    /** Whether an exception from here means that no answer came in time, and not that the connection is lost. */
    boolean isTimeout(Throwable thrown) {
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            if (t instanceof SocketTimeoutException) {
                return true;
            }
        }
        // Closed by the watch: then the time is over, too.
        return (thrown instanceof IOException || thrown instanceof JedisConnectionException) && plain.isLate();
    }

    @Override
    public void close() {
        watch.remove(plain);
        try {
            // By a reset: what has not left this machine yet is dropped, and cannot be carried out when the network is
            // back, long
            // after its caller was told that it failed.
            plain.setSoLinger(true, 0);
            // The plain one only: TLS would say goodbye first, and wait until that is written.
            plain.close();
        } catch (IOException e) {
            // What matters is that nobody uses it any more; the operating system closes it in its own time.
        }
    }

    @Override
    public String toString() {
        return address.toString();
    }

    private static ProtocolCommand command(String name) {
        byte[] raw = name.getBytes(StandardCharsets.US_ASCII);
        return () -> raw;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Answers as text, where a server is asked for something that is text. */
    static @Nullable String text(@Nullable Object reply) {
        return reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : null;
    }

    static List<?> list(@Nullable Object reply) {
        return reply instanceof List<?> list ? list : List.of();
    }

    /** Knows whether more has come than was read. */
    private static final class Input extends RedisInputStream {

        Input(InputStream in, int size) {
            super(in, size);
        }

        boolean hasMore() {
            return count < limit;
        }
    }

    /** Notes that something is about to leave. */
    private final class Touching extends FilterOutputStream {

        Touching(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            touched = true;
            out.write(b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            touched = true;
            out.write(bytes, offset, length);
        }
    }
}
