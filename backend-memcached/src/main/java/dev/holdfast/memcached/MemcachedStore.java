package dev.holdfast.memcached;

import dev.holdfast.memcached.SessionItems.Operation;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionLifecycle;
import dev.holdfast.spi.SessionLifecycle.Step;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sessions in memcached, each as one item on a primary and on one or more other nodes. Thread-safe. {@link SessionItems} has
 * the protocol; what an operation does to a session is {@link SessionLifecycle}'s.
 *
 * <p>The clock is the caller's: memcached has none that could be asked. So the clocks of all application servers must agree, to
 * well below a second.
 */
final class MemcachedStore implements SessionStore, ExpiryClaims {

    /** Nothing is kept under it. */
    static final String PING = "hf:ping";

    private final StoreContext context;
    private final MemcachedSettings.Read read;
    private final @Nullable NodeLists lists;
    private final SessionLifecycle lifecycle;
    private final Homes homes;
    private final Together together;
    private final SessionItems items;
    private volatile boolean closed;

    /** @param forgetAfter see {@link SessionItems} */
    MemcachedStore(Homes homes, StoreContext context, Duration forgetAfter) {
        this(homes, new Together(context.application()), context, forgetAfter, MemcachedSettings.Read.BOTH, null);
    }

    /**
     * @param together ends with this store, as do the nodes
     * @param lists the same; null: nobody looks
     */
    MemcachedStore(
            Homes homes,
            Together together,
            StoreContext context,
            Duration forgetAfter,
            MemcachedSettings.Read read,
            @Nullable NodeLists lists) {
        this.context = context;
        this.read = read;
        this.lists = lists;
        this.homes = homes;
        lifecycle = new SessionLifecycle(context.policy());
        this.together = together;
        items = new SessionItems(homes, together, context.policy(), context.time(), forgetAfter);
    }

    private long now() {
        return context.time().wallMillis();
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        if (read == MemcachedSettings.Read.PRIMARY) {
            requireOpen();
            SessionRecord atPrimary = items.atPrimary(key);
            if (atPrimary != null) {
                Step<Loaded> step = lifecycle.load(atPrimary, knownVersion, access, now());
                // an access that has to be noted is written to all, and so are all read
                if (step.after() == null || step.after().equals(atPrimary)) {
                    return step.answer();
                }
            }
        }
        return step(key, new Kind<Loaded>(record -> lifecycle.load(record, knownVersion, access, now())) {
            @Override
            public boolean needsAllHomes() {
                return true;
            }
        });
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        return step(base.key(), new Kind<Saved>(record -> lifecycle.save(record, base, delta, now())) {
            @Override
            public boolean needsAllHomes() {
                return base.version() != Version.NONE;
            }

            @Override
            public boolean isExclusive() {
                // A copy beside an empty primary may be one that was made, or one that is being made: those who look at
                // it
                // could not tell, and would bring back what the primary has lost, or make it twice.
                return base.version() == Version.NONE;
            }
        });
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        requireOpen();
        Set<SessionKey> notAlive = new HashSet<>();
        for (Touch touch : touches) {
            try {
                if (!step(touch.key(), new Kind<Boolean>(record -> lifecycle.touch(record, touch.age(), now())) {
                    @Override
                    public boolean needsAllHomes() {
                        return true;
                    }
                })) {
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
        return step(key, new Kind<Removed>(record -> lifecycle.remove(record, how, now())) {
            @Override
            public boolean isExclusive() {
                return true;
            }

            @Override
            public boolean isOverDamaged() {
                return true;
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
            try {
                step(suspect, new Kind<Optional<Claim>>(record -> lifecycle.claim(record, true, op, lease, now())) {
                            @Override
                            public boolean isExclusive() {
                                return true;
                            }
                        })
                        .ifPresent(claims::add);
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

    /** An operation as most are. */
    private abstract static class Kind<A> implements Operation<A> {

        private final Function<@Nullable SessionRecord, Step<A>> decide;

        Kind(Function<@Nullable SessionRecord, Step<A>> decide) {
            this.decide = decide;
        }

        @Override
        public Step<A> decide(@Nullable SessionRecord before) {
            return decide.apply(before);
        }

        @Override
        public boolean isExclusive() {
            return false;
        }

        @Override
        public boolean needsAllHomes() {
            return false;
        }

        @Override
        public boolean isOverDamaged() {
            return false;
        }
    }

    private <A> A step(SessionKey key, Operation<A> operation) {
        requireOpen();
        return items.step(key, operation);
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
        if (lists != null) {
            lists.close();
        }
        together.close();
        homes.nodes().forEach(Node::close);
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "the memcached store is closed");
        }
    }
}
