package dev.holdfast.memcached;

import dev.holdfast.memcached.Copies.Copy;
import dev.holdfast.memcached.Together.Outcome;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.Refusal;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionMerge;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a session's record to its homes, and brings them in line: by the rules of {@link SessionItems}. Thread-safe. */
final class HomesWriter {

    private final Homes homes;
    private final HomesReader reader;
    private final Together together;
    private final Away away;
    private final ExpiryPolicy policy;
    private final TimeSource time;

    HomesWriter(Homes homes, HomesReader reader, Together together, Away away, ExpiryPolicy policy, TimeSource time) {
        this.homes = homes;
        this.reader = reader;
        this.together = together;
        this.away = away;
        this.policy = policy;
        this.time = time;
    }

    /**
     * What came of a write.
     *
     * @param now the homes after it; null if not all have it, or tokens were not told
     */
    record Written(
            boolean isDecided,
            boolean isEverywhere,
            @Nullable Copies now) {

        /** Somebody else was at the primary first. Another home may have it, as a copy that does not count. */
        static final Written NOT = new Written(false, false, null);

        /** The step is decided; some other home has it not. */
        static final Written PRIMARY = new Written(true, false, null);
    }

    /** Writes what was decided, to all homes at once if they may be. */
    Written write(SessionKey session, String key, Copies copies, SessionRecord after, boolean parallel) {
        ItemForm settled = ItemForm.settled(after, isElsewhere(copies));
        byte[] bytes = settled.encode(session);
        int expiry = expirySeconds(after);
        List<Copy> all = copies.homes();
        for (Copy copy : all) {
            try {
                copy.node().requireFits(key, bytes.length);
            } catch (StoreException e) {
                throw notStored(e);
            }
        }
        Copy primary = all.get(0);
        List<Copy> now = new ArrayList<>();
        if (parallel && all.size() > 1 && copies.agree()) {
            ItemForm pending = settled.pendingOn(primary.node().name());
            byte[] pendingBytes = pending.encode(bytes);
            List<Outcome<Node.Token>> outcomes =
                    together.each(all, copy -> begin(key, copy, copy == primary ? bytes : pendingBytes, expiry));
            for (int i = 0; i < all.size(); i++) {
                StoreException failure = outcomes.get(i).failure();
                if (failure != null) {
                    failed(all.get(i).node(), failure);
                }
                Node.Token token = outcomes.get(i).answer();
                if (token != null) {
                    now.add(all.get(i).with(token, i == 0 ? settled : pending));
                }
            }
            if (outcomes.get(0).answer() == null) {
                return refusedAtPrimary(outcomes.get(0).failure());
            }
        } else {
            Outcome<Node.Token> first = put(key, primary, bytes, expiry);
            if (first.answer() == null) {
                return refusedAtPrimary(first.failure());
            }
            now.add(primary.with(first.answer(), settled));
            for (int i = 1; i < all.size(); i++) {
                Copy copy = all.get(i);
                if (says(copy, after)) {
                    now.add(copy);
                    continue;
                }
                if (copy.isRefused() && now.size() < i) {
                    // What it waits for may have been the one that was changed: then it counts by now.
                    break;
                }
                Node.Token token = put(key, copy, bytes, expiry).answer();
                if (token != null) {
                    now.add(copy.with(token, settled));
                }
            }
        }
        if (now.size() < all.size()) {
            return Written.PRIMARY;
        }
        boolean isTold = now.stream().noneMatch(copy -> copy.token() == Node.Token.UNKNOWN);
        Copies written = new Copies(now, copies.missing(), false);
        return new Written(true, true, isTold && written.agree() ? written : null);
    }

    private static Written refusedAtPrimary(@Nullable StoreException failure) {
        if (failure != null && failure.kind() == Kind.TOO_LARGE) {
            throw notStored(failure);
        }
        if (failure != null && Refusal.is(failure)) {
            throw failure;
        }
        return Written.NOT;
    }

    private static StoreException notStored(StoreException tooLarge) {
        return new StoreException(
                Kind.TOO_LARGE,
                "the session was not stored, and stays as it was: " + tooLarge.getMessage(),
                tooLarge.getCause());
    }

    /** Whether nodes may have the session of which others do not know that they look there. */
    private boolean isElsewhere(Copies copies) {
        return homes.areMoving() || copies.isElsewhere();
    }

    /**
     * Whether this home has all that {@code record} says, or more. A copy that does not count may say it too: then it was made from
     * this record, and is on its way to the primary.
     */
    private static boolean says(Copy copy, SessionRecord record) {
        SessionRecord has = copy.record();
        return has != null && SessionMerge.merge(has, record).equals(has);
    }

    private static boolean isKnown(Copy copy, SessionRecord record) {
        SessionRecord has = copy.record();
        return has != null && SessionMerge.merge(record, has).equals(record);
    }

    private static Node.Answer<Node.Token> begin(String key, Copy copy, byte[] bytes, int expiry) {
        Node.Token read = copy.token();
        return read == null
                ? copy.node().beginAdd(key, bytes, expiry)
                : copy.node().beginReplace(key, read, bytes, expiry);
    }

    /** @return without an answer if it was changed by somebody, or the node failed; the latter is found out when it is asked next */
    private Outcome<Node.Token> put(String key, Copy copy, byte[] bytes, int expiry) {
        Outcome<Node.Token> outcome = together.each(List.of(copy), each -> begin(key, each, bytes, expiry))
                .get(0);
        if (outcome.failure() != null) {
            failed(copy.node(), outcome.failure());
        }
        return outcome;
    }

    private void failed(Node node, StoreException why) {
        if (why.kind() != Kind.TOO_LARGE
                && !Refusal.is(why)
                && !Thread.currentThread().isInterrupted()) {
            away.failed(node);
        }
    }

    /** Until every home that can be reached says what was decided. */
    void spread(SessionKey session, String key, SessionRecord decided, long deadline) {
        StoreException last = null;
        int failures = 0;
        Set<Node> refusing = new HashSet<>();
        do {
            try {
                Copies copies = reader.all(session, key).without(refusing);
                SessionRecord merged = copies.merged();
                SessionRecord wanted = merged == null ? decided : SessionMerge.merge(merged, decided);
                if (merged != null && copies.needSettling()) {
                    refusing.addAll(settle(session, key, copies, wanted));
                    continue;
                }
                boolean everywhere = true;
                byte[] bytes = ItemForm.settled(wanted, isElsewhere(copies)).encode(session);
                for (Copy copy : copies.homes()) {
                    if (!says(copy, decided) && (everywhere || !copy.isRefused())) {
                        Outcome<Node.Token> outcome = put(key, copy, bytes, expirySeconds(wanted));
                        everywhere &= outcome.answer() != null;
                        last = outcome.failure() != null ? outcome.failure() : last;
                    }
                }
                if (everywhere) {
                    return;
                }
            } catch (StoreException e) {
                last = e;
                reader.awaitHomes(key, e, ++failures);
            }
            if (Thread.currentThread().isInterrupted()
                    || last != null && (last.kind() == Kind.TOO_LARGE || Refusal.is(last))) {
                break;
            }
        } while (deadline - System.nanoTime() > 0);
        throw new StoreException(
                last != null && last.kind() == Kind.UNAVAILABLE ? Kind.UNAVAILABLE : Kind.TIMEOUT,
                "a change of a session is on one of its homes, and did not reach the others"
                        + (last == null ? " in time" : ": " + last.getMessage()),
                last);
    }

    /**
     * After a home has lost what it held, or has not answered. First the copies that are left are written as ones that count by
     * themselves; only if none of them has been changed since it was read the empty homes get it. Otherwise somebody who read
     * before the loss would bring back an old state, and the copies made together with the lost one would not count
     * against it.
     *
     * @return the empty homes that say that they do not take it: as they are, they can be no homes of it
     */
    Set<Node> settle(SessionKey session, String key, Copies copies, SessionRecord merged) {
        return settle(session, key, copies, ItemForm.settled(merged, isElsewhere(copies)));
    }

    private Set<Node> settle(SessionKey session, String key, Copies copies, ItemForm settled) {
        byte[] bytes = settled.encode(session);
        int expiry = expirySeconds(settled.record());
        for (Copy copy : copies.homes()) {
            if (copy.content() != null && put(key, copy, bytes, expiry).answer() == null) {
                return Set.of();
            }
        }
        Set<Node> refusing = new HashSet<>();
        for (Copy copy : copies.homes()) {
            if (copy.content() == null) {
                StoreException failure = put(key, copy, bytes, expiry).failure();
                if (failure != null && (failure.kind() == Kind.TOO_LARGE || Refusal.is(failure))) {
                    refusing.add(copy.node());
                }
            }
        }
        return refusing;
    }

    /** Brings the homes in line, as far as they let it: nobody waits for that, and who fails here succeeds another time. */
    void repair(SessionKey session, String key, Copies copies, SessionRecord merged) {
        byte[] bytes = ItemForm.settled(merged, isElsewhere(copies)).encode(session);
        for (Copy copy : copies.homes()) {
            // One that does not count may be on its way to the primary: only a writer may overwrite it. Unless what it
            // says is
            // known already: then it is one that was left behind by a home that was away.
            boolean mayBeOnItsWay = copy.isRefused() && !isKnown(copy, merged);
            if (!mayBeOnItsWay && !says(copy, merged)) {
                Outcome<Node.Token> ignored = put(key, copy, bytes, expirySeconds(merged));
            }
        }
    }

    /**
     * Once the homes are back and agree: deletes what the session left on other nodes while they were away, after having taken over what only
     * those have. Nobody waits for a node that cannot be asked: the homes' copies go on saying that it may have one.
     *
     * @return whether anything was changed, so that the homes have to be read again
     */
    boolean recall(SessionKey session, String key, Copies copies, SessionRecord agreed) {
        if (homes.areMoving() || !copies.isElsewhere() || copies.isAnyHomeAway() || !copies.agree()) {
            return false;
        }
        List<Copy> others = reader.elsewhere(session, key);
        if (others == null) {
            return false;
        }
        SessionRecord all = agreed;
        boolean isOneRefused = false;
        for (Copy other : others) {
            SessionRecord has = other.record();
            boolean isRefused = copies.homes().stream().anyMatch(home -> Copies.isRefusedBy(home, other));
            isOneRefused |= isRefused;
            all = has == null || isRefused ? all : SessionMerge.merge(all, has);
        }
        if (!all.equals(agreed)) {
            repair(session, key, copies, all);
            return true;
        }
        Copies held = copies;
        if (isOneRefused) {
            // Its part at the home may be on its way: no more, once that is another item.
            Set<Node> ignored = settle(session, key, copies, ItemForm.settled(agreed, true));
            held = reader.all(session, key);
            if (held.isAnyHomeAway() || !held.agree() || !agreed.equals(held.merged())) {
                return true;
            }
        }
        for (Copy other : others) {
            if (other.token() != null && !isDeleted(key, other.node(), other.token())) {
                return true;
            }
        }
        Set<Node> ignored = settle(session, key, held, ItemForm.settled(agreed, false));
        return true;
    }

    private boolean isDeleted(String key, Node node, Node.Token token) {
        try {
            return node.delete(key, token);
        } catch (StoreException e) {
            failed(node, e);
            return false;
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
