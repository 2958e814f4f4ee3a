package dev.holdfast.benchmarks.cluster;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Users who click: each has a few sessions and one request under way at most, so that no session ever has two, and goes from node to
 * node with each request. One thread serves them all, to leave the processors to the servers. For one thread.
 *
 * <p>It knows from the answers how often each session has been changed, and counts the answers that tell less: stale reads and lost
 * writes.
 */
final class Load implements AutoCloseable {

    private static final long ANSWER_LIMIT_NANOS = 10_000_000_000L;

    private final List<Integer> ports;
    private final boolean alternating;
    private final Selector selector = Selector.open();
    private final List<User> users = new ArrayList<>();

    /**
     * Opens the connections, one of each user to each node.
     *
     * @param alternating whether each request of a session goes to the next node; otherwise the session stays with one
     */
    Load(List<Integer> ports, int users, int sessionsEach, boolean alternating) throws IOException {
        this.ports = ports;
        this.alternating = alternating;
        for (int i = 0; i < users; i++) {
            this.users.add(new User(i, sessionsEach));
        }
    }

    /** What a measurement found. */
    record Result(long requests, long nanos, long stale, int[] sortedMicros) {

        double perSecond() {
            return requests * 1e9 / nanos;
        }

        /** @param share e.g. 0.99 */
        int micros(double share) {
            return sortedMicros.length == 0
                    ? 0
                    : sortedMicros[Math.min(sortedMicros.length - 1, (int) (sortedMicros.length * share))];
        }
    }

    /** Makes the sessions anew. */
    void login(int kilobytes) throws IOException {
        for (User user : users) {
            user.forgetSessions();
        }
        for (int i = 0; i < users.get(0).sessions.length; i++) {
            run("/new?kb=" + kilobytes, users.size(), 0, 0);
        }
        for (User user : users) {
            for (String cookie : user.cookies) {
                if (cookie == null) {
                    throw new IOException("a node made no session");
                }
            }
        }
    }

    /** Each user sends the next request as soon as it has its answer. */
    Result closed(String path, long nanos) throws IOException {
        return run(path, 0, nanos, 0);
    }

    /**
     * Requests begin at a fixed rate, whatever answers take; the time of a request counts from when it should have begun, so that
     * waiting does not hide what is slow.
     */
    Result atRate(String path, long nanos, double perSecond) throws IOException {
        return run(path, 0, nanos, perSecond);
    }

    /** Either as many requests as there are users, or for a time. */
    private Result run(String path, int requests, long nanos, double perSecond) throws IOException {
        long begin = System.nanoTime();
        long end = begin + nanos;
        Latencies latencies = new Latencies();
        long sent = 0;
        long answered = 0;
        long stale = 0;
        Deque<User> idle = new ArrayDeque<>(users);
        while (true) {
            long now = System.nanoTime();
            boolean over = requests > 0 ? sent >= requests : now >= end;
            if (over && idle.size() == users.size()) {
                break;
            }
            while (!over && !idle.isEmpty()) {
                long due = perSecond > 0 ? begin + (long) (sent * 1e9 / perSecond) : now;
                if (due > now) {
                    break;
                }
                idle.remove().send(path, due);
                sent++;
                over = requests > 0 && sent >= requests;
            }
            long wait = 1000;
            if (perSecond > 0 && !over && !idle.isEmpty()) {
                wait = Math.max(0, (begin + (long) (sent * 1e9 / perSecond) - System.nanoTime()) / 1_000_000);
            }
            if (wait == 0) {
                selector.selectNow();
            } else {
                selector.select(wait);
            }
            for (SelectionKey key : selector.selectedKeys()) {
                User user = (User) key.attachment();
                if (user.read()) {
                    answered++;
                    latencies.add((System.nanoTime() - user.due) / 1000);
                    if (user.wasStale) {
                        stale++;
                    }
                    idle.add(user);
                }
            }
            selector.selectedKeys().clear();
            for (User user : users) {
                user.checkLimit(now);
            }
        }
        return new Result(answered, System.nanoTime() - begin, stale, latencies.sorted());
    }

    @Override
    public void close() throws IOException {
        for (User user : users) {
            user.close();
        }
        selector.close();
    }

    private static final class Latencies {
        private int[] micros = new int[1 << 16];
        private int size;

        void add(long value) {
            if (size == micros.length) {
                micros = Arrays.copyOf(micros, size * 2);
            }
            micros[size++] = (int) Math.min(value, Integer.MAX_VALUE);
        }

        int[] sorted() {
            int[] all = Arrays.copyOf(micros, size);
            Arrays.sort(all);
            return all;
        }
    }

    private final class User {
        private final SocketChannel[] channels = new SocketChannel[ports.size()];
        private final ByteBuffer in = ByteBuffer.allocate(16_384);
        private final String[] cookies;
        private final int[] sessions;
        private int session;
        /** How often all sessions have had their turn. */
        private int visits;

        private int node;
        private long due;
        private long sentAt;
        private boolean waiting;
        private boolean wasStale;
        private boolean makes;
        private boolean changes;

        User(int number, int sessionsEach) throws IOException {
            cookies = new String[sessionsEach];
            sessions = new int[sessionsEach];
            visits = number;
            for (int i = 0; i < channels.length; i++) {
                channels[i] = SocketChannel.open(new InetSocketAddress("127.0.0.1", ports.get(i)));
                channels[i].setOption(StandardSocketOptions.TCP_NODELAY, true);
                channels[i].configureBlocking(false);
                channels[i].register(selector, SelectionKey.OP_READ, this);
            }
        }

        void forgetSessions() {
            Arrays.fill(cookies, null);
            Arrays.fill(sessions, 0);
        }

        void send(String path, long dueAt) throws IOException {
            due = dueAt;
            makes = path.startsWith("/new");
            changes = path.startsWith("/change");
            session = (session + 1) % sessions.length;
            visits += session == 0 ? 1 : 0;
            node = (session + (alternating ? visits : 0)) % channels.length;
            String cookie = cookies[session];
            String request = "GET " + path + " HTTP/1.1\r\nHost: bench\r\n"
                    + (cookie == null || makes ? "" : "Cookie: " + cookie + "\r\n") + "\r\n";
            ByteBuffer out = ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII));
            in.clear();
            waiting = true;
            sentAt = System.nanoTime();
            while (out.hasRemaining()) {
                channels[node].write(out);
            }
        }

        /** Returns if the answer is complete now. */
        boolean read() throws IOException {
            if (channels[node].read(in) < 0) {
                throw new EOFException("node " + node + " closed a connection");
            }
            String text = new String(in.array(), 0, in.position(), StandardCharsets.US_ASCII);
            int body = text.indexOf("\r\n\r\n");
            if (body < 0) {
                return false;
            }
            if (!text.startsWith("HTTP/1.1 200")) {
                throw new IOException("node " + node + " answers " + text);
            }
            int length = Integer.parseInt(header(text, "Content-Length: ", body));
            if (text.length() < body + 4 + length) {
                return false;
            }
            waiting = false;
            if (text.lastIndexOf("\r\nSet-Cookie: ", body) >= 0) {
                String cookie = header(text, "Set-Cookie: ", body);
                cookies[session] = cookie.substring(0, cookie.indexOf(';'));
            }
            int count = Integer.parseInt(text.substring(body + 4, body + 4 + length));
            int known = sessions[session];
            wasStale = !makes && count < (changes ? known + 1 : known);
            sessions[session] = Math.max(count, known);
            return true;
        }

        private static String header(String text, String name, int end) throws IOException {
            int at = text.indexOf("\r\n" + name);
            if (at < 0 || at > end) {
                throw new IOException("an answer without " + name + ": " + text);
            }
            return text.substring(at + 2 + name.length(), text.indexOf("\r\n", at + 2));
        }

        void checkLimit(long now) throws IOException {
            if (waiting && now - sentAt > ANSWER_LIMIT_NANOS) {
                throw new IOException("node " + node + " did not answer in 10 s");
            }
        }

        void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }
}
