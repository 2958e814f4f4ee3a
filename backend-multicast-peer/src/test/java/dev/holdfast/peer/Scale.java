package dev.holdfast.peer;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.kit.ManualTime;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Many members with many sessions in one thread, without a network: what a change of members makes them say to each other. */
final class Scale {

    private static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofMinutes(1), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

    /**
     * What a change of members cost all of them together.
     *
     * @param moved copies that one member took from another
     * @param least how many homes are new to their sessions
     * @param busiestBytes of the member that sent and received most
     * @param processorMillis of this one thread, encoding and decoding included
     */
    record Change(
            int members, long moved, long least, long messages, long bytes, long busiestBytes, long processorMillis) {

        double ratio() {
            return (double) moved / Math.max(1, least);
        }
    }

    private record Sent(Node from, Member to, byte[] bytes) {}

    private final class Node implements Network {
        final Member self = new Member(random.nextLong(), random.nextLong());
        final Deque<Runnable> tasks = new ArrayDeque<>();
        final PeerNode node = new PeerNode(
                self, "shop", new SessionLifecycle(POLICY), time, time, ReadLease.LENGTH, this, tasks::add);
        long carried;

        @Override
        public void send(Member to, byte[] message) {
            underWay.add(new Sent(this, to, message));
            messages++;
            bytes += message.length;
            carried += message.length;
        }

        @Override
        public void doubt(Member member) {}

        @Override
        public void together(Runnable work) {
            work.run();
        }
    }

    private final Random random = new Random(17);
    private final ManualTime time = new ManualTime();
    private final Map<Member, Node> running = new HashMap<>();
    private final List<Member> order = new ArrayList<>();
    private final Deque<Sent> underWay = new ArrayDeque<>();
    private final List<SessionKey> sessions = new ArrayList<>();
    private long lastToken;
    private long messages;
    private long bytes;

    /** @param sessionBytes of the one attribute of each session */
    Scale(int members, int count, int sessionBytes) {
        for (int i = 0; i < members; i++) {
            add();
        }
        newView();
        settle();
        List<Node> nodes = new ArrayList<>(running.values());
        for (int i = 0; i < count; i++) {
            // As the filter's: 160 bits in 27 characters.
            SessionKey key = new SessionKey("shop", "abcdefghijklmnopqrs" + (10_000_000 + i));
            sessions.add(key);
            SessionSnapshot base =
                    SessionSnapshot.initial(key, Instant.ofEpochMilli(time.wallMillis()), Duration.ofHours(1));
            SessionDelta delta = new SessionDelta(
                    SessionDelta.newStamp(), Map.of("a", new byte[sessionBytes]), Set.of(), Duration.ZERO, null);
            nodes.get(i % nodes.size())
                    .node
                    .ask(new Message.Save(base, delta, false), time.nanos() + 2_000_000_000L, answer -> {
                        if (!(answer instanceof Message.SavedIs)) {
                            throw new IllegalStateException("" + answer);
                        }
                    });
            deliver();
        }
    }

    private void add() {
        Node node = new Node();
        running.put(node.self, node);
        order.add(node.self);
    }

    private Epoch newView() {
        Epoch epoch = new Epoch(++lastToken, order, 2);
        running.values().forEach(node -> node.node.install(epoch));
        return epoch;
    }

    private void deliver() {
        for (Sent sent = underWay.poll(); sent != null; sent = underWay.poll()) {
            Node to = running.get(sent.to());
            if (to != null) {
                to.carried += sent.bytes().length;
                try {
                    to.node.receive(sent.from().self, new WireReader(sent.bytes(), 0, sent.bytes().length));
                } catch (WireException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    private void settle() {
        for (int i = 0; i < 100_000; i++) {
            boolean busy = true;
            while (busy) {
                deliver();
                busy = false;
                for (Node node : running.values()) {
                    for (Runnable task = node.tasks.poll(); task != null; task = node.tasks.poll()) {
                        task.run();
                        busy = true;
                    }
                }
            }
            if (running.values().stream().allMatch(node -> node.node.isSettled())) {
                return;
            }
            time.advance(Duration.ofMillis(10));
            running.values().forEach(node -> node.node.tick());
        }
        throw new IllegalStateException("never settles");
    }

    Change join() {
        Epoch before = new Epoch(1, order, 2);
        add();
        return change(before);
    }

    /** Of the member that has been there longest. */
    Change death() {
        Epoch before = new Epoch(1, order, 2);
        running.remove(order.remove(0)).node.close();
        return change(before);
    }

    private Change change(Epoch before) {
        messages = 0;
        bytes = 0;
        running.values().forEach(node -> node.carried = 0);
        long moved = moved();
        // Owners that have gone are waited for until they read no more; that is no work.
        time.advance(ReadLease.LENGTH.multipliedBy(2));
        long begin = processorNanos();
        Epoch after = newView();
        settle();
        long millis = (processorNanos() - begin) / 1_000_000;
        long least = 0;
        for (SessionKey key : sessions) {
            Set<Member> homes = new HashSet<>(after.homes(key));
            before.homes(key).forEach(homes::remove);
            least += homes.size();
        }
        long busiest =
                running.values().stream().mapToLong(node -> node.carried).max().orElse(0);
        return new Change(order.size(), moved() - moved, least, messages, bytes, busiest, millis);
    }

    private static long processorNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private long moved() {
        return running.values().stream().mapToLong(node -> node.node.moved()).sum();
    }

    /** Sessions that the members hold, all copies. */
    long copies() {
        Epoch epoch = new Epoch(lastToken, order, 2);
        return running.values().stream()
                .map(node -> node.node.holdings().tally(epoch))
                .mapToLong(tally -> tally.owned() + tally.backedUp() + tally.others())
                .sum();
    }

    /** Those of the member that holds most. */
    long mostCopies() {
        return running.values().stream()
                .mapToLong(node -> node.node.holdings().size())
                .max()
                .orElse(0);
    }

    /** What all this takes of the heap. */
    static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
