package dev.holdfast.spi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in this JVM's memory: for development and tests, and the model that the contract kit compares other stores with.
 * Thread-safe. Never blocks for I/O.
 *
 * <p>Everything is lost with the JVM. Memory is bounded by nothing but the sessions' own ends: every session is held as
 * encoded bytes until it is removed, or claimed and confirmed, or its reap time is over; a removed one leaves a tombstone of
 * about 200 bytes for {@link ExpiryPolicy#tombstoneLife}. There is no thread: what may be forgotten is dropped by {@link
 * #claimExpired}, which looks at every session, so somebody must call it now and then.
 *
 * <p>Its clock starts at the wall clock and then runs with the monotonic one: setting the machine's clock expires nobody.
 */
public final class LocalStore implements SessionStore, ExpiryClaims, SessionLocks {

    /** What all members of one group share. */
    private static final class Memory {
        private final ConcurrentMap<SessionKey, SessionRecord> records = new ConcurrentHashMap<>();
        private final LocalLocks locks;
        private final TimeSource time;
        private final long startMillis;
        private final long startNanos;

        Memory(TimeSource time) {
            this.time = time;
            locks = new LocalLocks(time);
            startMillis = time.wallMillis();
            startNanos = time.nanos();
        }

        long nowMillis() {
            return startMillis + Duration.ofNanos(time.nanos() - startNanos).toMillis();
        }
    }

    private final Memory memory;
    private final StoreContext context;
    private final SessionLifecycle lifecycle;
    private volatile boolean closed;

    /** An empty store with a memory of its own. */
    public LocalStore(StoreContext context) {
        this(context, new Memory(context.time()));
    }

    private LocalStore(StoreContext context, Memory memory) {
        this.context = context;
        this.memory = memory;
        lifecycle = new SessionLifecycle(context.policy());
    }

    /**
     * Another store on the same memory and the same clock, as a second node would have it on a real backend.
     *
     * @param memberContext its {@link StoreContext#time} is not used
     */
    public LocalStore member(StoreContext memberContext) {
        return new LocalStore(memberContext, memory);
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return step(key, record -> lifecycle.load(record, knownVersion, access, memory.nowMillis()));
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        return step(base.key(), record -> lifecycle.save(record, base, delta, memory.nowMillis()));
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        requireOpen();
        Set<SessionKey> notAlive = new HashSet<>();
        for (Touch touch : touches) {
            if (!step(touch.key(), record -> lifecycle.touch(record, touch.age(), memory.nowMillis()))) {
                notAlive.add(touch.key());
            }
        }
        return notAlive;
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return step(key, record -> lifecycle.remove(record, how, memory.nowMillis()));
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        requireOpen();
        memory.locks.sweep();
        List<Claim> claims = new ArrayList<>();
        for (SessionKey suspect : new LinkedHashSet<>(suspects)) {
            if (claims.size() < limit) {
                claim(suspect, true, lease).ifPresent(claims::add);
            }
        }
        for (SessionKey key : memory.records.keySet()) {
            memory.records.computeIfPresent(key, (same, record) -> lifecycle.settle(record, memory.nowMillis()));
            if (claims.size() < limit && key.application().equals(context.application())) {
                claim(key, false, lease).ifPresent(claims::add);
            }
        }
        return claims;
    }

    @Override
    public void confirm(Collection<Claim> claims) {
        requireOpen();
        for (Claim claim : claims) {
            Removed ignored = remove(claim.snapshot().key(), Removal.confirming(claim));
        }
    }

    private Optional<Claim> claim(SessionKey key, boolean suspect, Duration lease) {
        long op = Removal.newOp();
        return step(key, record -> lifecycle.claim(record, suspect, op, lease, memory.nowMillis()));
    }

    @Override
    public Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        SessionLocks.requireLease(lease);
        SessionLocks.requireWait(maxWait);
        long owner = Removal.newOp();
        // Not the context's time: a test's may stand still, a wait must end.
        long giveUpNanos = TimeSource.SYSTEM.nanos() + maxWait.toNanos();
        while (true) {
            requireOpen();
            if (memory.locks.take(key, owner, lease)) {
                return Optional.of(new LocalLease(key, owner));
            }
            long left = giveUpNanos - TimeSource.SYSTEM.nanos();
            if (left <= 0) {
                return Optional.empty();
            }
            try {
                memory.locks.awaitChange(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StoreException(
                        StoreException.Kind.UNAVAILABLE, "local store: interrupted while waiting for a lock", e);
            }
        }
    }

    private final class LocalLease implements Lease {

        private final SessionKey key;
        private final long owner;

        LocalLease(SessionKey key, long owner) {
            this.key = key;
            this.owner = owner;
        }

        @Override
        public long owner() {
            return owner;
        }

        @Override
        public boolean renew(Duration lease) {
            SessionLocks.requireLease(lease);
            requireOpen();
            return memory.locks.renew(key, owner, lease);
        }

        @Override
        public void release() {
            requireOpen();
            memory.locks.release(key, owner);
        }
    }

    /**
     * Takes one step of a session's life, atomically: {@link ConcurrentMap#compute} runs the (short, pure) function under
     * the key's lock. The time is read inside, so that of two steps the later one never has the earlier time.
     */
    private <A> A step(SessionKey key, Function<@Nullable SessionRecord, SessionLifecycle.Step<A>> function) {
        requireOpen();
        AtomicReference<@Nullable A> answer = new AtomicReference<>();
        memory.records.compute(key, (same, record) -> {
            SessionLifecycle.Step<A> step = function.apply(record);
            answer.set(step.answer());
            return step.after();
        });
        A given = answer.get();
        if (given == null) {
            throw new IllegalStateException("no answer");
        }
        return given;
    }

    @Override
    public void ping() {
        requireOpen();
    }

    /** Ends this member; the others go on. */
    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "local store is closed");
        }
    }

    /** The records behind all members, for tests that look behind the store. */
    Map<SessionKey, SessionRecord> records() {
        return memory.records;
    }
}
