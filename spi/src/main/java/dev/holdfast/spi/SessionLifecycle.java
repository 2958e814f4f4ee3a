package dev.holdfast.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What each operation of the store contract does to one session: the rules of every store that keeps whole records. Pure: a
 * store hands in the record it has (null if none) and the time by its own clock, keeps the record of the returned {@link
 * Step} atomically, and gives its answer. Immutable, thread-safe.
 *
 * <p>A record whose time is over counts as forgotten here whether the store has dropped it by then or not, so answers do not
 * depend on when a store cleans up.
 *
 * @param policy how long things live
 */
public record SessionLifecycle(ExpiryPolicy policy) {

    /**
     * What an operation leads to.
     *
     * @param after the record to keep, null if none; the same instance as before if nothing changed
     * @param answer for the caller, without a store's token
     */
    public record Step<A>(@Nullable SessionRecord after, A answer) {}

    /** {@link SessionStore#load}. */
    public Step<Loaded> load(@Nullable SessionRecord before, long knownVersion, Access access, long nowMillis) {
        SessionRecord record = settle(before, nowMillis);
        if (record == null) {
            return new Step<>(null, new Loaded.Absent());
        }
        if (!(record instanceof SessionRecord.Alive alive) || isOver(alive, nowMillis)) {
            return new Step<>(record, new Loaded.Removed());
        }
        SessionSnapshot session = alive.snapshot();
        Instant now = Instant.ofEpochMilli(nowMillis);
        Duration idle = Times.since(session.lastAccessedAt(), now);
        Instant accessedAt = Times.minus(now, access.age());
        boolean noted = access.counts()
                && idle.compareTo(policy.interval(session.maxInactive())) > 0
                && accessedAt.isAfter(session.lastAccessedAt());
        Loaded answer = session.version() == knownVersion
                ? new Loaded.Unchanged(idle, noted, session.token())
                : new Loaded.Found(session, idle, noted);
        return new Step<>(noted ? accessedAt(alive, accessedAt) : record, answer);
    }

    /** {@link SessionStore#save}. */
    public Step<Saved> save(@Nullable SessionRecord before, SessionSnapshot base, SessionDelta delta, long nowMillis) {
        SessionRecord record = settle(before, nowMillis);
        boolean creates = base.version() == Version.NONE;
        if (record == null) {
            return creates ? create(base, delta, nowMillis) : new Step<>(null, new Saved.Lost());
        }
        if (record instanceof SessionRecord.Tombstone tombstone) {
            return new Step<>(record, new Saved.Removed(tombstone.successor()));
        }
        if (!(record instanceof SessionRecord.Alive alive) || isOver(alive, nowMillis)) {
            return new Step<>(record, new Saved.Removed(null));
        }
        SessionSnapshot session = alive.snapshot();
        if (isRepeat(alive, base, delta)) {
            return new Step<>(record, new Saved.Done(session.version(), alive.previous() != base.version(), null));
        }
        if (creates) {
            return new Step<>(record, new Saved.Exists());
        }
        long version = Version.next(session.version(), delta.stamp());
        return new Step<>(
                new SessionRecord.Alive(session.apply(delta, version, nowMillis), session.version()),
                new Saved.Done(version, session.version() != base.version(), null));
    }

    private static Step<Saved> create(SessionSnapshot base, SessionDelta delta, long nowMillis) {
        long version = Version.next(Version.NONE, delta.stamp());
        // The access is dated by this clock alone: createdAt is the creating node's, which may be ahead of it.
        SessionSnapshot created = SessionSnapshot.initial(base.key(), base.createdAt(), base.maxInactive())
                .withLastAccessedAt(Times.minus(Instant.ofEpochMilli(nowMillis), delta.age()))
                .apply(delta, version, nowMillis);
        return new Step<>(new SessionRecord.Alive(created, Version.NONE), new Saved.Done(version, false, null));
    }

    /**
     * Whether this very save made the current version. Two of about two million saves share a stamp, and taking another's for
     * this one's repeat would drop an acknowledged change; so the content decides as well: if all that this save would write
     * is there, it matters to nobody whose it was.
     */
    private static boolean isRepeat(SessionRecord.Alive alive, SessionSnapshot base, SessionDelta delta) {
        SessionSnapshot session = alive.snapshot();
        if (Version.stamp(session.version()) != delta.stamp() || session.version() == base.version()) {
            return false;
        }
        if (base.version() == Version.NONE
                && (alive.previous() != Version.NONE || !session.createdAt().equals(base.createdAt()))) {
            return false;
        }
        for (Map.Entry<String, byte[]> changed : delta.changed().entrySet()) {
            StoredAttribute stored = session.attributes().get(changed.getKey());
            if (stored == null || !stored.sameBytes(new StoredAttribute(changed.getValue(), Mark.NONE))) {
                return false;
            }
        }
        for (String name : delta.removed()) {
            if (session.attributes().containsKey(name)) {
                return false;
            }
        }
        return delta.maxInactive() == null || delta.maxInactive().equals(session.maxInactive());
    }

    /** {@link SessionStore#touch}, for one session. The answer: whether it is alive. */
    public Step<Boolean> touch(@Nullable SessionRecord before, Duration age, long nowMillis) {
        SessionRecord record = settle(before, nowMillis);
        if (!(record instanceof SessionRecord.Alive alive) || isOver(alive, nowMillis)) {
            return new Step<>(record, false);
        }
        Instant accessedAt = Times.minus(Instant.ofEpochMilli(nowMillis), age.isNegative() ? Duration.ZERO : age);
        boolean later = accessedAt.isAfter(alive.snapshot().lastAccessedAt());
        return new Step<>(later ? accessedAt(alive, accessedAt) : record, true);
    }

    private static SessionRecord.Alive accessedAt(SessionRecord.Alive alive, Instant at) {
        return new SessionRecord.Alive(alive.snapshot().accessedAt(at), alive.previous());
    }

    /** {@link SessionStore#remove}; with {@link Removal#confirming} also {@link ExpiryClaims#confirm}, for one session. */
    public Step<Removed> remove(@Nullable SessionRecord before, Removal how, long nowMillis) {
        SessionRecord record = settle(before, nowMillis);
        if (record == null) {
            return new Step<>(tombstone(how, true, nowMillis, null), new Removed.Absent());
        }
        if (record instanceof SessionRecord.Tombstone tombstone) {
            if (tombstone.op() != how.op()) {
                return new Step<>(record, new Removed.Already(tombstone.successor()));
            }
            return new Step<>(record, tombstone.wasAbsent() ? new Removed.Absent() : new Removed.Done(null));
        }
        if (record instanceof SessionRecord.Claimed claimed) {
            // without the session: who claimed it has it
            return claimed.op() == how.op()
                    ? new Step<>(
                            tombstone(how, false, nowMillis, claimed.snapshot().idleLimit()), new Removed.Done(null))
                    : new Step<>(record, new Removed.Already(null));
        }
        // One that has expired can still be removed while nobody has claimed it: whoever ends it runs the listeners.
        SessionSnapshot session = ((SessionRecord.Alive) record).snapshot();
        if (how.expectedVersion() != Version.NONE && how.expectedVersion() != session.version()) {
            return new Step<>(record, new Removed.Changed(session));
        }
        return new Step<>(tombstone(how, false, nowMillis, null), new Removed.Done(session));
    }

    private SessionRecord.Tombstone tombstone(
            Removal how, boolean wasAbsent, long nowMillis, @Nullable Instant idleLimit) {
        Instant until = Times.plus(Instant.ofEpochMilli(nowMillis), policy.tombstoneLife());
        return new SessionRecord.Tombstone(how.op(), how.successor(), until, wasAbsent, idleLimit);
    }

    /**
     * {@link ExpiryClaims#claimExpired}, for one session. The answer is empty if it is not due.
     *
     * @param suspect whether the claiming node saw the last access itself, and so need not wait for those of others
     * @param op the identity of the claim if there is one, fresh
     */
    public Step<Optional<Claim>> claim(
            @Nullable SessionRecord before, boolean suspect, long op, Duration lease, long nowMillis) {
        SessionRecord record = settle(before, nowMillis);
        Instant now = Instant.ofEpochMilli(nowMillis);
        SessionSnapshot due = null;
        if (record instanceof SessionRecord.Alive alive) {
            SessionSnapshot session = alive.snapshot();
            due = now.isBefore(suspect ? session.idleLimit() : session.claimableAt(policy)) ? null : session;
        } else if (record instanceof SessionRecord.Claimed claimed) {
            due = now.isBefore(claimed.leaseEnd()) ? null : claimed.snapshot();
        }
        if (due == null) {
            return new Step<>(record, Optional.empty());
        }
        return new Step<>(new SessionRecord.Claimed(due, op, Times.plus(now, lease)), Optional.of(new Claim(due, op)));
    }

    /**
     * What is left of a record at this time: itself, a tombstone in place of an expired session whose listeners nobody ever
     * ran, or null if it may be forgotten. For a store that cleans up; the other methods do this by themselves.
     */
    public @Nullable SessionRecord settle(@Nullable SessionRecord record, long nowMillis) {
        Instant now = Instant.ofEpochMilli(nowMillis);
        if (record instanceof SessionRecord.Alive alive) {
            return now.isBefore(forgottenAt(alive.snapshot())) ? record : null;
        }
        if (record instanceof SessionRecord.Claimed claimed) {
            // Not at the store TTL of the session: a claim made shortly before it would end with no time to hand it out
            // again.
            Instant givenUpAt = Times.plus(claimed.leaseEnd(), policy.reapTime());
            if (now.isBefore(givenUpAt)) {
                return record;
            }
            Instant until = Times.plus(givenUpAt, policy.tombstoneLife());
            return now.isBefore(until)
                    ? new SessionRecord.Tombstone(
                            claimed.op(), null, until, false, claimed.snapshot().idleLimit())
                    : null;
        }
        if (record instanceof SessionRecord.Tombstone tombstone) {
            return now.isBefore(tombstone.until()) ? record : null;
        }
        return null;
    }

    private Instant forgottenAt(SessionSnapshot session) {
        return session.expires()
                ? Times.plus(session.lastAccessedAt(), policy.storeTtl(session.maxInactive()))
                : Instant.MAX;
    }

    private boolean isOver(SessionRecord.Alive alive, long nowMillis) {
        return !Instant.ofEpochMilli(nowMillis).isBefore(alive.snapshot().claimableAt(policy));
    }
}
