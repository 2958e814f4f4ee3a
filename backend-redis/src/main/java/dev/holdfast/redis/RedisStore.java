package dev.holdfast.redis;

import dev.holdfast.redis.server.Command;
import dev.holdfast.redis.server.Servers;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in Redis. Thread-safe. What a script decides is atomic, by the clock of the server that holds the session.
 *
 * <p>One trip each: a load that finds nothing new and one that does, a save, a removal, a batch of touches. A session's
 * state, its expiry and its deadline change in one script, so there is no moment at which one exists without the others.
 */
final class RedisStore implements SessionStore, ExpiryClaims, SessionLocks {

    private static final int COUNTS = 1;
    private static final int LOOKS = 2;
    private static final int SETS_MAX_INACTIVE = 1;
    private static final int REPEATS = 2;

    /**
     * For what only notes accesses, though it writes them: no replica is waited for. An access that a fail-over loses is
     * repeated by the next one, and {@link ExpiryPolicy#grace} covers it until then. Otherwise reading would be as slow as
     * writing, and nobody could read while a replica is away.
     */
    private static final boolean CONFIRMED_BY_NONE = false;

    /** Keys of one call of a script. It holds up the server for everybody, some microseconds for each. */
    static final int KEYS_PER_CALL = 100;

    private final Keys keys;
    private final Scripts scripts;
    private final Calls calls;
    private final RedisClaims claims;
    private final RedisLocks locks;

    RedisStore(Servers servers, StoreContext context) {
        keys = new Keys(context.application());
        scripts = new Scripts(context.policy());
        calls = new Calls(servers, keys, context.policy().timeout());
        claims = new RedisClaims(calls, keys, scripts);
        locks = new RedisLocks(calls, keys, scripts);
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return knownVersion == Version.NONE ? loadAll(key, access) : loadNewer(key, knownVersion, access);
    }

    /** One script: the version decides whether it answers a number, the session, or what of it was set since. */
    private Loaded loadNewer(SessionKey key, long knownVersion, Access access) {
        Object answer = calls.send(loadCommand(key, knownVersion, access, 0));
        if (answer instanceof List<?> list
                && list.size() == 2
                && list.get(0) instanceof Long number
                && list.get(1) instanceof List<?> changed) {
            return found(key, changed, number) instanceof Loaded.Found found ? changes(found) : new Loaded.Removed();
        }
        if (answer instanceof List<?> list && !list.isEmpty() && list.get(list.size() - 1) instanceof Long found) {
            return found(key, list.subList(0, list.size() - 1), found);
        }
        return answer instanceof Long number && number >= 0
                ? new Loaded.Unchanged(idle(number), noted(number), null)
                : gone(answer);
    }

    /**
     * The script only looks and notes the access; the fields come by HGETALL in the same trip, because an answer of that size
     * takes Lua nearly twice as long. Between the two somebody may have saved or ended the session: the hash alone says what
     * it is.
     */
    private Loaded loadAll(SessionKey key, Access access) {
        Command look = loadCommand(key, Version.NONE, access, LOOKS);
        Command all = Calls.plain(keys.slotOf(Keys.bucketOf(key)), "HGETALL", 1, List.of(keys.session(key)));
        List<@Nullable Object> answers = calls.send(List.of(look, all));
        if (!(answers.get(0) instanceof Long number) || number < 0) {
            return gone(answers.get(0));
        }
        if (answers.get(1) instanceof List<?> fields) {
            return fields.isEmpty() ? new Loaded.Removed() : found(key, fields, number);
        }
        throw Status.unexpected("a load", answers.get(1));
    }

    private Command loadCommand(SessionKey key, long knownVersion, Access access, int flags) {
        long age = access.counts() ? Numbers.millis(access.age()) : 0;
        int ageSize = (64 - Long.numberOfLeadingZeros(age) + 7) / 8;
        ByteBuffer head = ByteBuffer.allocate(8 + ageSize);
        Numbers.put(head, knownVersion, 7);
        Numbers.put(head, flags | (access.counts() ? COUNTS : 0), 1);
        Numbers.put(head, age, ageSize);
        return calls.script(
                scripts.load, Keys.bucketOf(key), List.of(keys.session(key)), List.of(head.array()), CONFIRMED_BY_NONE);
    }

    private Loaded found(SessionKey key, List<?> fields, long number) {
        StoredHash hash = StoredHash.read(key, keys.session(key), fields);
        SessionSnapshot snapshot = hash.snapshot();
        return hash.isAlive() && snapshot != null
                ? new Loaded.Found(snapshot, idle(number), noted(number))
                : new Loaded.Removed();
    }

    /** @param partly with the attributes that were set since, and no others */
    private static Loaded.Changed changes(Loaded.Found partly) {
        SessionSnapshot snapshot = partly.snapshot();
        return new Loaded.Changed(
                snapshot.version(),
                snapshot.lastAccessedAt(),
                snapshot.maxInactive(),
                snapshot.attributes(),
                null,
                partly.idle(),
                partly.accessNoted());
    }

    private static Loaded gone(@Nullable Object answer) {
        if (answer instanceof Long status && status == Status.ABSENT) {
            return new Loaded.Absent();
        }
        if (answer instanceof Long status && status == Status.REMOVED) {
            return new Loaded.Removed();
        }
        throw Status.unexpected("a load", answer);
    }

    private static Duration idle(long number) {
        return Duration.ofMillis(number >> 1);
    }

    private static boolean noted(long number) {
        return (number & 1) == 1;
    }

    /**
     * A save that is repeated because its connection was lost is sent as such: the script applies it only if it finds the
     * base, or itself, as the current version. With anybody else's in between it cannot know whether the first one was
     * applied before that, and a second time would write over what others wrote since.
     */
    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        Object answer = calls.send(saveCommand(base, delta));
        if (answer instanceof Long number && number >= 0) {
            return new Saved.Done(Version.of(number >> 1, delta.stamp()), (number & 1) == 1, null);
        }
        if (answer instanceof byte[] successor) {
            return new Saved.Removed(successor(successor));
        }
        if (answer instanceof Long status) {
            if (status == Status.ABSENT) {
                return new Saved.Lost();
            } else if (status == Status.REMOVED) {
                return new Saved.Removed(null);
            } else if (status == Status.EXISTS) {
                return new Saved.Exists();
            }
        }
        throw Status.unexpected("a save", answer);
    }

    private Command saveCommand(SessionSnapshot base, SessionDelta delta) {
        int bucket = Keys.bucketOf(base.key());
        List<byte[]> all = new ArrayList<>();
        all.add(keys.session(base.key()));
        all.add(keys.deadlines(bucket));
        int keyCount = all.size();
        all.add(saveHead(base, delta, 0));
        all.add(Integer.toString(delta.changed().size()).getBytes(StandardCharsets.US_ASCII));
        delta.changed().forEach((name, value) -> {
            all.add(name.getBytes(StandardCharsets.UTF_8));
            all.add(value);
        });
        for (String name : delta.removed()) {
            all.add(name.getBytes(StandardCharsets.UTF_8));
        }
        List<byte[]> again = new ArrayList<>(all);
        again.set(keyCount, saveHead(base, delta, REPEATS));
        Command repeat = calls.command(scripts.save, bucket, keyCount, again, true, null);
        return calls.command(scripts.save, bucket, keyCount, all, true, repeat);
    }

    private static byte[] saveHead(SessionSnapshot base, SessionDelta delta, int flags) {
        Duration maxInactive = delta.maxInactive();
        if (maxInactive == null && base.version() == Version.NONE) {
            maxInactive = base.maxInactive();
        }
        ByteBuffer head = ByteBuffer.allocate(29);
        Numbers.put(head, base.version(), 7);
        Numbers.put(head, delta.stamp(), 3);
        Numbers.put(head, Numbers.millis(delta.age()), 6);
        Numbers.put(head, Numbers.clamp(base.createdAt().toEpochMilli()), 6);
        Numbers.put(head, flags | (maxInactive != null ? SETS_MAX_INACTIVE : 0), 1);
        Numbers.put(head, maxInactive != null ? Numbers.millis(maxInactive) : 0, 6);
        return head.array();
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        Map<Integer, List<Touch>> byBucket = new TreeMap<>();
        for (Touch touch : touches) {
            byBucket.computeIfAbsent(Keys.bucketOf(touch.key()), bucket -> new ArrayList<>())
                    .add(touch);
        }
        List<List<Touch>> parts = new ArrayList<>();
        List<Command> commands = new ArrayList<>();
        byBucket.forEach((bucket, all) -> {
            for (int from = 0; from < all.size(); from += KEYS_PER_CALL) {
                List<Touch> part = all.subList(from, Math.min(from + KEYS_PER_CALL, all.size()));
                parts.add(part);
                commands.add(touchCommand(bucket, part));
            }
        });
        List<@Nullable Object> answers = calls.send(commands);
        Set<SessionKey> notAlive = new HashSet<>();
        for (int i = 0; i < parts.size(); i++) {
            List<Touch> part = parts.get(i);
            if (!(answers.get(i) instanceof byte[] alive) || alive.length != part.size()) {
                throw Status.unexpected("a touch", answers.get(i));
            }
            for (int k = 0; k < alive.length; k++) {
                if (alive[k] == '0') {
                    notAlive.add(part.get(k).key());
                }
            }
        }
        return notAlive;
    }

    private Command touchCommand(int bucket, List<Touch> part) {
        ByteBuffer ages = ByteBuffer.allocate(6 * part.size());
        List<byte[]> sessions = new ArrayList<>();
        for (Touch touch : part) {
            Numbers.put(ages, Numbers.millis(touch.age()), 6);
            sessions.add(keys.session(touch.key()));
        }
        return calls.script(scripts.touch, bucket, sessions, List.of(ages.array()), CONFIRMED_BY_NONE);
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        ByteBuffer head = ByteBuffer.allocate(15);
        head.putLong(how.op());
        Numbers.put(head, how.expectedVersion(), 7);
        SessionKey successor = how.successor();
        String name = successor == null ? "" : successor.application() + "/" + successor.opaque();
        int bucket = Keys.bucketOf(key);
        Object answer = calls.send(calls.script(
                scripts.remove,
                bucket,
                List.of(keys.session(key), keys.deadlines(bucket)),
                List.of(head.array(), name.getBytes(StandardCharsets.US_ASCII)),
                true));
        if (answer instanceof List<?> list && !list.isEmpty() && list.get(list.size() - 1) instanceof Long done) {
            return handedBack(key, list.subList(0, list.size() - 1), done == 1);
        }
        if (answer instanceof byte[] other) {
            return new Removed.Already(successor(other));
        }
        if (answer instanceof Long status) {
            if (status == Status.ABSENT) {
                return new Removed.Absent();
            } else if (status == Status.REMOVED) {
                return new Removed.Already(null);
            } else if (status == Status.DONE) {
                return new Removed.Done(null);
            }
        }
        throw Status.unexpected("a removal", answer);
    }

    private Removed handedBack(SessionKey key, List<?> fields, boolean done) {
        SessionSnapshot snapshot;
        try {
            snapshot = StoredHash.read(key, keys.session(key), fields).snapshot();
        } catch (StoreException e) {
            if (done) {
                // Damaged outside its head. It is removed all the same, and there is nothing sound to hand back.
                return new Removed.Done(null);
            }
            throw e;
        }
        if (!done && snapshot != null) {
            return new Removed.Changed(snapshot);
        }
        return new Removed.Done(snapshot);
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        return claims.claimExpired(suspects, limit, lease);
    }

    @Override
    public void confirm(Collection<Claim> claimed) {
        claims.confirm(claimed);
    }

    /** One call of a script claims those of a bucket. */
    @Override
    public int togetherWith(SessionKey session) {
        return Keys.bucketOf(session);
    }

    @Override
    public Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        return locks.tryLock(key, lease, maxWait);
    }

    @Override
    public void ping() {
        calls.ping();
    }

    @Override
    public void close() {
        calls.close();
    }

    private static @Nullable SessionKey successor(byte[] stored) {
        String name = new String(stored, StandardCharsets.ISO_8859_1);
        int slash = name.indexOf('/');
        try {
            return new SessionKey(name.substring(0, Math.max(0, slash)), name.substring(slash + 1));
        } catch (IllegalArgumentException e) {
            throw Status.unexpected("a save", Status.CORRUPT);
        }
    }
}
