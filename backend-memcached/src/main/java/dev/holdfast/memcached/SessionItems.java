package dev.holdfast.memcached;

import dev.holdfast.memcached.Copies.Copy;
import dev.holdfast.memcached.Together.Outcome;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.Refusal;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle.Step;
import dev.holdfast.spi.SessionMerge;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
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
 *   <li>What was read earlier is as good as what is read now for writing over it, as whoever wrote in between has made its tokens
 *       worthless. It is good for nothing else: only a write that succeeds says that it was still so.
 *   <li>What is written while another node stands in for a home says so, also where it is copied to later, until the homes
 *       are back and agree and no other node has it any more ({@link #recall}). A stand-in that were forgotten would come
 *       up again when homes are lost another time.
 * </ol>
 */
final class SessionItems {

    /** How long a tombstone may stay that a home has not heard of, as long as memcached keeps anything that ends. */
    private static final Duration LONGEST_TOMBSTONE = Duration.ofSeconds(Node.LONGEST_EXPIRY - 60);

    /** About what a node takes to be connected to again after its connection has ended. Who waits for longer waits in vain. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final long SHORTEST_PAUSE_NANOS = 250_000;
    private static final long LONGEST_PAUSE_NANOS = 32_000_000;

    private final Homes homes;
    private final HomesReader reader;
    private final Together together;
    private final ExpiryPolicy policy;
    private final TimeSource time;
    private final Away away;

    /** @param forgetAfter how long a home must have been away until what it held counts as gone */
    SessionItems(Homes homes, Together together, ExpiryPolicy policy, TimeSource time, Duration forgetAfter) {
        this.homes = homes;
        this.together = together;
        this.policy = policy;
        this.time = time;
        this.away = new Away(time);
        this.reader = new HomesReader(homes, together, away, forgetAfter);
    }

    /** What an operation of the store does to one session. Pure: it may be asked again, about what others have written. */
    interface Operation<A> {

        Step<A> decide(@Nullable SessionRecord before);

        /** Whether all homes may not be written at the same time: if only one caller may be told that it did it. */
        default boolean isExclusive() {
            return false;
        }

        /** Whether nothing may be taken for "there is none" although a home could not be asked. */
        default boolean needsAllHomes() {
            return false;
        }

        /** Whether what is damaged everywhere may be overwritten, as if nothing were there. */
        default boolean isOverDamaged() {
            return false;
        }

        /** Whether this answer tells the caller that a change of its own is in, so that it has to be on every home. */
        default boolean promises(A answer) {
            return false;
        }

        /** Whether the primary's word is enough for this answer. */
        default boolean isForThePrimary(A answer) {
            return false;
        }
    }

    /**
     * What came of a step.
     *
     * @param now the homes as they are after it, for the next step; null if that is not known
     */
    record Taken<A>(A answer, @Nullable Copies now) {}

    /** For the first step of a session whose name is new: as if its homes had been asked and had nothing. */
    Copies unasked(SessionKey session) {
        return Copies.unasked(reader.homesOf(key(session)));
    }

    /** What a session's item is called. */
    static String key(SessionKey session) {
        return "hf:" + session.application() + ":" + session.opaque();
    }

    /**
     * Takes one step of a session's life.
     *
     * @param seen what the homes held, maybe; null: ask them
     * @param primaryFirst whether to ask the primary alone, and the others only if that is not enough
     * @throws StoreException if no home can be reached, or the time is over: the step may or may not have been taken
     */
    <A> Taken<A> step(SessionKey session, Operation<A> operation, @Nullable Copies seen, boolean primaryFirst) {
        String key = key(session);
        long deadline = System.nanoTime() + policy.timeout().toNanos();
        StoreException last = null;
        if (seen != null) {
            try {
                Copies known = seen.isPartial() ? reader.completed(session, key, seen) : seen;
                Taken<A> taken = known == null ? null : stepFrom(session, key, operation, known, false, deadline);
                if (taken != null) {
                    return taken;
                }
            } catch (StoreException e) {
                last = retriable(e);
            }
        }
        if (primaryFirst && !homes.areMoving()) {
            Copies primary = reader.primary(session, key);
            SessionRecord before = primary == null ? null : primary.merged();
            Step<A> step = before == null ? null : operation.decide(before);
            if (step != null && operation.isForThePrimary(step.answer()) && step.after() == before) {
                return new Taken<>(step.answer(), primary);
            }
        }
        boolean isRecalled = false;
        int failures = 0;
        do {
            try {
                Copies copies = reader.all(session, key);
                SessionRecord merged = copies.merged();
                if (!isRecalled && merged != null && recall(session, key, copies, merged)) {
                    isRecalled = true;
                    continue;
                }
                Taken<A> taken = stepFrom(session, key, operation, copies, true, deadline);
                if (taken != null) {
                    return taken;
                }
            } catch (StoreException e) {
                last = retriable(e);
                awaitHomes(key, last, ++failures);
            }
        } while (deadline - System.nanoTime() > 0);
        throw last != null ? last : new StoreException(Kind.TIMEOUT, "memcached: others kept changing the session");
    }

    /**
     * A moment for nodes to come back, of a length that grows with the failures of this call.
     *
     * @throws StoreException this failure, if one of the homes has been away for so long that it will not be back in a moment
     */
    private void awaitHomes(String key, StoreException failure, int failures) {
        if (reader.homesOf(key).stream().anyMatch(home -> away.isForgotten(home, PATIENCE))) {
            throw failure;
        }
        if (failures > 1) {
            LockSupport.parkNanos(Math.min(LONGEST_PAUSE_NANOS, SHORTEST_PAUSE_NANOS << Math.min(failures, 10)));
        }
    }

    private static StoreException retriable(StoreException e) {
        boolean isForever = e.getCause() instanceof StoreException cause && cause.kind() == Kind.TOO_LARGE;
        if (isForever
                || e.kind() != Kind.TIMEOUT && e.kind() != Kind.UNAVAILABLE
                || Refusal.is(e)
                || Thread.currentThread().isInterrupted()) {
            throw e;
        }
        return e;
    }

    /**
     * @param isFresh whether the copies were read for this step; if not, only a write can tell that they were right
     * @return null if the homes have to be read again
     */
    private <A> @Nullable Taken<A> stepFrom(
            SessionKey session, String key, Operation<A> operation, Copies copies, boolean isFresh, long deadline) {
        SessionRecord before = sound(copies, operation);
        if (before != null && copies.needSettling()) {
            settle(session, key, copies, ItemForm.settled(before, isElsewhere(copies)));
            return null;
        }
        Step<A> step = operation.decide(before);
        SessionRecord after = step.after();
        if (after == null || after.equals(before)) {
            if (!isFresh) {
                return null;
            }
            if (after == null || copies.agree()) {
                return new Taken<>(step.answer(), copies);
            }
            if (operation.promises(step.answer())) {
                spread(session, key, after, deadline);
            } else {
                repair(session, key, copies, after);
                if (copies.isElsewhere()) {
                    Copies repaired = reader.all(session, key);
                    SessionRecord merged = repaired.merged();
                    boolean ignored = merged != null && recall(session, key, repaired, merged);
                }
            }
            return new Taken<>(step.answer(), null);
        }
        if (after instanceof SessionRecord.Tombstone tombstone && copies.isAnyHomeAway()) {
            after = outliving(tombstone, before);
        }
        // While homes move, others may take another of them for the primary, and could not tell what counts.
        Written written = write(session, key, copies, after, !operation.isExclusive() && !homes.areMoving());
        if (!written.isDecided()) {
            return null;
        }
        if (!written.isEverywhere()) {
            if (!isFresh && before == null) {
                // Another home may know more than "nothing", which nobody has looked at.
                return null;
            }
            spread(session, key, after, deadline);
        }
        return new Taken<>(step.answer(), written.now());
    }

    /** Whether nodes may have the session of which others do not know that they look there. */
    private boolean isElsewhere(Copies copies) {
        return homes.areMoving() || copies.isElsewhere();
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

    /** A home that is away keeps what it has, and would bring the session back after its tombstone has ended. */
    private SessionRecord.Tombstone outliving(SessionRecord.Tombstone tombstone, @Nullable SessionRecord before) {
        SessionSnapshot session = Copies.snapshot(before);
        if (session == null) {
            return tombstone;
        }
        Instant latest = Instant.ofEpochMilli(time.wallMillis()).plus(LONGEST_TOMBSTONE);
        Instant forgotten = session.expires() ? session.claimableAt(policy).plus(policy.reapTime()) : latest;
        Instant until = forgotten.isBefore(latest) ? forgotten : latest;
        return until.isAfter(tombstone.until())
                ? new SessionRecord.Tombstone(
                        tombstone.op(), tombstone.successor(), until, tombstone.wasAbsent(), tombstone.idleLimit())
                : tombstone;
    }

    /**
     * What came of a write.
     *
     * @param now the homes after it; null if not all have it, or tokens were not told
     */
    private record Written(
            boolean isDecided,
            boolean isEverywhere,
            @Nullable Copies now) {

        /** Somebody else was at the primary first. Another home may have it, as a copy that does not count. */
        static final Written NOT = new Written(false, false, null);

        /** The step is decided; some other home has it not. */
        static final Written PRIMARY = new Written(true, false, null);
    }

    private Written write(SessionKey session, String key, Copies copies, SessionRecord after, boolean parallel) {
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
    private void spread(SessionKey session, String key, SessionRecord decided, long deadline) {
        StoreException last = null;
        int failures = 0;
        do {
            try {
                Copies copies = reader.all(session, key);
                SessionRecord merged = copies.merged();
                SessionRecord wanted = merged == null ? decided : SessionMerge.merge(merged, decided);
                if (merged != null && copies.needSettling()) {
                    settle(session, key, copies, ItemForm.settled(wanted, isElsewhere(copies)));
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
                awaitHomes(key, e, ++failures);
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
     */
    private void settle(SessionKey session, String key, Copies copies, ItemForm settled) {
        byte[] bytes = settled.encode(session);
        int expiry = expirySeconds(settled.record());
        for (Copy copy : copies.homes()) {
            if (copy.content() != null && put(key, copy, bytes, expiry).answer() == null) {
                return;
            }
        }
        for (Copy copy : copies.homes()) {
            if (copy.content() == null) {
                Outcome<Node.Token> ignored = put(key, copy, bytes, expiry);
            }
        }
    }

    /** Brings the homes in line, as far as they let it: nobody waits for that, and who fails here succeeds another time. */
    private void repair(SessionKey session, String key, Copies copies, SessionRecord merged) {
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
    private boolean recall(SessionKey session, String key, Copies copies, SessionRecord agreed) {
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
            settle(session, key, copies, ItemForm.settled(agreed, true));
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
        settle(session, key, held, ItemForm.settled(agreed, false));
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
