package dev.holdfast.peer;

import dev.holdfast.peer.Message.Change;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The records that this member holds, and what other members may do to them: the part of a backup. Thread-safe; answers at
 * once. Each answer is given under the lock of the record's entry, with the epoch checked there.
 */
final class Holdings {

    /** Ended sessions that are remembered for longer than usual; each takes some hundred bytes. */
    private static final int MOST_PROLONGED = 500_000;

    private final LongAdder merged = new LongAdder();
    private final ConcurrentMap<SessionKey, Entry> entries = new ConcurrentHashMap<>();
    private final Membership membership;
    private final SessionLifecycle lifecycle;
    private final Clock clock;
    private final OwnSaves ownSaves;

    Holdings(Membership membership, SessionLifecycle lifecycle, Clock clock, OwnSaves ownSaves) {
        this.ownSaves = ownSaves;
        this.membership = membership;
        this.lifecycle = lifecycle;
        this.clock = clock;
    }

    /**
     * What this member holds at some moment.
     *
     * @param owned sessions of which it is the owner
     * @param backedUp sessions of which it is a backup
     * @param others sessions of which it is no home: it keeps them until their homes have them
     * @param ended what is left of sessions that have ended
     * @param bytes names and values of the attributes of the sessions
     */
    record Tally(long owned, long backedUp, long others, long ended, long bytes) {}

    /** Looks at everything that is held. */
    Tally tally(Epoch epoch) {
        long owned = 0;
        long backedUp = 0;
        long others = 0;
        long ended = 0;
        long bytes = 0;
        for (Entry entry : entries.values()) {
            SessionRecord record;
            synchronized (entry) {
                record = entry.record;
            }
            if (record instanceof SessionRecord.Tombstone) {
                ended++;
            } else if (record != null) {
                bytes += size(record);
                List<Member> homes = epoch.homes(entry.key);
                if (homes.get(0).equals(membership.self())) {
                    owned++;
                } else if (homes.contains(membership.self())) {
                    backedUp++;
                } else {
                    others++;
                }
            }
        }
        return new Tally(owned, backedUp, others, ended, bytes);
    }

    /** Of the attributes, names and values. */
    static long size(SessionRecord record) {
        if (record instanceof SessionRecord.Alive alive) {
            return Owner.size(alive.snapshot());
        }
        return record instanceof SessionRecord.Claimed claimed ? Owner.size(claimed.snapshot()) : 0;
    }

    /** Call with the entry's lock held. */
    void take(Entry entry, SessionRecord theirs) {
        if (entry.take(theirs)) {
            merged.increment();
        }
    }

    /** How many sessions were put together here from two that had gone separate ways. */
    long merged() {
        return merged.sum();
    }

    /** Runs {@code work} under the lock of the key's entry, which is made if there is none and dropped if it ends up empty. */
    <T extends @Nullable Object> T with(SessionKey key, Function<Entry, T> work) {
        while (true) {
            Entry entry = entries.computeIfAbsent(key, Entry::new);
            synchronized (entry) {
                if (entry.dropped) {
                    continue;
                }
                try {
                    return work.apply(entry);
                } finally {
                    dropIfEmpty(entry);
                }
            }
        }
    }

    /** Call with the entry's lock held. */
    void dropIfEmpty(Entry entry) {
        if (entry.record == null && entry.isIdle() && !entry.dropped) {
            entry.dropped = true;
            entries.remove(entry.key, entry);
        }
    }

    /** Answers from the record of {@code key} under its entry's lock; from null if there is none. Creates nothing. */
    <T extends @Nullable Object> T peek(SessionKey key, Function<@Nullable Entry, T> work) {
        while (true) {
            Entry entry = entries.get(key);
            if (entry == null) {
                return work.apply(null);
            }
            synchronized (entry) {
                if (!entry.dropped) {
                    return work.apply(entry);
                }
            }
        }
    }

    /** @param readable for the answer */
    Message.Response fetch(Message.Fetch fetch, long token, Duration readable) {
        if (!membership.isCurrent(token)) {
            return new Message.WrongEpoch(false);
        }
        // Checked before looking as well: whoever wrote in an earlier epoch had its entry in the map before this one
        // was
        // installed, so "nothing here" is then true. After it, a writer of the earlier epoch is refused.
        return peek(
                fetch.key(),
                entry -> membership.isCurrent(token)
                        ? new Message.FetchedIs(fetch.key(), entry == null ? null : entry.record, readable)
                        : new Message.WrongEpoch(false));
    }

    /**
     * As the owner: what was set since {@code known}, for a member that has that version. Null if it has to be sent everything; the next time it
     * mostly need not.
     */
    Loaded.@Nullable Changed changed(SessionKey key, long known, Loaded.Found now) {
        return peek(key, entry -> {
            if (entry == null) {
                return null;
            }
            RecentVersions recent = entry.recent;
            if (recent != null && recent.contains(now.snapshot().version())) {
                return recent.since(known, now);
            }
            if (entry.record instanceof SessionRecord.Alive alive
                    && alive.snapshot().version() == now.snapshot().version()) {
                entry.recent = new RecentVersions(alive.snapshot());
            }
            return null;
        });
    }

    Message.Response replicate(Message.Replicate replicate, Member from, long token) {
        return with(replicate.key(), entry -> {
            Epoch epoch = membership.current();
            if (epoch == null || epoch.token() != token) {
                return new Message.WrongEpoch(false);
            }
            List<Member> homes = epoch.homes(entry.key);
            if (!homes.get(0).equals(from) || !homes.contains(membership.self())) {
                return new Message.Failed(StoreException.Kind.UNAVAILABLE, "not the backup of that owner");
            }
            if (entry.replicatedIn == token && replicate.sequence() <= entry.replicatedSequence) {
                // It was sent long ago and the owner has gone on without it; to apply it now would undo what came
                // after.
                return new Message.Failed(StoreException.Kind.UNAVAILABLE, "overtaken by a later change");
            }
            SessionRecord after = apply(entry, replicate.change());
            if (after == null) {
                return new Message.NeedWhole();
            }
            entry.record = after;
            entry.recent = null;
            entry.replicatedIn = token;
            entry.replicatedSequence = replicate.sequence();
            return new Message.Done();
        });
    }

    /** Null if the change builds on a state that is not the one here. */
    private @Nullable SessionRecord apply(Entry entry, Change change) {
        SessionRecord before = entry.record;
        if (change instanceof Change.Whole whole) {
            return whole.record();
        }
        Instant now = Instant.ofEpochMilli(clock.millis());
        if (change instanceof Change.Claimed claimed) {
            SessionSnapshot snapshot = before instanceof SessionRecord.Alive alive
                    ? alive.snapshot()
                    : before instanceof SessionRecord.Claimed earlier ? earlier.snapshot() : null;
            return snapshot == null || snapshot.version() != claimed.version()
                    ? null
                    : new SessionRecord.Claimed(snapshot, claimed.op(), now.plus(claimed.lease()));
        }
        if (!(before instanceof SessionRecord.Alive alive)) {
            return null;
        }
        SessionSnapshot snapshot = alive.snapshot();
        if (change instanceof Change.Accessed accessed) {
            return snapshot.version() != accessed.version()
                    ? null
                    : new SessionRecord.Alive(snapshot.accessedAt(now.minus(accessed.age())), alive.previous());
        }
        if (change instanceof Change.Yours yours) {
            SessionDelta mine = ownSaves.find(entry.key, yours.stamp());
            return mine == null
                    ? null
                    : apply(alive, new Change.Delta(yours.baseVersion(), mine, yours.wallMillis()), now);
        }
        return apply(alive, (Change.Delta) change, now);
    }

    private static @Nullable SessionRecord apply(SessionRecord.Alive alive, Change.Delta delta, Instant now) {
        SessionSnapshot snapshot = alive.snapshot();
        if (snapshot.version() != delta.baseVersion()) {
            return null;
        }
        // Applied by the owner's clock, so that the marks are the owner's; then the access by this one's.
        SessionSnapshot applied = snapshot.apply(
                        delta.delta(),
                        Version.next(snapshot.version(), delta.delta().stamp()),
                        delta.wallMillis())
                .withLastAccessedAt(snapshot.lastAccessedAt())
                .accessedAt(now.minus(delta.delta().age()));
        return new SessionRecord.Alive(applied, snapshot.version());
    }

    /** Which of the offered records this member has no equal of. Notes their accesses. */
    Message.Response offer(Message.Offer offer, long token) {
        Set<Integer> wanted = new HashSet<>();
        for (int i = 0; i < offer.held().size(); i++) {
            Message.Held held = offer.held().get(i);
            boolean want = with(held.key(), entry -> {
                if (isAuthority(entry, token)) {
                    return false;
                }
                if (held.outline().isNewsTo(entry.record)) {
                    return true;
                }
                noteAccess(entry, held.outline());
                return false;
            });
            if (want) {
                wanted.add(i);
            }
        }
        return membership.isCurrent(token) ? new Message.Wanted(wanted) : new Message.WrongEpoch(false);
    }

    private void noteAccess(Entry entry, Outline offered) {
        if (offered.kind() == Outline.Kind.ALIVE
                && entry.record instanceof SessionRecord.Alive alive
                && alive.snapshot().version() == offered.version()
                && !offered.accessedAgo().isNegative()) {
            Instant accessedAt = Instant.ofEpochMilli(clock.millis()).minus(offered.accessedAgo());
            entry.record = new SessionRecord.Alive(alive.snapshot().accessedAt(accessedAt), alive.previous());
        }
    }

    Message.Response push(Message.Push push, long token) {
        for (Message.Copy copy : push.copies()) {
            boolean current = with(copy.key(), entry -> {
                if (!membership.isCurrent(token)) {
                    return false;
                }
                if (!isAuthority(entry, token)) {
                    take(entry, copy.record());
                }
                return true;
            });
            if (!current) {
                return new Message.WrongEpoch(false);
            }
        }
        return new Message.Done();
    }

    /**
     * Whether this member's record is known to be the latest, so that what others still hold can only be older: as the owner
     * after it asked everybody, as the backup after the owner wrote to it. It may even be absent on purpose.
     */
    private boolean isAuthority(Entry entry, long token) {
        return entry.establishedIn == token || entry.replicatedIn == token;
    }

    /** Forgets what time has ended. */
    void sweep() {
        long now = clock.millis();
        boolean mayComeBack = !membership.missing().isEmpty();
        int prolonged = 0;
        for (Entry entry : entries.values()) {
            synchronized (entry) {
                if (!entry.dropped && entry.isIdle()) {
                    if (mayComeBack && prolonged < MOST_PROLONGED && prolong(entry, now)) {
                        prolonged++;
                    }
                    entry.record = lifecycle.settle(entry.record, now);
                    dropIfEmpty(entry);
                }
            }
        }
    }

    /**
     * Whoever is missing may be serving sessions on the other side of a partition that were ended on this one. They must still
     * be known to have ended when it comes back: for a tombstone's life from then on, not from when they ended. One that expired
     * need not: there it expires as well, or is in use and goes on.
     */
    private boolean prolong(Entry entry, long now) {
        if (!(entry.record instanceof SessionRecord.Tombstone tombstone) || tombstone.idleLimit() != null) {
            return false;
        }
        Duration life = lifecycle.policy().tombstoneLife();
        Instant until = Instant.ofEpochMilli(now).plus(life);
        if (tombstone.until().isBefore(until.minus(life.dividedBy(2)))) {
            entry.record = new SessionRecord.Tombstone(
                    tombstone.op(), tombstone.successor(), until, tombstone.wasAbsent(), null);
        }
        return true;
    }

    /** Of all entries, at this moment. */
    List<SessionKey> keys() {
        return new ArrayList<>(entries.keySet());
    }

    int size() {
        return entries.size();
    }
}
