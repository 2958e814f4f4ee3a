package dev.holdfast.memcached;

import dev.holdfast.memcached.Copies.Copy;
import dev.holdfast.memcached.Together.Outcome;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Asks the nodes that may have a session. Thread-safe. */
final class HomesReader {

    /** About what a node takes to be connected to again after its connection has ended. Who waits for longer waits in vain. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final long SHORTEST_PAUSE_NANOS = 250_000;
    private static final long LONGEST_PAUSE_NANOS = 32_000_000;

    private final Homes homes;
    private final Together together;
    private final Away away;
    private final Duration forgetAfter;

    /** @param forgetAfter how long a home must have been away until what it held counts as gone */
    HomesReader(Homes homes, Together together, Away away, Duration forgetAfter) {
        this.homes = homes;
        this.together = together;
        this.away = away;
        this.forgetAfter = forgetAfter;
    }

    /** What a node answered. */
    private record Asked(Node node, Node.@Nullable Item item) {}

    /**
     * Asks all homes; in place of one that cannot be reached, the next in the session's order.
     *
     * @throws StoreException if nobody can be reached
     */
    Copies all(SessionKey session, String key) {
        Homes.Order order = homes.order(key);
        List<Node> nodes = order.nodes();
        List<Asked> found = new ArrayList<>();
        Node missing = null;
        StoreException last = null;
        int next = 0;
        while (found.size() < order.homes() && next < nodes.size()) {
            int from = next;
            next = Math.min(nodes.size(), next + order.homes() - found.size());
            List<Node> ask = nodes.subList(from, next);
            List<Outcome<Node.Item>> answers = ask(ask, key);
            for (int i = 0; i < ask.size(); i++) {
                StoreException failure = answers.get(i).failure();
                if (failure == null) {
                    found.add(new Asked(ask.get(i), answers.get(i).answer()));
                } else {
                    last = failure;
                    if (order.isHome(ask.get(i)) && !away.isForgotten(ask.get(i), forgetAfter)) {
                        missing = ask.get(i);
                    }
                }
            }
        }
        if (found.isEmpty()) {
            throw last != null ? last : new StoreException(Kind.UNAVAILABLE, "memcached: no node is configured");
        }
        if (found.stream().anyMatch(asked -> asked.item() == null)) {
            int end = Math.min(nodes.size(), next + order.homes());
            found.addAll(standIns(session, key, nodes.subList(next, end)));
        }
        return new Copies(primaryLast(session, key, order, decode(session, order, found)), missing, false);
    }

    /**
     * A home was restarted or has evicted the session, or there is none. While homes were away these may have stood in: they
     * count if they have it.
     */
    private List<Asked> standIns(SessionKey session, String key, List<Node> nodes) {
        List<Asked> found = new ArrayList<>();
        List<Outcome<Node.Item>> answers = ask(nodes, key);
        for (int i = 0; i < nodes.size(); i++) {
            Node.Item item = answers.get(i).answer();
            if (item != null && ItemForm.decode(session, item.value()) != null) {
                found.add(new Asked(nodes.get(i), item));
            }
        }
        return found;
    }

    /** Asks the primary alone; null if that cannot be enough, as it is away, or has no living session that counts by itself. */
    @Nullable
    Copies primary(SessionKey session, String key) {
        Homes.Order order = homes.order(key);
        Node primary = order.nodes().get(0);
        Outcome<Node.Item> outcome = ask(List.of(primary), key).get(0);
        Node.Item item = outcome.answer();
        if (item == null) {
            return null;
        }
        List<Copy> copies = decode(session, order, List.of(new Asked(primary, item)));
        ItemForm content = copies.get(0).content();
        return content != null && content.record() instanceof SessionRecord.Alive && !content.isPending()
                ? new Copies(copies, null, true)
                : null;
    }

    /** Asks the other homes as well; null if they do not all have what the primary had. */
    @Nullable
    Copies completed(SessionKey session, String key, Copies partial) {
        Copy primary = partial.homes().get(0);
        List<Copy> copies = new ArrayList<>(List.of(primary));
        List<Node> all = homesOf(key);
        List<Node> others = all.subList(1, all.size());
        List<Outcome<Node.Item>> answers = ask(others, key);
        for (int i = 0; i < others.size(); i++) {
            Node.Item item = answers.get(i).answer();
            ItemForm content = item == null ? null : ItemForm.decode(session, item.value());
            SessionRecord record = primary.record();
            if (item == null
                    || content == null
                    || record == null
                    || !content.record().equals(record)) {
                return null;
            }
            copies.add(new Copy(others.get(i), true, item.token(), content.sharing(record), false));
        }
        return new Copies(copies, null, false);
    }

    /** What nodes that are no homes of the session hold of it; null if one of them cannot be asked. */
    @Nullable
    List<Copy> elsewhere(SessionKey session, String key) {
        Homes.Order order = homes.order(key);
        List<Node> others = order.nodes().subList(order.homes(), order.nodes().size());
        if (!others.stream().allMatch(Node::isUp)) {
            // Nobody should pay for asking the rest of them at each read for as long as one is away.
            return null;
        }
        List<Outcome<Node.Item>> answers = ask(others, key);
        List<Asked> found = new ArrayList<>();
        for (int i = 0; i < others.size(); i++) {
            if (answers.get(i).failure() != null) {
                return null;
            }
            found.add(new Asked(others.get(i), answers.get(i).answer()));
        }
        return decode(session, order, found);
    }

    /**
     * A moment for nodes to come back, of a length that grows with the failures of this call.
     *
     * @throws StoreException this failure, if one of the homes has been away for so long that it will not be back in a moment
     */
    void awaitHomes(String key, StoreException failure, int failures) {
        if (homesOf(key).stream().anyMatch(home -> away.isForgotten(home, PATIENCE))) {
            throw failure;
        }
        if (failures > 1) {
            LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, SHORTEST_PAUSE_NANOS << Math.min(failures, 10)));
        }
    }

    /** The session's homes, whether they can be reached or not. */
    List<Node> homesOf(String key) {
        Homes.Order order = homes.order(key);
        return order.nodes().subList(0, order.homes());
    }

    private List<Outcome<Node.Item>> ask(List<Node> nodes, String key) {
        List<Outcome<Node.Item>> answers = together.each(nodes, node -> node.beginGet(key));
        for (int i = 0; i < nodes.size(); i++) {
            if (answers.get(i).failure() == null) {
                away.answered(nodes.get(i));
            } else if (!Thread.currentThread().isInterrupted()) {
                away.failed(nodes.get(i));
            }
        }
        return answers;
    }

    /** Most homes hold the same bytes: those are decoded, and kept, once. */
    private List<Copy> decode(SessionKey session, Homes.Order order, List<Asked> found) {
        List<Copy> copies = new ArrayList<>(found.size());
        ItemForm first = null;
        byte[] firstValue = {};
        for (Asked asked : found) {
            boolean isHome = order.isHome(asked.node());
            Node.Item item = asked.item();
            ItemForm content = null;
            if (item != null) {
                content = first == null
                        ? ItemForm.decode(session, item.value())
                        : ItemForm.decode(session, item.value(), first, firstValue);
                if (first == null && content != null) {
                    first = content;
                    firstValue = item.value();
                }
            }
            copies.add(new Copy(asked.node(), isHome, item == null ? null : item.token(), content, false));
        }
        return copies;
    }

    /**
     * The homes are not read at one moment. A copy that was written together with the primary's may have replaced one that
     * counted, after the primary was read here and before this home was: both halves would be old then. It was written over
     * what the primary had as well, so a primary that is read after it says at least that much.
     */
    private List<Copy> primaryLast(SessionKey session, String key, Homes.Order order, List<Copy> found) {
        for (int i = 0; i < found.size(); i++) {
            Copy primary = found.get(i);
            if (found.stream().anyMatch(copy -> Copies.isRefusedBy(primary, copy))) {
                Outcome<Node.Item> again = ask(List.of(primary.node()), key).get(0);
                if (again.failure() != null) {
                    // What it said before may be old, and would be believed over the copy.
                    throw again.failure();
                }
                found.set(
                        i,
                        decode(session, order, List.of(new Asked(primary.node(), again.answer())))
                                .get(0));
            }
        }
        return found;
    }
}
