package dev.holdfast.redis;

import dev.holdfast.redis.server.Command;
import dev.holdfast.redis.server.Script;
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
import java.util.LinkedHashMap;
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

    /** In milliseconds, some 2,000 years: what does not fit into the six bytes of a number is cut to this. */
    private static final long LONGEST = 1L << 46;

    /** Keys of one call of a script. It holds up the server for everybody, some microseconds for each. */
    private static final int KEYS_PER_CALL = 100;

    private final Servers servers;
    private final ExpiryPolicy policy;
    private final Keys keys;
    private final Scripts scripts;
    private final DueSearch search;
    private final RedisLocks locks;
    private volatile boolean closed;

    RedisStore(Servers servers, StoreContext context) {
        this.servers = servers;
        policy = context.policy();
        keys = new Keys(context.application());
        scripts = new Scripts(policy);
        search = new DueSearch();
        locks = new RedisLocks(this, keys, scripts);
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return knownVersion == Version.NONE ? loadAll(key, access) : loadNewer(key, knownVersion, access);
    }

    /** One script: the version decides whether it answers a number or the session. */
    private Loaded loadNewer(SessionKey key, long knownVersion, Access access) {
        Object answer = send(loadCommand(key, knownVersion, access, 0));
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
        Command all = plain(keys.slotOf(Keys.bucketOf(key)), "HGETALL", 1, List.of(keys.session(key)));
        List<@Nullable Object> answers = send(List.of(look, all));
        if (!(answers.get(0) instanceof Long number) || number < 0) {
            return gone(answers.get(0));
        }
        if (answers.get(1) instanceof List<?> fields) {
            return fields.isEmpty() ? new Loaded.Removed() : found(key, fields, number);
        }
        throw Status.unexpected("a load", answers.get(1));
    }

    private Command loadCommand(SessionKey key, long knownVersion, Access access, int flags) {
        long age = access.counts() ? millis(access.age()) : 0;
        int ageSize = (64 - Long.numberOfLeadingZeros(age) + 7) / 8;
        ByteBuffer head = ByteBuffer.allocate(8 + ageSize);
        put(head, knownVersion, 7);
        put(head, flags | (access.counts() ? COUNTS : 0), 1);
        put(head, age, ageSize);
        return script(
                scripts.load, Keys.bucketOf(key), List.of(keys.session(key)), List.of(head.array()), CONFIRMED_BY_NONE);
    }

    private Loaded found(SessionKey key, List<?> fields, long number) {
        StoredHash hash = StoredHash.read(key, keys.session(key), fields);
        SessionSnapshot snapshot = hash.snapshot();
        return hash.isAlive() && snapshot != null
                ? new Loaded.Found(snapshot, idle(number), noted(number))
                : new Loaded.Removed();
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
        Command repeat = saveCommand(base, delta, REPEATS, null);
        Object answer = send(saveCommand(base, delta, 0, repeat));
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

    private Command saveCommand(SessionSnapshot base, SessionDelta delta, int flags, @Nullable Command repeat) {
        Duration maxInactive = delta.maxInactive();
        if (maxInactive == null && base.version() == Version.NONE) {
            maxInactive = base.maxInactive();
        }
        ByteBuffer head = ByteBuffer.allocate(29);
        put(head, base.version(), 7);
        put(head, delta.stamp(), 3);
        put(head, millis(delta.age()), 6);
        put(head, clamp(base.createdAt().toEpochMilli()), 6);
        put(head, flags | (maxInactive != null ? SETS_MAX_INACTIVE : 0), 1);
        put(head, maxInactive != null ? millis(maxInactive) : 0, 6);
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(head.array());
        arguments.add(Integer.toString(delta.changed().size()).getBytes(StandardCharsets.US_ASCII));
        delta.changed().forEach((name, value) -> {
            arguments.add(name.getBytes(StandardCharsets.UTF_8));
            arguments.add(value);
        });
        for (String name : delta.removed()) {
            arguments.add(name.getBytes(StandardCharsets.UTF_8));
        }
        int bucket = Keys.bucketOf(base.key());
        List<byte[]> names = List.of(keys.session(base.key()), keys.deadlines(bucket));
        return command(scripts.save, bucket, names, arguments, true, repeat);
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
        List<@Nullable Object> answers = send(commands);
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
            put(ages, millis(touch.age()), 6);
            sessions.add(keys.session(touch.key()));
        }
        return script(scripts.touch, bucket, sessions, List.of(ages.array()), CONFIRMED_BY_NONE);
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        ByteBuffer head = ByteBuffer.allocate(15);
        head.putLong(how.op());
        put(head, how.expectedVersion(), 7);
        SessionKey successor = how.successor();
        String name = successor == null ? "" : successor.application() + "/" + successor.opaque();
        int bucket = Keys.bucketOf(key);
        Object answer = send(script(
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

    /**
     * Suspects are asked for by name; of the others, those whose deadline in the sorted sets is over. Each call looks into
     * some of the buckets only, see {@link DueSearch}. A deadline in a set is no later than the session's own but may be
     * earlier, because accesses do not move it; the claiming script moves it then.
     */
    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        List<Claim> claims = new ArrayList<>();
        List<SessionKey> left = new ArrayList<>(new HashSet<>(suspects));
        while (!left.isEmpty() && claims.size() < limit) {
            List<SessionKey> part = left.subList(0, Math.min(limit - claims.size(), left.size()));
            claim(part, true, lease, claims);
            part.clear();
        }
        while (claims.size() < limit) {
            int room = limit - claims.size();
            List<Integer> buckets = search.next(System.nanoTime());
            if (buckets.isEmpty()) {
                break;
            }
            List<SessionKey> due = due(buckets, room);
            claim(due, false, lease, claims);
        }
        return claims;
    }

    /** One call of a script claims those of a bucket. */
    @Override
    public int togetherWith(SessionKey session) {
        return Keys.bucketOf(session);
    }

    private List<SessionKey> due(List<Integer> buckets, int room) {
        int mostOfABucket = Math.min(room, KEYS_PER_CALL);
        byte[] most = Integer.toString(mostOfABucket).getBytes(StandardCharsets.US_ASCII);
        List<Command> commands = new ArrayList<>();
        for (int bucket : buckets) {
            commands.add(script(scripts.due, bucket, List.of(keys.deadlines(bucket)), List.of(most), false));
        }
        List<@Nullable Object> answers = send(commands);
        List<SessionKey> due = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            // With more of them than there is room for, the same bucket would be next again at once, for seconds.
            if (!(answers.get(i) instanceof List<?> members) || members.size() > mostOfABucket) {
                throw Status.unexpected("a search for expired sessions", answers.get(i));
            }
            if (due.size() + members.size() > room) {
                search.comeBackTo(buckets.get(i));
                break;
            }
            for (Object member : members) {
                SessionKey key = member instanceof byte[] bytes ? keys.member(buckets.get(i), bytes) : null;
                if (key != null) {
                    due.add(key);
                }
            }
        }
        return due;
    }

    private void claim(Collection<SessionKey> sessions, boolean suspects, Duration lease, List<Claim> claims) {
        long op = Removal.newOp();
        List<List<SessionKey>> parts = parts(sessions);
        List<Command> commands = new ArrayList<>();
        for (List<SessionKey> part : parts) {
            ByteBuffer head = ByteBuffer.allocate(17);
            head.putLong(op);
            put(head, Math.max(1, millis(lease)), 6);
            put(head, suspects ? part.size() : 0, 3);
            commands.add(withDeadlines(scripts.claim, part, head.array()));
        }
        List<@Nullable Object> answers = send(commands);
        Map<SessionKey, Long> damaged = new LinkedHashMap<>();
        for (int i = 0; i < parts.size(); i++) {
            if (!(answers.get(i) instanceof List<?> claimed)) {
                throw Status.unexpected("a claim", answers.get(i));
            }
            for (int k = 0; k + 1 < claimed.size(); k += 2) {
                if (!(claimed.get(k) instanceof Long number)
                        || number < 1
                        || number > parts.get(i).size()
                        || !(claimed.get(k + 1) instanceof List<?> fields)) {
                    throw Status.unexpected("a claim", answers.get(i));
                }
                SessionKey key = parts.get(i).get(number.intValue() - 1);
                SessionSnapshot snapshot = soundOrNull(key, fields);
                if (snapshot != null) {
                    claims.add(new Claim(snapshot, op));
                } else {
                    damaged.put(key, op);
                }
            }
        }
        // Nobody is told of them who would confirm them; they would be claimed after each lease again.
        confirm(damaged);
    }

    /** One session that is damaged outside its head must not keep the others from their listeners. */
    private @Nullable SessionSnapshot soundOrNull(SessionKey key, List<?> fields) {
        try {
            return StoredHash.read(key, keys.session(key), fields).snapshot();
        } catch (StoreException e) {
            Log.LOG.warn(
                    "session {} has expired but cannot be read; it is ended, and no listener hears of it: {}",
                    key,
                    e.getMessage());
            return null;
        }
    }

    @Override
    public void confirm(Collection<Claim> claims) {
        Map<SessionKey, Long> ops = new LinkedHashMap<>();
        for (Claim claim : claims) {
            ops.put(claim.snapshot().key(), claim.op());
        }
        confirm(ops);
    }

    private void confirm(Map<SessionKey, Long> ops) {
        List<Command> commands = new ArrayList<>();
        for (List<SessionKey> part : parts(ops.keySet())) {
            ByteBuffer all = ByteBuffer.allocate(8 * part.size());
            for (SessionKey key : part) {
                Long op = ops.get(key);
                all.putLong(op == null ? 0 : op);
            }
            commands.add(withDeadlines(scripts.confirm, part, all.array()));
        }
        List<@Nullable Object> ignored = send(commands);
    }

    @Override
    public Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        return locks.tryLock(key, lease, maxWait);
    }

    /** The answer of a script that answers a number and may be repeated. */
    long number(Script script, int bucket, byte[] name, List<byte[]> arguments) {
        if (send(script(script, bucket, List.of(name), arguments, true)) instanceof Long number) {
            return number;
        }
        throw Status.unexpected("a lock", null);
    }

    /** What one call of a script can do: sessions of one bucket, and not too many. */
    private static List<List<SessionKey>> parts(Collection<SessionKey> sessions) {
        Map<Integer, List<SessionKey>> byBucket = new TreeMap<>();
        for (SessionKey key : sessions) {
            byBucket.computeIfAbsent(Keys.bucketOf(key), bucket -> new ArrayList<>())
                    .add(key);
        }
        List<List<SessionKey>> parts = new ArrayList<>();
        for (List<SessionKey> all : byBucket.values()) {
            for (int from = 0; from < all.size(); from += KEYS_PER_CALL) {
                parts.add(all.subList(from, Math.min(from + KEYS_PER_CALL, all.size())));
            }
        }
        return parts;
    }

    private Command withDeadlines(Script script, List<SessionKey> part, byte[] head) {
        int bucket = Keys.bucketOf(part.get(0));
        List<byte[]> names = new ArrayList<>();
        names.add(keys.deadlines(bucket));
        for (SessionKey key : part) {
            names.add(keys.session(key));
        }
        return script(script, bucket, names, List.of(head), true);
    }

    @Override
    public void ping() {
        requireOpen();
        servers.ping(deadline());
    }

    @Override
    public void close() {
        closed = true;
        servers.close();
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "the Redis store is closed");
        }
    }

    private @Nullable Object send(Command command) {
        return send(List.of(command)).get(0);
    }

    private List<@Nullable Object> send(List<Command> commands) {
        requireOpen();
        return commands.isEmpty() ? List.of() : servers.send(commands, deadline());
    }

    private long deadline() {
        return System.nanoTime() + policy.timeout().toNanos();
    }

    /** A script that may run twice, because a second time it changes nothing more or answers the same. */
    private Command script(Script script, int bucket, List<byte[]> names, List<byte[]> arguments, boolean writes) {
        return command(
                script, bucket, names, arguments, writes, command(script, bucket, names, arguments, writes, null));
    }

    private Command command(
            Script script,
            int bucket,
            List<byte[]> names,
            List<byte[]> arguments,
            boolean writes,
            @Nullable Command repeat) {
        List<byte[]> all = new ArrayList<>(names);
        all.addAll(arguments);
        return new Command(keys.slotOf(bucket), script.name(), script, names.size(), all, writes, repeat);
    }

    private static Command plain(int slot, String name, int keyCount, List<byte[]> arguments) {
        return new Command(
                slot,
                name,
                null,
                keyCount,
                arguments,
                false,
                new Command(slot, name, null, keyCount, arguments, false, null));
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

    private static long millis(Duration duration) {
        long millis;
        try {
            millis = duration.toMillis();
        } catch (ArithmeticException e) {
            return duration.isNegative() ? -LONGEST : LONGEST;
        }
        // Shorter than a millisecond is not never.
        return clamp(millis == 0 && duration.toNanos() > 0 ? 1 : millis);
    }

    private static long clamp(long millis) {
        return Math.max(-LONGEST, Math.min(LONGEST, millis));
    }

    /** The low bytes of a number, the highest first. */
    private static void put(ByteBuffer out, long number, int size) {
        for (int i = size - 1; i >= 0; i--) {
            out.put((byte) (number >> 8 * i));
        }
    }
}
