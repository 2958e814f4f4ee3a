package dev.holdfast.memcached;

import dev.holdfast.memcached.MemcachedSettings.Read;
import dev.holdfast.memcached.SessionItems.Operation;
import dev.holdfast.memcached.SessionItems.Taken;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionLifecycle.Step;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionRecord;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in memcached, each as one item on a primary and on one or more other nodes. Thread-safe. {@link SessionItems} has
 * the protocol; what an operation does to a session is {@link SessionLifecycle}'s.
 *
 * <p>The clock is the caller's: memcached has none that could be asked. So the clocks of all application servers must agree, to
 * well below a second.
 */
final class MemcachedStore implements SessionStore, ExpiryClaims, SessionLocks {

    /** Nothing is kept under it. */
    static final String PING = "hf:ping";

    private final StoreContext context;
    private final SessionLifecycle lifecycle;
    private final Homes homes;
    private final Read read;
    private final @Nullable NodeLists lists;
    private final SessionItems items;
    private final MemcachedLocks locks;
    private final Refill refill;
    private volatile boolean closed;

    /** @param forgetAfter see {@link SessionItems} */
    MemcachedStore(Homes homes, StoreContext context, Duration forgetAfter) {
        this(homes, new Together(), context, forgetAfter, Read.BOTH, null);
    }

    /**
     * @param homes their nodes end with this store
     * @param lists the same; null: nobody looks
     */
    MemcachedStore(
            Homes homes,
            Together together,
            StoreContext context,
            Duration forgetAfter,
            Read read,
            @Nullable NodeLists lists) {
        this.context = context;
        this.homes = homes;
        this.read = read;
        this.lists = lists;
        lifecycle = new SessionLifecycle(context.policy());
        items = new SessionItems(homes, together, context.policy(), context.time(), forgetAfter);
        refill = new Refill(homes.nodes(), this::isAlive, context.application());
        locks = new MemcachedLocks(homes, context.time(), () -> closed);
    }

    /** From now on nodes that are back get their copies without waiting for requests. */
    void startRefill() {
        refill.start();
    }

    Refill refill() {
        return refill;
    }

    private boolean isAlive(SessionKey key) {
        return step(key, loading(0, Access.NONE)) instanceof Loaded.Found;
    }

    private long now() {
        return context.time().wallMillis();
    }

    /**
     * What the homes held when a session was read or written last: the token of this store. It has no bytes of its own beside the
     * snapshot that it comes with; the one of {@link Loaded.Unchanged}, which comes with none, has the session once more.
     */
    private record Seen(SessionKey key, Copies copies) {}

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        requireOpen();
        Taken<Loaded> taken;
        try {
            taken = items.step(key, loading(knownVersion, access), null, read == Read.PRIMARY);
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.TOO_LARGE) {
                throw e;
            }
            // A server takes less than it did, so the access cannot be noted; the session can be read all the same.
            taken = items.step(key, loading(knownVersion, Access.NONE), null, false);
        }
        Object token = token(key, taken.now());
        if (taken.answer() instanceof Loaded.Found || taken.answer() instanceof Loaded.Unchanged) {
            refill.used(key);
        } else {
            refill.ended(key);
        }
        if (taken.answer() instanceof Loaded.Found found) {
            return new Loaded.Found(found.snapshot().withToken(token), found.idle(), found.accessNoted());
        }
        return taken.answer() instanceof Loaded.Unchanged unchanged
                ? new Loaded.Unchanged(unchanged.idle(), unchanged.accessNoted(), token)
                : taken.answer();
    }

    private Operation<Loaded> loading(long knownVersion, Access access) {
        return new Operation<>() {
            @Override
            public Step<Loaded> decide(@Nullable SessionRecord before) {
                return lifecycle.load(before, knownVersion, access, now());
            }

            @Override
            public boolean needsAllHomes() {
                return true;
            }

            @Override
            public boolean isForThePrimary(Loaded answer) {
                return answer instanceof Loaded.Found || answer instanceof Loaded.Unchanged;
            }
        };
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        requireOpen();
        SessionKey key = base.key();
        boolean creates = base.version() == Version.NONE;
        Operation<Saved> save = new Operation<>() {
            @Override
            public Step<Saved> decide(@Nullable SessionRecord before) {
                return lifecycle.save(before, base, delta, now());
            }

            @Override
            public boolean needsAllHomes() {
                return !creates;
            }

            @Override
            public boolean isExclusive() {
                // A copy beside an empty primary may be one that was made, or one that is being made: those who look at
                // it could not tell, and would bring back what the primary has lost, or make it twice.
                return creates;
            }

            @Override
            public boolean promises(Saved answer) {
                return answer instanceof Saved.Done;
            }
        };
        Copies seen = null;
        if (creates) {
            seen = items.unasked(key);
        } else if (base.token() instanceof Seen token && token.key().equals(key)) {
            seen = token.copies();
        }
        Taken<Saved> taken = items.step(key, save, seen, false);
        if (taken.answer() instanceof Saved.Done) {
            refill.used(key);
        }
        return taken.answer() instanceof Saved.Done done
                ? new Saved.Done(done.version(), done.merged(), token(key, taken.now()))
                : taken.answer();
    }

    /**
     * None while a home is away or another node has stood in for it: a token may be kept for hours, and who writes by it does not
     * look whether the home is back.
     */
    private static @Nullable Object token(SessionKey key, @Nullable Copies now) {
        return now == null || now.isAnyHomeAway() || now.isElsewhere() ? null : new Seen(key, now);
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        requireOpen();
        Set<SessionKey> notAlive = new HashSet<>();
        for (Touch touch : touches) {
            Operation<Boolean> note = new Operation<>() {
                @Override
                public Step<Boolean> decide(@Nullable SessionRecord before) {
                    return lifecycle.touch(before, touch.age(), now());
                }

                @Override
                public boolean needsAllHomes() {
                    return true;
                }
            };
            try {
                if (!step(touch.key(), note)) {
                    notAlive.add(touch.key());
                }
            } catch (StoreException e) {
                // A damaged session is its own request's trouble, not that of the others in this batch.
                if (e.kind() != StoreException.Kind.CORRUPT) {
                    throw e;
                }
            }
        }
        return notAlive;
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        requireOpen();
        return step(key, new Operation<Removed>() {
            @Override
            public Step<Removed> decide(@Nullable SessionRecord before) {
                return lifecycle.remove(before, how, now());
            }

            @Override
            public boolean isExclusive() {
                return true;
            }

            @Override
            public boolean isOverDamaged() {
                return true;
            }

            @Override
            public boolean promises(Removed answer) {
                return answer instanceof Removed.Done || answer instanceof Removed.Absent;
            }
        });
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        requireOpen();
        List<Claim> claims = new ArrayList<>();
        for (SessionKey suspect : new LinkedHashSet<>(suspects)) {
            if (claims.size() == limit) {
                break;
            }
            long op = Removal.newOp();
            Operation<Optional<Claim>> claim = new Operation<>() {
                @Override
                public Step<Optional<Claim>> decide(@Nullable SessionRecord before) {
                    return lifecycle.claim(before, true, op, lease, now());
                }

                @Override
                public boolean isExclusive() {
                    return true;
                }
            };
            try {
                step(suspect, claim).ifPresent(claims::add);
            } catch (StoreException e) {
                if (e.kind() != StoreException.Kind.CORRUPT) {
                    throw e;
                }
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

    @Override
    public Optional<Lease> tryLock(SessionKey key, Duration lease, Duration maxWait) {
        requireOpen();
        return locks.tryLock(key, lease, maxWait);
    }

    private <A> A step(SessionKey key, Operation<A> operation) {
        return items.step(key, operation, null, false).answer();
    }

    @Override
    public void ping() {
        requireOpen();
        StoreException last = null;
        for (Node node : homes.nodes()) {
            try {
                Node.Item ignored = node.get(PING);
                return;
            } catch (StoreException e) {
                last = e;
            }
        }
        throw last != null ? last : new StoreException(StoreException.Kind.UNAVAILABLE, "memcached: no nodes");
    }

    @Override
    public void close() {
        closed = true;
        refill.close();
        if (lists != null) {
            lists.close();
        }
        homes.nodes().forEach(Node::close);
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "the memcached store is closed");
        }
    }
}
