package dev.holdfast.memcached;

import dev.holdfast.memcached.Copies.Copy;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle.Step;
import dev.holdfast.spi.SessionMerge;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session's record on its homes: read from all, decided on what they say together, written to all. Thread-safe.
 *
 * <p>What is acknowledged is on the primary and on every other home that can be reached, or they say more than that. The rules,
 * and why none of them can be left out:
 *
 * <ol>
 *   <li>Nothing is written but over what was read (add, compare and set). A write that timed out may run later; it then
 *       changes only what nobody has changed since.
 *   <li>A step is decided where it is written to the primary: of two nodes that decide on the same record one finds it
 *       changed, reads again, and decides on what is there then. So of two removals one is done.
 *   <li>The other homes get it after that, or at the same time if all held the same when they were read. A copy that was written
 *       at the same time says so, and does not count where the primary has something else: whoever lost at the primary
 *       decides anew, and nobody has seen its first try. Where the primary is away it counts, once it has been written
 *       as one that counts by itself ({@link Copies}).
 *   <li>Who finds another home changed does not overwrite what it does not know: it merges, by the marks of the
 *       attributes, and is content when that home says all that was written here. "A higher counter" is not enough: nodes that
 *       see different homes as reachable have different primaries.
 *   <li>Where a home has lost what it held, nothing is decided and nobody is told anything before the homes agree again, and
 *       an empty home is filled only while the others are as they were read ({@link #settle}).
 * </ol>
 */
final class SessionItems {

    private final Homes homes;
    private final Together together;
    private final ExpiryPolicy policy;
    private final TimeSource time;
    private final Duration forgetAfter;
    private final Away away;

    /** @param forgetAfter how long a home must have been away until what it held counts as gone */
    SessionItems(Homes homes, Together together, ExpiryPolicy policy, TimeSource time, Duration forgetAfter) {
        this.homes = homes;
        this.together = together;
        this.policy = policy;
        this.time = time;
        this.forgetAfter = forgetAfter;
        this.away = new Away(time);
    }

    /** What an operation of the store does to one session. Pure: it may be asked again, about what others have written. */
    interface Operation<A> {

        Step<A> decide(@Nullable SessionRecord before);

        /** Whether all homes may be written at the same time: not if only one caller may be told that it did it. */
        boolean isExclusive();

        /** Whether nothing may be taken for "there is none" although a home could not be asked. */
        boolean needsAllHomes();

        /** Whether what is damaged everywhere may be overwritten, as if nothing were there. */
        boolean isOverDamaged();
    }

    /**
     * Takes one step of a session's life.
     *
     * @throws StoreException if no home can be reached, or the time is over: the step may or may not have been taken
     */
    <A> A step(SessionKey session, Operation<A> operation) {
        String key = key(session);
        long deadline = System.nanoTime() + policy.timeout().toNanos();
        StoreException last = null;
        for (int tries = 0; tries == 0 || deadline - System.nanoTime() > 0; tries++) {
            try {
                Copies copies = read(session, key);
                SessionRecord before = sound(copies, operation);
                if (before != null && copies.needSettling()) {
                    settle(session, key, copies, before);
                    continue;
                }
                Step<A> step = operation.decide(before);
                SessionRecord after = step.after();
                if (after == null || after.equals(before)) {
                    if (after != null && !copies.agree()) {
                        repair(session, key, copies, after);
                    }
                    return step.answer();
                }
                // While homes move, others may take another of them for the primary, and could not tell what counts.
                boolean parallel = !operation.isExclusive() && !homes.areMoving();
                Written written = write(session, key, copies, after, parallel);
                if (written == Written.PRIMARY) {
                    spread(session, key, after, deadline);
                }
                if (written != Written.NOT) {
                    return step.answer();
                }
            } catch (StoreException e) {
                if (e.kind() != Kind.TIMEOUT && e.kind() != Kind.UNAVAILABLE
                        || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                last = e;
            }
        }
        throw last != null ? last : new StoreException(Kind.TIMEOUT, "memcached: others kept changing the session");
    }

    /**
     * What the session's primary has, without asking anybody else. Not the way to decide anything: a primary that was cut
     * off for a while has old state when it is back.
     *
     * @return null if that takes the others: it cannot be asked, has nothing, or nothing that counts by itself
     */
    @Nullable
    SessionRecord atPrimary(SessionKey session) {
        String key = key(session);
        if (homes.areMoving()) {
            return null;
        }
        Node primary = homes.order(key).nodes().get(0);
        if (primary.isUp()
                && ask(session, primary, key) instanceof Copy copy
                && copy.content() != null
                && !copy.content().isPending()) {
            return copy.record();
        }
        return null;
    }

    private static String key(SessionKey session) {
        return "hf:" + session.application() + ":" + session.opaque();
    }

    private static @Nullable SessionRecord sound(Copies copies, Operation<?> operation) {
        SessionRecord merged = copies.merged();
        if (merged == null && copies.isAnyDamaged() && !operation.isOverDamaged()) {
            throw new StoreException(
                    Kind.CORRUPT, "memcached holds something under a session's key that is no session of this format");
        }
        Node missing = copies.missing();
        if (merged == null && missing != null && operation.needsAllHomes()) {
            throw new StoreException(
                    Kind.UNAVAILABLE,
                    "memcached node " + missing.name()
                            + " cannot be asked for the session, and no other has it: only it could know");
        }
        return merged;
    }

    /** Asks the session's homes; in place of one that cannot be reached, the next in the session's order. */
    private Copies read(SessionKey session, String key) {
        Homes.Order homesFirst = homes.order(key);
        List<Node> order = homesFirst.nodes();
        List<Copy> found = new ArrayList<>();
        Node missing = null;
        StoreException last = null;
        int next = 0;
        while (found.size() < homesFirst.homes() && next < order.size()) {
            List<Node> ask = new ArrayList<>();
            while (ask.size() < homesFirst.homes() - found.size() && next < order.size()) {
                ask.add(order.get(next++));
            }
            for (Object answer : together.each(ask, node -> ask(session, node, key))) {
                if (answer instanceof Copy copy) {
                    found.add(copy);
                } else {
                    last = ((Failed) answer).why();
                    Node node = ((Failed) answer).node();
                    if (homesFirst.isHome(node) && !away.isForgotten(node, forgetAfter)) {
                        missing = node;
                    }
                }
            }
        }
        if (found.isEmpty()) {
            throw last != null ? last : new StoreException(Kind.UNAVAILABLE, "memcached: no node is configured");
        }
        if (next < order.size()
                && found.stream().anyMatch(copy -> copy.item() == null)
                && found.stream().anyMatch(copy -> copy.item() != null)) {
            // One home was restarted or has evicted it. While it was away another may have stood in.
            Object answer = ask(session, order.get(next), key);
            if (answer instanceof Copy copy && copy.record() != null) {
                found.add(copy);
            }
        }
        return new Copies(primaryLast(session, key, found), missing);
    }

    /**
     * The homes are not read at one moment. A copy that was written together with the primary's may have replaced one that
     * counted, after the primary was read here and before this home was: both halves would be old then. It was written over
     * what the primary had as well, so a primary that is read after it says at least that much.
     */
    private List<Copy> primaryLast(SessionKey session, String key, List<Copy> found) {
        for (int i = 0; i < found.size(); i++) {
            Copy primary = found.get(i);
            if (found.stream().anyMatch(copy -> Copies.isRefusedBy(primary, copy))
                    && ask(session, primary.node(), key) instanceof Copy later) {
                found.set(i, later);
            }
        }
        return found;
    }

    private record Failed(Node node, StoreException why) {}

    private Object ask(SessionKey session, Node node, String key) {
        try {
            Node.Item item = node.get(key);
            away.answered(node);
            return new Copy(node, item, item == null ? null : ItemForm.decode(session, item.value()), false);
        } catch (StoreException e) {
            away.failed(node);
            return new Failed(node, e);
        }
    }

    private enum Written {
        /** Every home has it. */
        ALL,
        /** The step is decided; some other home has it not. */
        PRIMARY,
        /** Not decided: somebody else was at the primary first. Another home may have it, as a copy that does not count. */
        NOT
    }

    private Written write(SessionKey session, String key, Copies copies, SessionRecord after, boolean parallel) {
        byte[] bytes = ItemForm.encode(session, after, null);
        int expiry = expirySeconds(after);
        List<Copy> all = copies.homes();
        Copy primary = all.get(0);
        if (parallel && all.size() > 1 && copies.agree()) {
            byte[] pending = ItemForm.encode(session, after, primary.node().name());
            List<Boolean> done = together.each(all, copy -> put(key, copy, copy == primary ? bytes : pending, expiry));
            return !done.get(0) ? Written.NOT : done.contains(false) ? Written.PRIMARY : Written.ALL;
        }
        if (!put(key, primary, bytes, expiry)) {
            return Written.NOT;
        }
        boolean everywhere = true;
        for (Copy copy : all.subList(1, all.size())) {
            everywhere &= says(copy, after) || put(key, copy, bytes, expiry);
        }
        return everywhere ? Written.ALL : Written.PRIMARY;
    }

    /**
     * Whether this home has all that {@code record} says, or more. A copy that does not count may say it too: then it was made from
     * this record, and is on its way to the primary.
     */
    private static boolean says(Copy copy, SessionRecord record) {
        SessionRecord has = copy.record();
        return has != null && SessionMerge.merge(has, record).equals(has);
    }

    /** @return false if it was changed by somebody, or the node failed; the latter is found out when it is asked next */
    private boolean put(String key, Copy copy, byte[] bytes, int expiry) {
        try {
            return copy.item() == null
                    ? copy.node().add(key, bytes, expiry)
                    : copy.node().replace(key, copy.item(), bytes, expiry);
        } catch (StoreException e) {
            if (e.kind() == Kind.TOO_LARGE) {
                throw e;
            }
            away.failed(copy.node());
            return false;
        }
    }

    /** Until every home that can be reached says what was decided. */
    private void spread(SessionKey session, String key, SessionRecord decided, long deadline) {
        StoreException last = null;
        do {
            try {
                Copies copies = read(session, key);
                SessionRecord merged = copies.merged();
                SessionRecord wanted = merged == null ? decided : SessionMerge.merge(merged, decided);
                if (merged != null && copies.needSettling()) {
                    settle(session, key, copies, wanted);
                    continue;
                }
                boolean everywhere = true;
                byte[] bytes = ItemForm.encode(session, wanted, null);
                for (Copy copy : copies.homes()) {
                    everywhere &= says(copy, decided) || put(key, copy, bytes, expirySeconds(wanted));
                }
                if (everywhere) {
                    return;
                }
            } catch (StoreException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw e;
                }
                last = e;
            }
        } while (deadline - System.nanoTime() > 0);
        throw last != null
                ? last
                : new StoreException(Kind.TIMEOUT, "memcached: a change did not reach every home in time");
    }

    /**
     * After a home has lost what it held, or has not answered. First the copies that are left are written as ones that count by
     * themselves; only if none of them has been changed since it was read the empty homes get it. Otherwise somebody who read
     * before the loss would bring back an old state, and the copies made together with the lost one would not count
     * against it.
     */
    private void settle(SessionKey session, String key, Copies copies, SessionRecord merged) {
        byte[] bytes = ItemForm.encode(session, merged, null);
        int expiry = expirySeconds(merged);
        for (Copy copy : copies.homes()) {
            if (copy.content() != null && !put(key, copy, bytes, expiry)) {
                return;
            }
        }
        for (Copy copy : copies.homes()) {
            if (copy.content() == null) {
                boolean ignored = put(key, copy, bytes, expiry);
            }
        }
    }

    /** Brings the homes in line, as far as they let it: nobody waits for that, and who fails here succeeds another time. */
    private void repair(SessionKey session, String key, Copies copies, SessionRecord merged) {
        byte[] bytes = ItemForm.encode(session, merged, null);
        for (Copy copy : copies.homes()) {
            // One that does not count may be on its way to the primary: only a writer may overwrite it.
            if (!copy.isRefused() && !says(copy, merged)) {
                boolean ignored = put(key, copy, bytes, expirySeconds(merged));
            }
        }
    }

    /** When the server may forget the item: no earlier than this store would. Zero: never, for what memcached cannot express. */
    private int expirySeconds(SessionRecord record) {
        Instant until;
        if (record instanceof SessionRecord.Alive alive) {
            until = alive.snapshot().claimableAt(policy);
        } else if (record instanceof SessionRecord.Claimed claimed) {
            until = claimed.leaseEnd().plus(policy.reapTime()).plus(policy.tombstoneLife());
        } else {
            until = ((SessionRecord.Tombstone) record).until();
        }
        Duration left =
                Duration.between(Instant.ofEpochMilli(time.wallMillis()), until).plusSeconds(2);
        if (record instanceof SessionRecord.Alive) {
            left = left.plus(policy.reapTime());
        }
        return left.toSeconds() > Node.LONGEST_EXPIRY ? 0 : (int) Math.max(1, left.toSeconds());
    }
}
