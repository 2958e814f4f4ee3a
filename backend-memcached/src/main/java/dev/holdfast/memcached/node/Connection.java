package dev.holdfast.memcached.node;

import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import net.rubyeye.xmemcached.CommandFactory;
import net.rubyeye.xmemcached.command.BinaryCommandFactory;
import net.rubyeye.xmemcached.command.Command;
import net.rubyeye.xmemcached.command.CommandType;
import net.rubyeye.xmemcached.command.TextCommandFactory;
import net.rubyeye.xmemcached.command.binary.BaseBinaryCommand;
import net.rubyeye.xmemcached.command.binary.BinaryStoreCommand;
import net.rubyeye.xmemcached.command.binary.ResponseStatus;
import net.rubyeye.xmemcached.exception.MemcachedException;
import net.rubyeye.xmemcached.transcoders.CachedData;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection to a server, from its first byte to its end. Thread-safe.
 *
 * <p><b>Tokens.</b> A server hands out the same tokens again after a restart, and a restart ends its connections. So a token
 * is only ever sent over the connection that it came over: an item names its connection, and a connection never connects
 * again. No state is compared that could change between the comparison and the sending. What is between us and the server
 * and outlives it (a proxy) would break this: there must be none.
 *
 * <p><b>Ending.</b> It ends when the server or the network ends it, when a call was not answered in time, and by {@link
 * #close}. Then all who wait for an answer fail at once, and what was queued is never sent. What the server's system had
 * already received may still be carried out, whenever the server goes on.
 */
final class Connection implements AutoCloseable {

    /** Connecting is no caller's time, and takes longer in a JVM that does so for the first time. */
    private static final long LEAST_HANDSHAKE_MILLIS = 1_000;

    /** A date of January 1970, as it is more than memcached takes for a duration: the item has expired before it is stored. */
    private static final int LONG_AGO = Node.LONGEST_EXPIRY + 1;

    /** More than what a server keeps with a value, besides the key. */
    private static final int ITEM_OVERHEAD = 64;

    /** Later than this does not wake up who runs on a machine that has time. */
    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final byte[] EMPTY = {};
    private static final BytesTranscoder BYTES = new BytesTranscoder();

    private final NodeOptions options;
    private final InetSocketAddress address;
    private final CommandFactory commands;
    private final OneSessionClient client;
    private final Consumer<String> ended;

    /** Why it has ended; null as long as it has not. */
    private final AtomicReference<@Nullable String> end = new AtomicReference<>();

    /** Those whose callers wait. After {@link #end} has been set each is released, or finds it set. */
    private final Set<Command> waiting = ConcurrentHashMap.newKeySet();

    /** The server's limit; the largest there is, if it does not tell. */
    private volatile long largestItem = Long.MAX_VALUE;

    private Connection(NodeOptions options, InetSocketAddress address, Consumer<String> ended, long timeoutMillis)
            throws IOException {
        this.options = options;
        this.address = address;
        this.ended = ended;
        this.commands = options.protocol() == NodeOptions.Protocol.BINARY
                ? new BinaryCommandFactory()
                : new TextCommandFactory();
        this.client = OneSessionClient.connect(address, commands, timeoutMillis, this::end);
    }

    /**
     * Connects, and finds out that the server answers us.
     *
     * @param ended told once, from any thread, when the connection has ended; maybe before this returns
     * @throws StoreException with the reason, which does not name the node
     */
    static Connection open(NodeOptions options, Consumer<String> ended) {
        long timeoutMillis = Math.max(options.timeout().toMillis(), LEAST_HANDSHAKE_MILLIS);
        // new, as the name may lead elsewhere by now
        InetSocketAddress address = new InetSocketAddress(
                options.address().getHostString(), options.address().getPort());
        Knock.at(address, options.protocol(), timeoutMillis);
        Connection connection;
        try {
            connection = new Connection(options, address, ended, timeoutMillis);
        } catch (IOException e) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot make a connection", e);
        }
        try {
            connection.greet(timeoutMillis);
            return connection;
        } catch (RuntimeException | Error e) {
            connection.close();
            throw e;
        }
    }

    boolean isOpen() {
        return end.get() == null;
    }

    /** The item under a key, with a token that is good for this connection; null if there is none. */
    Node.Answer<Node.Item> get(String key, byte[] keyBytes) {
        return get(key, keyBytes, options.timeout().toMillis());
    }

    private Node.Answer<Node.Item> get(String key, byte[] keyBytes, long timeoutMillis) {
        Call call = send(commands.createGetCommand(key, keyBytes, CommandType.GETS_ONE, BYTES), "get", timeoutMillis);
        return () -> {
            CachedData data = (CachedData) call.await();
            if (data == null) {
                return null;
            }
            if (data.getCas() == 0) {
                // A comparison with 0 would be none at all in the binary protocol.
                throw new StoreException(Kind.UNAVAILABLE, "the server hands out no tokens (is it run with -C?)");
            }
            byte[] value = data.getData();
            return new ConnectedItem(new ConnectedToken(this, data.getCas()), value == null ? EMPTY : value);
        };
    }

    Node.Answer<Node.Token> add(String key, byte[] keyBytes, byte[] value, int expirySeconds) {
        Command command = options.protocol() == NodeOptions.Protocol.BINARY
                ? new Store(key, keyBytes, CommandType.ADD, expirySeconds, 0, value)
                : commands.createAddCommand(key, keyBytes, expirySeconds, value, false, BYTES);
        return store(command, "add", keyBytes, value);
    }

    /** @param token of this connection */
    Node.Answer<Node.Token> replace(
            String key, byte[] keyBytes, ConnectedToken token, byte[] value, int expirySeconds) {
        Command command = options.protocol() == NodeOptions.Protocol.BINARY
                ? new Store(key, keyBytes, CommandType.REPLACE, expirySeconds, token.number(), value)
                : commands.createCASCommand(key, keyBytes, expirySeconds, value, token.number(), false, BYTES);
        return store(command, "replace", keyBytes, value);
    }

    /** @param token of this connection */
    Node.Answer<Boolean> delete(String key, byte[] keyBytes, ConnectedToken token) {
        // The text protocol's delete takes no token; an item that has expired before it is stored is none for
        // everybody.
        Command command = options.protocol() == NodeOptions.Protocol.BINARY
                ? commands.createDeleteCommand(key, keyBytes, 0, token.number(), false)
                : commands.createCASCommand(key, keyBytes, LONG_AGO, EMPTY, token.number(), false, BYTES);
        Call call = send(command, "delete", options.timeout().toMillis());
        return () -> succeeded(call.await());
    }

    /** @throws StoreException TOO_LARGE */
    void requireFits(int keyBytes, int valueBytes) {
        if ((long) keyBytes + valueBytes + ITEM_OVERHEAD > largestItem) {
            throw tooLarge(valueBytes);
        }
    }

    /** Returns if the server answers; the connection has ended if not. */
    void ping() {
        Object ignored = send(
                        commands.createVersionCommand(new CountDownLatch(1), address),
                        "version",
                        options.timeout().toMillis())
                .await();
    }

    /** Ends the connection and its threads. Idempotent. */
    @Override
    public void close() {
        end("closed");
        try {
            client.shutdown();
        } catch (IOException e) {
            // Of the selector: what could be closed is closed.
        }
    }

    private void greet(long timeoutMillis) {
        if (!client.isConnected()) {
            throw new StoreException(Kind.UNAVAILABLE, "cannot connect within " + timeoutMillis + " ms");
        }
        NodeOptions.Credentials credentials = options.credentials();
        if (credentials != null) {
            // A refusal comes as an exception.
            Object result = send(
                            options.protocol() == NodeOptions.Protocol.BINARY
                                    ? commands.createAuthStartCommand(
                                            "PLAIN", new CountDownLatch(1), credentials.saslPlain())
                                    : commands.createSetCommand(
                                            "auth", new byte[] {'a'}, 0, credentials.text(), false, BYTES),
                            "authentication",
                            timeoutMillis)
                    .await();
            if (result == null || Boolean.FALSE.equals(result)) {
                throw new StoreException(Kind.UNAVAILABLE, "authentication refused");
            }
        }
        // A server that asks for a password refuses this, and then closes the connection.
        Node.Item ignored = get("holdfast", new byte[] {'h'}, timeoutMillis).await();
        Map<?, ?> settings = settings(timeoutMillis);
        if ("no".equals(settings.get("cas_enabled"))) {
            throw new StoreException(Kind.UNAVAILABLE, "the server runs without CAS (-C), and cannot be used so");
        }
        if (settings.get("item_size_max") instanceof String limit && limit.matches("[1-9][0-9]{0,17}")) {
            largestItem = Long.parseLong(limit);
        }
    }

    private Map<?, ?> settings(long timeoutMillis) {
        try {
            return send(
                                            commands.createStatsCommand(address, new CountDownLatch(1), "settings"),
                                            "stats settings",
                                            timeoutMillis)
                                    .await()
                            instanceof Map<?, ?> settings
                    ? settings
                    : Map.of();
        } catch (StoreException e) {
            if (isOpen()) {
                // It does not tell, and may still be good for everything else.
                return Map.of();
            }
            throw e;
        }
    }

    private Node.Answer<Node.Token> store(Command command, String what, byte[] keyBytes, byte[] value) {
        requireFits(keyBytes.length, value.length);
        Call call = send(command, what, options.timeout().toMillis());
        return () -> {
            try {
                if (!succeeded(call.await())) {
                    return null;
                }
                return command instanceof Store store && store.written != 0
                        ? new ConnectedToken(this, store.written)
                        : Node.Token.UNKNOWN;
            } catch (StoreException e) {
                throw e.kind() == Kind.TOO_LARGE ? tooLarge(value.length) : e;
            }
        };
    }

    private StoreException tooLarge(int bytes) {
        return new StoreException(
                Kind.TOO_LARGE,
                bytes + " bytes are more than the server takes in an item: "
                        + (largestItem == Long.MAX_VALUE
                                ? "it does not tell how many that are"
                                : "up to " + largestItem + " with key and header")
                        + "; memcached's option -I (such as -I 4m) sets it");
    }

    private static boolean succeeded(@Nullable Object result) {
        if (result instanceof Boolean done) {
            return done;
        }
        throw new StoreException(Kind.UNAVAILABLE, "an answer that is none");
    }

    private Call send(Command command, String what, long timeoutMillis) {
        Call call = new Call(command, what, timeoutMillis);
        waiting.add(command);
        try {
            client.send(command);
        } catch (MemcachedException e) {
            waiting.remove(command);
            // It has no connection: the only reason it gives.
            end("connection closed");
            throw lost(what);
        }
        return call;
    }

    /** A command that has been sent. */
    private final class Call {

        private final Command command;
        private final String what;
        private final long timeoutMillis;
        private final long sentNanos = System.nanoTime();

        Call(Command command, String what, long timeoutMillis) {
            this.command = command;
            this.what = what;
            this.timeoutMillis = timeoutMillis;
        }

        @Nullable
        Object await() {
            try {
                if (!isOpen() && command.getLatch().getCount() > 0) {
                    throw lost(what);
                }
                if (!isAnswered()) {
                    String reason = what + " was not answered within " + timeoutMillis + " ms";
                    end(reason);
                    throw new StoreException(Kind.TIMEOUT, reason);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException(Kind.UNAVAILABLE, "interrupted while waiting for the answer to " + what, e);
            } finally {
                waiting.remove(command);
            }
            Exception failure = command.getException();
            if (failure == null) {
                return command.getResult();
            }
            // What a server says is told by subclasses.
            if (failure.getClass() == MemcachedException.class) {
                throw lost(what);
            }
            throw refused(command, failure, what);
        }

        /**
         * Who wakes up long after the time is over was not running, as in a garbage collection or on a machine that had no time for this process; nor
         * was the client's thread, for which the answer may lie ready. It gets as much time again, once and for the timeout at
         * most: else each such pause would end the connections to all servers, of which none has failed.
         */
        private boolean isAnswered() throws InterruptedException {
            long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
            long end = sentNanos + timeoutNanos;
            if (command.getLatch().await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return true;
            }
            long late = Math.min(System.nanoTime() - end, timeoutNanos);
            return late > LATE_NANOS && command.getLatch().await(late, TimeUnit.NANOSECONDS);
        }
    }

    private StoreException lost(String what) {
        return new StoreException(Kind.UNAVAILABLE, "no answer to " + what + ": " + end.get());
    }

    private static StoreException refused(Command command, Exception failure, String what) {
        String message = String.valueOf(failure.getMessage());
        // xmemcached appends the key, which no message may hold; so the exception itself is not passed on either.
        int key = message.indexOf(",key=");
        String reason = key < 0 ? message : message.substring(0, key);
        boolean tooLarge = reason.startsWith("object too large")
                || (command instanceof BaseBinaryCommand binary
                        && binary.getResponseStatus() == ResponseStatus.VALUE_TOO_BIG);
        return new StoreException(
                tooLarge ? Kind.TOO_LARGE : Kind.UNAVAILABLE,
                what + " was refused by the server: " + reason,
                new Refusal());
    }

    private void end(String reason) {
        if (!end.compareAndSet(null, reason)) {
            return;
        }
        // Null while it is being constructed, when nobody waits; the one who constructs it looks at isOpen.
        OneSessionClient mine = client;
        if (mine != null) {
            mine.disconnect();
        }
        for (Command command : waiting) {
            if (command.getLatch().getCount() > 0) {
                command.setException(new MemcachedException("connection ended"));
                command.getLatch().countDown();
            }
        }
        ended.accept(reason);
    }

    /**
     * ADD, or REPLACE with a token; not SET with one, which is xmemcached's CAS: a server that takes no item of that size
     * removes the old one on SET, whatever the token (measured on 1.6.18), but not on REPLACE. Unlike the client's own it keeps
     * the token that the server answers with.
     */
    private static final class Store extends BinaryStoreCommand {

        /** 0 before the answer. Written by the client's thread before it counts the latch down. */
        private long written;

        Store(String key, byte[] keyBytes, CommandType what, int expirySeconds, long token, byte[] value) {
            super(key, keyBytes, what, new CountDownLatch(1), expirySeconds, token, value, false, BYTES);
        }

        @Override
        protected long getCasValue() {
            return getCas();
        }

        @Override
        protected long readCAS(ByteBuffer buffer) {
            written = buffer.getLong();
            return written;
        }
    }
}
