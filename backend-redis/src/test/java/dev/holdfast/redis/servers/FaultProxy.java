package dev.holdfast.redis.servers;

import dev.holdfast.spi.servers.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A port of 127.0.0.1 whose connections lead to a server, and on the way suffer what networks do: they are cut, delayed,
 * refused, or lose an answer after its request has been carried out. Thread-safe. It has two threads for each connection,
 * at most {@value #MOST_CONNECTIONS} of these (more are closed as soon as they are made), and none after {@link #close}.
 * While the server is away, connections are made and end at once.
 */
public final class FaultProxy implements AutoCloseable {

    static final int MOST_CONNECTIONS = 128;

    private static final Duration END_LIMIT = Duration.ofSeconds(10);

    private final String scheme;
    private final int serverPort;
    private final int port;

    /** Guarded by this, as all that is not final. Null while connections are refused. */
    private ServerSocket listener;

    /** The last one; it ends when {@link #listener} is closed. */
    private Thread acceptor;

    private final Set<ProxiedConnection> open = new HashSet<>();
    private final Set<Thread> threads = new HashSet<>();
    private boolean closed;
    private boolean paused;
    private long delayNanos;
    private Random random;
    private int oneChunkIn;
    private int answersToDrop;

    /** In capitals; null for any. */
    private String commandToDrop;

    private long connections;
    private long droppedAnswers;

    final LongAdder bytesToServer = new LongAdder();
    final LongAdder bytesToClients = new LongAdder();

    private FaultProxy(String scheme, int serverPort, int port) {
        this.scheme = scheme;
        this.serverPort = serverPort;
        this.port = port;
    }

    /** A proxy that does no harm yet. The caller closes it. */
    public static FaultProxy before(RedisServer server) {
        for (int attempt = 1; ; attempt++) {
            String scheme = server.uri().substring(0, server.uri().indexOf(':'));
            FaultProxy proxy = new FaultProxy(scheme, server.port(), Ports.free(false));
            try {
                proxy.accept();
                return proxy;
            } catch (UncheckedIOException taken) {
                if (attempt == 10) {
                    throw taken;
                }
            }
        }
    }

    /** As {@link RedisServer#uri}, with the proxy's port. */
    public String uri() {
        return scheme + "://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    /** Ends all connections that are open now. */
    public synchronized void cut() {
        List.copyOf(open).forEach(ProxiedConnection::end);
    }

    /**
     * From now on ends a connection at one of so many pieces of data, in either direction, after a part of that piece.
     *
     * @param oneChunkIn how many pieces, on average; 0 for no more of this
     */
    public synchronized void cutAtRandom(long seed, int oneChunkIn) {
        this.random = new Random(seed);
        this.oneChunkIn = oneChunkIn;
    }

    /**
     * Of the next requests on any connection, lets the server carry them out, keeps its answer back and ends the connection.
     * Of a pipeline the answers before that one arrive. Not for TLS, whose requests cannot be told apart from here.
     *
     * @param count how many connections lose an answer; replaces what an earlier call has left
     */
    public void dropAnswers(int count) {
        dropAnswersTo(null, count);
    }

    /** The same for requests of one command, such as {@code EVALSHA}. */
    public synchronized void dropAnswersTo(String command, int count) {
        commandToDrop = command == null ? null : command.toUpperCase(Locale.ROOT);
        answersToDrop = count;
    }

    /** How many answers have been dropped so far. */
    public synchronized long droppedAnswers() {
        return droppedAnswers;
    }

    /** From now on each piece of what the server sends waits for that long. */
    public synchronized void delayAnswers(Duration delay) {
        delayNanos = delay.toNanos();
    }

    /** Nobody listens on the port any more; what is connected stays so. */
    public void refuse() {
        Thread thread;
        synchronized (this) {
            thread = acceptor;
            stopListening();
        }
        // the system goes on to listen for as long as a thread still waits for connections
        join(thread);
    }

    /** Ends {@link #refuse}. */
    public synchronized void accept() {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        if (listener == null) {
            try {
                ServerSocket socket = new ServerSocket();
                try {
                    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                } catch (IOException e) {
                    socket.close();
                    throw e;
                }
                listener = socket;
                acceptor = start("accept", () -> acceptConnections(socket));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot listen on port " + port, e);
            }
        }
    }

    /** From now on nothing passes in either direction; connections can be made, and stay. */
    public synchronized void pause() {
        paused = true;
    }

    /** Ends {@link #pause}; what was sent in the meantime passes now. */
    public synchronized void resume() {
        paused = false;
        notifyAll();
    }

    /** How many connections have been made so far. */
    public synchronized long connections() {
        return connections;
    }

    public synchronized int openConnections() {
        return open.size();
    }

    public long bytesToServer() {
        return bytesToServer.sum();
    }

    public long bytesToClients() {
        return bytesToClients.sum();
    }

    /** Ends all connections, and returns when no thread is left. */
    @Override
    public void close() {
        List<Thread> running;
        synchronized (this) {
            closed = true;
            stopListening();
            cut();
            running = List.copyOf(threads);
            notifyAll();
        }
        running.forEach(FaultProxy::join);
    }

    private synchronized void stopListening() {
        if (listener != null) {
            try {
                listener.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            listener = null;
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join(END_LIMIT.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the proxy's threads ended", e);
        }
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " does not end");
        }
    }

    private void acceptConnections(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                Socket client = socket.accept();
                if (!serve(client)) {
                    client.close();
                }
            } catch (IOException e) {
                // closed by refuse(), or the client was gone already
            }
        }
    }

    private synchronized boolean serve(Socket client) {
        if (closed || open.size() == MOST_CONNECTIONS) {
            return false;
        }
        connections++;
        ProxiedConnection connection = new ProxiedConnection(this, client);
        open.add(connection);
        start("to-server", () -> connection.carryRequests(serverPort));
        return true;
    }

    /** Starts nothing once closed, as nobody would wait for the thread's end, and returns null then. */
    synchronized Thread start(String name, Runnable work) {
        if (closed) {
            return null;
        }
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } finally {
                        ended(Thread.currentThread());
                    }
                },
                "fault-proxy-" + port + "-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private synchronized void ended(Thread thread) {
        threads.remove(thread);
    }

    synchronized void ended(ProxiedConnection connection) {
        open.remove(connection);
        notifyAll();
    }

    /** Returns if the answer to this request is to be dropped. */
    synchronized boolean takeDrop(String command) {
        if (answersToDrop == 0 || commandToDrop != null && !commandToDrop.equals(command)) {
            return false;
        }
        answersToDrop--;
        return true;
    }

    synchronized void dropped() {
        droppedAnswers++;
    }

    /** How much of a piece of data passes: all of it, unless the connection is to be cut there. */
    synchronized int lengthToPass(int length) {
        return oneChunkIn > 0 && random.nextInt(oneChunkIn) == 0 ? random.nextInt(length) : length;
    }

    /** Waits as long as an answer is delayed and the proxy is paused, at the most until the connection ends. */
    synchronized void awaitPassage(ProxiedConnection connection, boolean answer) throws InterruptedException {
        long until = System.nanoTime() + (answer ? delayNanos : 0);
        long left;
        while (!connection.hasEnded() && (left = until - System.nanoTime()) > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        while (!connection.hasEnded() && paused) {
            wait();
        }
    }
}
