package dev.holdfast.peer.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The connection over which this member sends to one other. Whoever finds nobody writing writes, at once and in its own thread, and takes along
 * what others have handed over meanwhile, as one packet. Nobody waits: what the socket does not take, the links' own thread writes later.
 * Thread-safe.
 */
final class OutgoingLink {

    private static final int PACKET = 48 << 10;
    /** A member that takes nothing any more is noticed in seconds; until then no more than this is kept for it. */
    private static final long MOST_WAITING = 32L << 20;
    /** Somebody's thread writes for others so many times. */
    private static final int MOST_TURNS = 16;

    private static final int MOST_ANSWER = 1_000;
    private static final long KEEP_ALIVE_NANOS = 10_000_000_000L;
    private static final long PATIENCE_NANOS = 5_000_000_000L;

    final UUID member;
    final InetSocketAddress where;
    private final Links links;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final Sealing sealing;
    private final Frames answers = new Frames(MOST_ANSWER);

    /** Guarded by this. */
    private final Deque<byte[]> waiting = new ArrayDeque<>();

    /** Guarded by this. */
    private long waitingBytes;

    /** Whether somebody writes. Who sets it owns {@link #rest}. Guarded by this. */
    private boolean writing;

    private final long beginNanos = System.nanoTime();
    private volatile long lastNanos = beginNanos;
    private volatile boolean open;
    private volatile boolean closed;
    private @Nullable ByteBuffer rest;

    private OutgoingLink(
            Links links,
            UUID member,
            InetSocketAddress where,
            SocketChannel channel,
            SelectionKey key,
            Sealing sealing) {
        this.links = links;
        this.member = member;
        this.where = where;
        this.channel = channel;
        this.key = key;
        this.sealing = sealing;
    }

    /** Begins to connect. The selector's key has the link attached. */
    static OutgoingLink begin(
            Links links, UUID member, InetSocketAddress where, InetAddress from, Selector selector, Sealing sealing)
            throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            channel.bind(new InetSocketAddress(from, 0));
            boolean connected = channel.connect(where);
            SelectionKey key = channel.register(selector, SelectionKey.OP_CONNECT);
            OutgoingLink link = new OutgoingLink(links, member, where, channel, key, sealing);
            key.attach(link);
            if (connected) {
                link.connected();
            }
            return link;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** In the selector's thread: something is to be done. */
    void ready() throws IOException {
        if (key.isConnectable() && channel.finishConnect()) {
            connected();
        } else {
            if (key.isReadable()) {
                read();
            }
            if (key.isValid() && key.isWritable()) {
                goOn();
            }
        }
    }

    /** Greets. An empty packet follows the welcome, by which the other side knows that it was understood. */
    private void connected() throws IOException {
        key.interestOps(SelectionKey.OP_READ);
        write(sealing.outgoing(this, new byte[0], 0, 0));
    }

    /** The answers to the greeting, and later the end of the connection. */
    private void read() throws IOException {
        int count = channel.read(answers.room());
        if (count < 0) {
            throw new IOException("the other side has closed it");
        }
        answers.came(count);
        for (byte[] packet = answers.next(); packet != null; packet = answers.next()) {
            Sealing.Arrived arrived = sealing.incoming(this, packet);
            String problem = arrived.refused() != null ? arrived.refused() : arrived.strange();
            if (problem != null) {
                throw new IOException(problem);
            }
            byte[] by = sealing.welcomedBy(this);
            if (by == null || open) {
                throw new IOException("an answer out of turn");
            }
            ByteBuffer id = ByteBuffer.wrap(by);
            if (!new UUID(id.getLong(), id.getLong()).equals(member)) {
                throw new IOException("another member is there now");
            }
            write(arrived.replies());
            open = true;
        }
    }

    /** For the little that is sent before anybody else does. */
    private void write(List<byte[]> packets) throws IOException {
        ByteBuffer frames = Frames.of(packets);
        while (frames.hasRemaining()) {
            if (channel.write(frames) == 0) {
                throw new IOException("it takes nothing");
            }
        }
    }

    /** Whether it should be open by now. */
    boolean isLate() {
        return !open && System.nanoTime() - beginNanos > PATIENCE_NANOS;
    }

    boolean isOpen() {
        return open && !closed;
    }

    /** Sends an empty packet if nothing has been sent for a while. */
    void keepAlive() throws IOException {
        if (isOpen() && System.nanoTime() - lastNanos > KEEP_ALIVE_NANOS) {
            lastNanos = System.nanoTime();
            boolean ignored = send(new byte[0]);
        }
    }

    /**
     * Takes it over, if it is open.
     *
     * @throws IOException it is broken
     */
    boolean send(byte[] message) throws IOException {
        synchronized (this) {
            if (!isOpen()) {
                return false;
            }
            if (waitingBytes > MOST_WAITING) {
                throw new IOException("the other side takes nothing");
            }
            waiting.add(message);
            lastNanos = System.nanoTime();
            waitingBytes += message.length;
            if (writing) {
                return true;
            }
            writing = true;
        }
        drain();
        return true;
    }

    /** Call with {@link #writing} set by this thread. */
    private void drain() throws IOException {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            byte[] packet = next();
            if (packet == null) {
                return;
            }
            ByteBuffer frames = Frames.of(sealing.outgoing(this, packet, 0, packet.length));
            links.packetsSent.increment();
            links.bytesSent.add(frames.remaining());
            channel.write(frames);
            if (frames.hasRemaining()) {
                rest = frames;
                break;
            }
        }
        // The links' own thread goes on.
        key.interestOpsOr(SelectionKey.OP_WRITE);
        key.selector().wakeup();
    }

    /** Null, and nobody is writing any more, if nothing waits. */
    private byte @Nullable [] next() {
        synchronized (this) {
            byte[] first = waiting.poll();
            if (first == null) {
                writing = false;
                return null;
            }
            waitingBytes -= first.length;
            byte[] second = waiting.peek();
            if (second == null || first.length + second.length > PACKET) {
                return first;
            }
            int size = 0;
            int count = 0;
            for (byte[] message : waiting) {
                if (first.length + size + message.length > PACKET) {
                    break;
                }
                size += message.length;
                count++;
            }
            ByteBuffer packet = ByteBuffer.allocate(first.length + size).put(first);
            for (int i = 0; i < count; i++) {
                packet.put(waiting.remove());
            }
            waitingBytes -= size;
            return packet.array();
        }
    }

    private void goOn() throws IOException {
        key.interestOpsAnd(~SelectionKey.OP_WRITE);
        ByteBuffer left = rest;
        if (left != null) {
            channel.write(left);
            if (left.hasRemaining()) {
                key.interestOpsOr(SelectionKey.OP_WRITE);
                return;
            }
            rest = null;
        }
        drain();
    }

    /** Whether this ended it. */
    synchronized boolean close() {
        if (closed) {
            return false;
        }
        closed = true;
        waiting.clear();
        waitingBytes = 0;
        try {
            channel.close();
        } catch (IOException ignored) {
            // It is of no use any more either way.
        }
        sealing.forget(this);
        return true;
    }

    @Override
    public String toString() {
        return where.getAddress().getHostAddress() + ":" + where.getPort();
    }
}
