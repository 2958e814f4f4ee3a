package dev.holdfast.peer.wire;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connections from each member to each other one, for the messages of this store alone, beside those of JGroups: a message goes from
 * the thread that has it to the socket, and from the socket to what it is for, without another thread in between. Packets are sealed like
 * JGroups'; who sends is known by the greeting, in which a member's instance is its name.
 *
 * <p>A link is there or not: where there is none (yet), messages go over JGroups. When one breaks, what was under way on it is lost and nobody is
 * told: who waits for an answer is told by the next view if the member is gone, and else by the time that is over. To send it again would be wrong:
 * what was believed lost may still arrive, after what came later. Thread-safe; no method waits.
 */
public final class Links implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Links.class);

    private static final long AGAIN_MILLIS = 500;
    /** A member that has died is none any more by then. */
    private static final long WORTH_TELLING_NANOS = 15_000_000_000L;

    /** What links tell. Called in their threads, or in one that sends. */
    public interface Listener {
        /** Runs {@code work}; what it sends may share packets. */
        void together(Runnable work);

        /** What a member has sent, as it handed it over, or several of these, one behind the other. */
        void received(UUID from, byte[] bytes, int offset, int length);

        /** A packet that nobody of this cluster sends. */
        void strange(String what);

        /** A member that this one does not belong together with, and why. */
        void refused(String who);

        /** A connection that does not come about, or the like. */
        void trouble(String what);

        /** The link to this member was there and has ended, and not by this one: perhaps it is dead. Must not wait. */
        void broken(UUID member);
    }

    private final Sealing sealing;
    private final Listener listener;
    private final IncomingLinks incoming;
    private final InetAddress address;
    private final String name;
    private final Selector selector;
    private final ConcurrentMap<UUID, OutgoingLink> links = new ConcurrentHashMap<>();
    /** Where the members are that this one wants to send to. */
    private final ConcurrentMap<UUID, InetSocketAddress> wanted = new ConcurrentHashMap<>();
    /** Since when there has been no link. Only the links' own thread uses it. */
    private final Map<UUID, Long> missingSince = new HashMap<>();
    /** For the links' own thread. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    final LongAdder packetsSent = new LongAdder();
    final LongAdder bytesSent = new LongAdder();
    private volatile boolean closed;

    /**
     * Listens from now on.
     *
     * @param self this member
     * @param ports to try in this order; 0 is any free one
     * @param cluster its short name, equal on all members
     * @param settings those that must be equal on all members, for messages
     * @param name of its threads
     */
    public Links(
            UUID self,
            InetAddress address,
            List<Integer> ports,
            MemberKeys keys,
            String cluster,
            String settings,
            String name,
            Listener listener)
            throws IOException {
        this.address = address;
        this.listener = listener;
        this.name = name;
        byte[] instance = ByteBuffer.allocate(Greeting.RANDOM)
                .putLong(self.getMostSignificantBits())
                .putLong(self.getLeastSignificantBits())
                .array();
        // A greeting of a link is none of JGroups' transport.
        sealing = new Sealing(
                keys,
                cluster + "/links",
                settings,
                0,
                other -> other == 0,
                String::valueOf,
                System::nanoTime,
                instance);
        incoming = new IncomingLinks(address, ports, sealing, listener);
        selector = Selector.open();
        thread("accept", () -> incoming.accept(work -> thread("read", work)));
        thread("links", this::run);
    }

    private void thread(String what, Runnable work) {
        Thread thread = new Thread(work, name + "-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    /** How many other members are reached. */
    public int open() {
        return (int) links.values().stream().filter(OutgoingLink::isOpen).count();
    }

    /** Of messages, those that shared one counted once. */
    public long packetsSent() {
        return packetsSent.sum();
    }

    /** All, with what is put around them. */
    public long bytesSent() {
        return bytesSent.sum();
    }

    /** Where this member listens. */
    public int port() {
        return incoming.port();
    }

    /** Runs what must not wait, and may send. */
    public Executor executor() {
        return this::execute;
    }

    private void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    /** A member says where it listens: from now on there shall be a link to it, until {@link #retain} says otherwise. */
    public void connect(UUID member, InetSocketAddress where) {
        InetSocketAddress before = wanted.put(member, where);
        OutgoingLink link = links.get(member);
        if (link == null || !where.equals(before)) {
            execute(() -> begin(member));
        }
    }

    /** Those that are members now: all other links end. */
    public void retain(Collection<UUID> members) {
        wanted.keySet().retainAll(members);
        for (OutgoingLink link : links.values()) {
            if (!members.contains(link.member)) {
                end(link, "it is no member any more");
            }
        }
        incoming.retain(members);
    }

    /** Sends it, if there is a link. What becomes of it nobody tells, unless the link breaks. */
    public boolean send(UUID to, byte[] message) {
        OutgoingLink link = links.get(to);
        if (link == null) {
            return false;
        }
        try {
            return link.send(message);
        } catch (IOException | RuntimeException e) {
            broke(link, e);
            return true;
        }
    }

    /** No answer came over this link: the next messages go another way, until there is a new one. */
    public void doubt(UUID member) {
        OutgoingLink link = links.get(member);
        if (link != null && link.isOpen()) {
            end(link, "no answer");
        }
    }

    private void begin(UUID member) {
        InetSocketAddress where = wanted.get(member);
        OutgoingLink before = links.get(member);
        if (where == null || closed || before != null && before.where.equals(where)) {
            return;
        }
        if (before != null) {
            end(before, "it is elsewhere now");
        }
        try {
            links.put(member, OutgoingLink.begin(this, member, where, address, selector, sealing));
        } catch (IOException | RuntimeException e) {
            log.debug("{}: no link to {}", name, where, e);
        }
    }

    private void broke(OutgoingLink link, Exception why) {
        boolean wasOpen = link.isOpen();
        end(link, String.valueOf(why.getMessage()));
        if (wasOpen) {
            listener.broken(link.member);
        }
    }

    private void end(OutgoingLink link, String reason) {
        if (link.close()) {
            links.remove(link.member, link);
            log.debug("{}: link to {} ended: {}", name, link, reason);
        }
    }

    private void run() {
        long lastTry = System.nanoTime();
        while (!closed) {
            try {
                selector.select(AGAIN_MILLIS);
                for (SelectionKey key : selector.selectedKeys()) {
                    ready(key);
                }
                selector.selectedKeys().clear();
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    task.run();
                }
                if (System.nanoTime() - lastTry > AGAIN_MILLIS * 1_000_000) {
                    lastTry = System.nanoTime();
                    links.values().stream().filter(OutgoingLink::isLate).forEach(link -> end(link, "no answer"));
                    links.values().forEach(this::keepAlive);
                    wanted.keySet().forEach(this::begin);
                    tellMissing();
                }
            } catch (IOException | RuntimeException | Error e) {
                // The next turn must come all the same.
                log.error("peer store {}: failed in the background", name, e);
            }
        }
        try {
            selector.close();
        } catch (IOException e) {
            log.debug("peer store {}: its selector could not be closed", name, e);
        }
    }

    /** A firewall forgets connections that are silent, and does not say so. */
    private void keepAlive(OutgoingLink link) {
        try {
            link.keepAlive();
        } catch (IOException | RuntimeException e) {
            broke(link, e);
        }
    }

    /** Messages go over JGroups meanwhile, and nobody would know why everything is slower. */
    private void tellMissing() {
        missingSince.keySet().retainAll(wanted.keySet());
        wanted.forEach((member, where) -> {
            OutgoingLink link = links.get(member);
            if (link != null && link.isOpen()) {
                missingSince.remove(member);
            } else {
                long now = System.nanoTime();
                long since = missingSince.computeIfAbsent(member, m -> now);
                if (now - since > WORTH_TELLING_NANOS) {
                    listener.trouble(
                            "no link to " + where.getAddress().getHostAddress() + ":" + where.getPort()
                                    + ", though that member is there: what it is sent takes a slower way; is the port reachable?");
                }
            }
        });
    }

    private void ready(SelectionKey key) {
        if (key.attachment() instanceof OutgoingLink link) {
            try {
                link.ready();
            } catch (IOException | RuntimeException e) {
                broke(link, e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        incoming.close();
        links.values().forEach(link -> end(link, "closed"));
        selector.wakeup();
    }
}
