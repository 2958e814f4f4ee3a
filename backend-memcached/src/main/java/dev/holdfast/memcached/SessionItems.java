package dev.holdfast.memcached;

import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.Refusal;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle.Step;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoreException.Kind;
import dev.holdfast.spi.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
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
 *       an empty home is filled only while the others are as they were read ({@link HomesWriter#settle}).
 *   <li>What was read earlier is as good as what is read now for writing over it, as whoever wrote in between has made its tokens
 *       worthless. It is good for nothing else: only a write that succeeds says that it was still so.
 *   <li>What is written while another node stands in for a home says so, also where it is copied to later, until the homes
 *       are back and agree and no other node has it any more ({@link HomesWriter#recall}). A stand-in that were forgotten would come
 *       up again when homes are lost another time.
 * </ol>
 */
final class SessionItems {

    /** How long a tombstone may stay that a home has not heard of, as long as memcached keeps anything that ends. */
    private static final Duration LONGEST_TOMBSTONE = Duration.ofSeconds(Node.LONGEST_EXPIRY - 60);

    private final Homes homes;
    private final HomesReader reader;
    private final HomesWriter writer;
    private final ExpiryPolicy policy;
    private final TimeSource time;
    private final Away away;

    /** @param forgetAfter how long a home must have been away until what it held counts as gone */
    SessionItems(Homes homes, Together together, ExpiryPolicy policy, TimeSource time, Duration forgetAfter) {
        this.homes = homes;
        this.policy = policy;
        this.time = time;
        this.away = new Away(time);
        this.reader = new HomesReader(homes, together, away, forgetAfter);
        this.writer = new HomesWriter(homes, reader, together, away, policy, time);
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
                Taken<A> taken = known == null ? null : stepFrom(session, key, operation, known, null, deadline);
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
        Set<Node> refusing = new HashSet<>();
        do {
            try {
                Copies copies = reader.all(session, key).without(refusing);
                SessionRecord merged = copies.merged();
                if (!isRecalled && merged != null && writer.recall(session, key, copies, merged)) {
                    isRecalled = true;
                    continue;
                }
                Taken<A> taken = stepFrom(session, key, operation, copies, refusing, deadline);
                if (taken != null) {
                    return taken;
                }
            } catch (StoreException e) {
                last = retriable(e);
                reader.awaitHomes(key, last, ++failures);
            }
        } while (deadline - System.nanoTime() > 0);
        throw last != null
                ? last
                : new StoreException(
                        Kind.TIMEOUT,
                        "memcached: others kept changing the session, or nodes failed while it was written");
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
     * @param refusing gets the homes that have nothing and do not take the session either; null: the copies were not read for
     *     this step, and only a write can tell that they were right
     * @return null if the homes have to be read again
     */
    private <A> @Nullable Taken<A> stepFrom(
            SessionKey session,
            String key,
            Operation<A> operation,
            Copies copies,
            @Nullable Set<Node> refusing,
            long deadline) {
        boolean isFresh = refusing != null;
        SessionRecord before = sound(copies, operation);
        if (before != null && copies.needSettling()) {
            Set<Node> settled = writer.settle(session, key, copies, before);
            if (refusing != null) {
                refusing.addAll(settled);
            }
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
                writer.spread(session, key, after, deadline);
            } else {
                writer.repair(session, key, copies, after);
                if (copies.isElsewhere()) {
                    Copies repaired = reader.all(session, key);
                    SessionRecord merged = repaired.merged();
                    boolean ignored = merged != null && writer.recall(session, key, repaired, merged);
                }
            }
            return new Taken<>(step.answer(), null);
        }
        if (after instanceof SessionRecord.Tombstone tombstone && copies.isAnyHomeAway()) {
            after = outliving(tombstone, before);
        }
        // While homes move, others may take another of them for the primary, and could not tell what counts.
        HomesWriter.Written written =
                writer.write(session, key, copies, after, !operation.isExclusive() && !homes.areMoving());
        if (!written.isDecided()) {
            return null;
        }
        if (!written.isEverywhere()) {
            if (!isFresh && before == null) {
                // Another home may know more than "nothing", which nobody has looked at.
                return null;
            }
            writer.spread(session, key, after, deadline);
        }
        return new Taken<>(step.answer(), written.now());
    }

    private static @Nullable SessionRecord sound(Copies copies, Operation<?> operation) {
        SessionRecord merged = copies.merged();
        if (merged != null) {
            return merged;
        }
        boolean isDamaged = copies.isAnyDamaged() && !operation.isOverDamaged();
        Node missing = copies.missing();
        // First: the home that does not answer may have it whole. To call it damaged would log its user out.
        if (missing != null && (isDamaged || operation.needsAllHomes())) {
            throw new StoreException(
                    Kind.UNAVAILABLE,
                    "memcached node " + missing.name()
                            + " cannot be asked for the session, and no other has it: only it could know");
        }
        if (isDamaged) {
            throw new StoreException(
                    Kind.CORRUPT, "memcached holds something under a session's key that is no session of this format");
        }
        return null;
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
}
