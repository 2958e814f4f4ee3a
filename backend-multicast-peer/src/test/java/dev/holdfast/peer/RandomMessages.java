package dev.holdfast.peer;

import dev.holdfast.peer.Message.Change;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Messages of every kind, with anything in them that a member could send. */
final class RandomMessages {

    static final long NOW = 1_800_000_000_000L;

    private final Random random;
    private final List<Supplier<Message>> kinds = List.of(
            () -> new Message.Load(key(), version(), access()),
            () -> new Message.Load(key(), version(), access(), version()),
            () -> new Message.Save(base(), delta(), flip()),
            () -> new Message.Touched(key(), age()),
            () -> new Message.Remove(key(), new Removal(op(), version(), flip() ? key() : null)),
            () -> new Message.ClaimOne(key(), flip(), age()),
            () -> new Message.ClaimDue(1 + number(1000), age()),
            () -> new Message.Lock(key(), Message.LockVerb.values()[number(3)], op(), lease()),
            () -> new Message.Fetch(key()),
            () -> new Message.FetchLock(key()),
            () -> new Message.KeepLock(key(), lock(), lease()),
            () -> replicate(),
            () -> new Message.Offer(some(() -> new Message.Held(key(), Outline.of(record(key()), NOW)))),
            () -> new Message.Push(some(() -> {
                SessionKey key = key();
                return new Message.Copy(key, record(key));
            })),
            () -> new Message.Settled(some(() -> new Message.Missing(new Member(op(), op()), lease(), flip()))),
            () -> new Message.Leaving(),
            () -> new Message.Probe(),
            () -> new Message.LoadedIsHeld(age(), flip()),
            () -> new Message.LoadedIs(loaded()),
            () -> new Message.SavedIs(saved()),
            () -> new Message.RemovedIs(removed()),
            () -> new Message.AliveIs(flip()),
            () -> new Message.ClaimsAre(some(() -> new Claim(snapshot(key()), op()))),
            () -> {
                SessionKey key = key();
                return new Message.FetchedIs(key, flip() ? record(key) : null, lease());
            },
            () -> new Message.LockIs(flip()),
            () -> new Message.LockKnown(flip() ? lock() : null, lease()),
            () -> new Message.Done(),
            () -> new Message.NeedWhole(),
            () -> new Message.Wanted(Set.of(number(5), 10 + number(1000))),
            () -> new Message.WrongEpoch(flip()),
            () -> new Message.Failed(StoreException.Kind.values()[number(4)], "because"));

    RandomMessages(long seed) {
        random = new Random(seed);
    }

    int kinds() {
        return kinds.size();
    }

    MessageCodec.Envelope next(int kind) {
        Message message = kinds.get(kind % kinds.size()).get();
        long epoch = message instanceof Message.Request ? random.nextLong() | 1 : Epoch.NO_TOKEN;
        return new MessageCodec.Envelope(random.nextInt(1_000_000), epoch, message);
    }

    private Message replicate() {
        SessionKey key = key();
        Change change = switch (number(5)) {
            case 0 -> new Change.Whole(record(key));
            case 1 -> new Change.Delta(version(), delta(), NOW - number(5));
            case 3 -> new Change.Yours(version(), 1 + number(1000), NOW - number(5));
            case 2 -> new Change.Accessed(version(), age());
            default -> new Change.Claimed(version(), op(), age());
        };
        long sequence = number(1 << 30);
        var committed =
                new ChangeNumbers.Committed(flip() ? 0 : number(1 << 30), sequence - number((int) sequence + 1));
        return new Message.Replicate(key, sequence, committed, change);
    }

    SessionRecord record(SessionKey key) {
        return switch (number(3)) {
            case 0 -> new SessionRecord.Alive(snapshot(key), version());
            case 1 -> new SessionRecord.Claimed(snapshot(key), op(), time());
            default -> new SessionRecord.Tombstone(op(), flip() ? key() : null, time(), flip(), flip() ? time() : null);
        };
    }

    private Loaded loaded() {
        return switch (number(5)) {
            case 0 -> new Loaded.Found(snapshot(key()), age(), flip());
            case 3 -> changed(snapshot(key()));
            case 1 -> new Loaded.Unchanged(age(), flip(), null);
            case 2 -> new Loaded.Removed();
            default -> new Loaded.Absent();
        };
    }

    private Loaded.Changed changed(SessionSnapshot now) {
        Duration idle = age();
        return new Loaded.Changed(
                now.version(), now.lastAccessedAt(), now.maxInactive(), now.attributes(), null, idle, flip());
    }

    private Saved saved() {
        return switch (number(4)) {
            case 0 -> new Saved.Done(version(), flip(), null);
            case 1 -> new Saved.Removed(flip() ? key() : null);
            case 2 -> new Saved.Lost();
            default -> new Saved.Exists();
        };
    }

    private Removed removed() {
        return switch (number(4)) {
            case 0 -> new Removed.Done(flip() ? snapshot(key()) : null);
            case 1 -> new Removed.Already(flip() ? key() : null);
            case 2 -> new Removed.Changed(snapshot(key()));
            default -> new Removed.Absent();
        };
    }

    private SessionSnapshot base() {
        if (flip()) {
            return SessionSnapshot.initial(key(), time(), Duration.ofSeconds(number(5_000) - 1_000));
        }
        return new SessionSnapshot(
                key(), version(), Instant.EPOCH, Instant.EPOCH, Duration.ZERO, Map.of(), Map.of(), null);
    }

    SessionSnapshot snapshot(SessionKey key) {
        Map<String, StoredAttribute> attributes = new HashMap<>();
        some(() -> attributes.put("name" + number(100), new StoredAttribute(bytes(), op())));
        Map<String, Long> removed = new HashMap<>();
        some(() -> removed.put("gone" + number(100), op()));
        return new SessionSnapshot(
                key,
                version(),
                time(),
                time(),
                Duration.ofMillis(number(5_000_000) - 1_000),
                attributes,
                removed,
                null);
    }

    private SessionDelta delta() {
        Map<String, byte[]> changed = new HashMap<>();
        some(() -> changed.put("\ud800ä" + number(100), bytes()));
        return new SessionDelta(
                1 + number(Version.MAX_STAMP),
                changed,
                flip() ? Set.of() : Set.of("gone" + number(9)),
                age(),
                flip() ? null : Duration.ofSeconds(number(100) - 1));
    }

    private <T> List<T> some(Supplier<T> thing) {
        List<T> things = new ArrayList<>();
        for (int left = number(4); left > 0; left--) {
            things.add(thing.get());
        }
        return things;
    }

    private SessionKey key() {
        return new SessionKey("shop", "key_-" + Long.toString(random.nextLong() >>> 1, 36));
    }

    private long version() {
        return number(10) == 0 ? Version.NONE : Version.of(random.nextInt(1 << 20), 1 + number(Version.MAX_STAMP));
    }

    private long op() {
        return random.nextLong() | 1;
    }

    private Access access() {
        return flip() ? Access.NONE : Access.ago(age());
    }

    private Duration age() {
        return Duration.ofNanos(random.nextLong() >>> number(63) >>> 1);
    }

    private Message.LockState lock() {
        return new Message.LockState(1 + number(1 << 30), op(), lease(), flip());
    }

    private Duration lease() {
        return Duration.ofNanos(Math.floorMod(random.nextLong(), SessionLocks.LONGEST.toNanos()));
    }

    private Instant time() {
        return Instant.ofEpochMilli(NOW + random.nextInt(1_000_000) - 500_000).plusNanos(number(1_000_000));
    }

    private byte[] bytes() {
        byte[] bytes = new byte[number(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private boolean flip() {
        return random.nextBoolean();
    }

    private int number(int bound) {
        return random.nextInt(bound);
    }
}
