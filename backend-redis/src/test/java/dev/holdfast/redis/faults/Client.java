package dev.holdfast.redis.faults;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that uses sessions as requests do, by either member: loads, with what it knows or without, saves an attribute of its
 * own name, notes accesses, makes sessions of its own and ends them. Writes down all that it was told.
 */
final class Client implements Runnable {

    /** What is known of a session that this client alone uses. */
    enum Fate {
        ALIVE,
        ENDED,
        /** A failed call may have made or ended it. */
        UNKNOWN
    }

    private static final Duration MAX_INACTIVE = Duration.ofMinutes(30);
    private static final long MOST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(8);

    private final int number;
    private final String attribute;
    private final List<SessionKey> shared;
    private final List<SessionStore> members;
    private final Pulse pulse;
    private final Random random;
    private final List<Map<SessionKey, SessionSnapshot>> known = new ArrayList<>();
    private long counter;

    /** All for the thread of {@link #run}, and for others after its end. */
    final List<Call> calls = new ArrayList<>();

    final List<Write> writes = new ArrayList<>();
    final List<Seen> seen = new ArrayList<>();
    final Map<SessionKey, Fate> own = new HashMap<>();
    final List<String> problems = new ArrayList<>();

    Client(int number, List<SessionKey> shared, List<SessionStore> members, Pulse pulse, long seed) {
        this.number = number;
        this.attribute = "c" + number;
        this.shared = shared;
        this.members = members;
        this.pulse = pulse;
        this.random = new Random(seed + number);
        members.forEach(member -> known.add(new HashMap<>()));
    }

    @Override
    public void run() {
        try {
            while (!pulse.isOver()) {
                int member = random.nextInt(members.size());
                int what = random.nextInt(100);
                if (what < 5) {
                    useOwn();
                } else {
                    useShared(shared.get(random.nextInt(shared.size())), member, what);
                }
                LockSupport.parkNanos((long) (random.nextDouble() * MOST_PAUSE_NANOS));
            }
        } catch (RuntimeException | Error e) {
            problems.add(attribute + " ended by " + e);
            throw e;
        }
    }

    private void useShared(SessionKey key, int member, int what) {
        if (what < 12) {
            Set<SessionKey> notAlive =
                    call(Call.Kind.TOUCH, key, member, store -> store.touch(List.of(new Touch(key, Duration.ZERO))));
            if (notAlive != null && !notAlive.isEmpty()) {
                problem("touch", key, "not alive");
            }
            return;
        }
        if (random.nextInt(4) == 0) {
            known.get(member).remove(key);
        }
        SessionSnapshot base = load(key, member);
        if (base != null && what >= 30) {
            save(base, member);
        }
    }

    /** Null if it failed. */
    private SessionSnapshot load(SessionKey key, int member) {
        SessionSnapshot before = known.get(member).get(key);
        long version = before == null ? 0 : before.version();
        long begin = System.nanoTime();
        Loaded loaded = call(Call.Kind.LOAD, key, member, store -> store.load(key, version, Access.NOW));
        if (loaded == null) {
            return null;
        }
        SessionSnapshot now;
        if (loaded instanceof Loaded.Found found) {
            now = found.snapshot();
        } else if (loaded instanceof Loaded.Changed changed && before != null) {
            now = changed.onto(before).snapshot();
        } else if (loaded instanceof Loaded.Unchanged && before != null) {
            now = before;
        } else {
            problem("load", key, loaded.getClass().getSimpleName());
            known.get(member).remove(key);
            return null;
        }
        know(now, member, begin);
        return now;
    }

    private void save(SessionSnapshot base, int member) {
        long value = ++counter;
        SessionDelta delta = delta(value);
        long begin = System.nanoTime();
        Saved saved = call(Call.Kind.SAVE, base.key(), member, store -> store.save(base, delta));
        if (saved == null && random.nextInt(3) == 0) {
            // As a filter may do: the same save once more.
            saved = call(Call.Kind.SAVE, base.key(), member, store -> store.save(base, delta));
        }
        boolean done = saved instanceof Saved.Done;
        writes.add(new Write(base.key(), attribute, value, begin, System.nanoTime(), done));
        if (saved instanceof Saved.Done answer) {
            if (answer.merged()) {
                known.get(member).remove(base.key());
            } else {
                know(base.apply(delta, answer.version(), System.currentTimeMillis()), member, begin);
            }
        } else if (saved != null) {
            problem("save", base.key(), saved.getClass().getSimpleName());
        }
    }

    private void know(SessionSnapshot snapshot, int member, long begin) {
        known.get(member).put(snapshot.key(), snapshot);
        seen.add(new Seen(
                snapshot.key(), number, begin, System.nanoTime(), snapshot.version(), History.values(snapshot)));
    }

    /** Makes a session, looks at it from the other member, ends half of them, and looks again. */
    private void useOwn() {
        SessionKey key = new SessionKey(shared.get(0).application(), "own-" + number + "-" + own.size());
        int member = random.nextInt(members.size());
        int other = members.size() - 1 - member;
        SessionSnapshot initial = SessionSnapshot.initial(key, Instant.EPOCH, MAX_INACTIVE);
        SessionDelta delta = delta(++counter);
        Saved saved = call(Call.Kind.SAVE, key, member, store -> store.save(initial, delta));
        own.put(key, saved == null ? Fate.UNKNOWN : Fate.ALIVE);
        if (saved == null) {
            return;
        }
        if (!(saved instanceof Saved.Done)) {
            problem("creation", key, saved.getClass().getSimpleName());
            return;
        }
        lookAt(key, other, Loaded.Found.class);
        if (random.nextBoolean()) {
            Removal how = Removal.invalidation();
            Removed removed = call(Call.Kind.REMOVE, key, member, store -> store.remove(key, how));
            if (removed == null) {
                // As the filter does: the same removal once more.
                removed = call(Call.Kind.REMOVE, key, other, store -> store.remove(key, how));
            }
            own.put(key, removed == null ? Fate.UNKNOWN : Fate.ENDED);
            if (removed instanceof Removed.Done) {
                lookAt(key, other, Loaded.Removed.class);
            } else if (removed != null) {
                problem("removal", key, removed.getClass().getSimpleName());
            }
        }
    }

    private void lookAt(SessionKey key, int member, Class<? extends Loaded> expected) {
        Loaded loaded = call(Call.Kind.LOAD, key, member, store -> store.load(key, 0, Access.NOW));
        if (loaded != null && !expected.isInstance(loaded)) {
            problem("load", key, loaded.getClass().getSimpleName() + " instead of " + expected.getSimpleName());
        }
    }

    private SessionDelta delta(long value) {
        return new SessionDelta(
                SessionDelta.newStamp(), Map.of(attribute, bytes(value)), Set.of(), Duration.ZERO, null);
    }

    static byte[] bytes(long value) {
        return Long.toString(value).getBytes(StandardCharsets.US_ASCII);
    }

    private interface Operation<T> {
        T on(SessionStore store);
    }

    /** Null if the store could not do it. */
    private <T> T call(Call.Kind kind, SessionKey key, int member, Operation<T> operation) {
        long begin = System.nanoTime();
        String error = null;
        try {
            return operation.on(members.get(member));
        } catch (StoreException e) {
            error = e.kind() + ": " + e.getMessage();
            if (e.kind() == StoreException.Kind.CORRUPT || e.kind() == StoreException.Kind.TOO_LARGE) {
                problem(kind.name(), key, error);
            }
            return null;
        } finally {
            Call call = new Call(kind, key, member, begin, System.nanoTime(), error);
            calls.add(call);
            pulse.felt(call);
        }
    }

    private void problem(String what, SessionKey key, String answer) {
        problems.add(what + " of " + key.opaque() + " by " + attribute + ": " + answer);
    }
}
