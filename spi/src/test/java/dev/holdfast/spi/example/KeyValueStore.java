package dev.holdfast.spi.example;

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
import dev.holdfast.spi.StoredForm;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store on anything that keeps bytes under a key and can compare and set: the example of docs/writing-a-backend.md. The map
 * stands for a server; it compares arrays by identity, as a server compares its tokens.
 */
final class KeyValueStore implements SessionStore, ExpiryClaims {

    private final ConcurrentMap<SessionKey, byte[]> server;
    private final StoreContext context;
    private final SessionLifecycle lifecycle;
    private volatile boolean closed;

    KeyValueStore(ConcurrentMap<SessionKey, byte[]> server, StoreContext context) {
        this.server = server;
        this.context = context;
        lifecycle = new SessionLifecycle(context.policy());
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return step(key, record -> lifecycle.load(record, knownVersion, access, now()));
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        return step(base.key(), record -> lifecycle.save(record, base, delta, now()));
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        requireOpen();
        Set<SessionKey> notAlive = new HashSet<>();
        for (Touch touch : touches) {
            try {
                if (!step(touch.key(), record -> lifecycle.touch(record, touch.age(), now()))) {
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
        try {
            return step(key, record -> lifecycle.remove(record, how, now()));
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.CORRUPT) {
                throw e;
            }
            // Damaged bytes must not keep a user from logging out: as if nothing were there, which leaves a tombstone.
            Step<Removed> step = lifecycle.remove(null, how, now());
            server.put(key, StoredForm.encode(key, step.after()));
            return step.answer();
        }
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        requireOpen();
        List<Claim> claims = new ArrayList<>();
        for (SessionKey suspect : new LinkedHashSet<>(suspects)) {
            claim(suspect, true, limit, lease, claims);
        }
        for (SessionKey key : server.keySet()) {
            if (key.application().equals(context.application())) {
                claim(key, false, limit, lease, claims);
            }
        }
        return claims;
    }

    @Override
    public void confirm(Collection<Claim> claims) {
        requireOpen();
        for (Claim claim : claims) {
            remove(claim.snapshot().key(), Removal.confirming(claim));
        }
    }

    private void claim(SessionKey key, boolean suspect, int limit, Duration lease, List<Claim> claims) {
        if (claims.size() == limit) {
            return;
        }
        long op = Removal.newOp();
        try {
            step(key, record -> lifecycle.claim(record, suspect, op, lease, now()))
                    .ifPresent(claims::add);
        } catch (StoreException e) {
            if (e.kind() != StoreException.Kind.CORRUPT) {
                throw e;
            }
        }
    }

    /** Read, decide, compare and set; again if somebody was faster. */
    private <A> A step(SessionKey key, Function<@Nullable SessionRecord, Step<A>> decide) {
        requireOpen();
        while (true) {
            byte[] read = server.get(key);
            SessionRecord before = read == null ? null : StoredForm.decodeRecord(key, read);
            Step<A> step = decide.apply(before);
            if (step.after() == before || replace(key, read, step.after())) {
                return step.answer();
            }
        }
    }

    private boolean replace(SessionKey key, byte @Nullable [] read, @Nullable SessionRecord after) {
        if (after == null) {
            return read == null || server.remove(key, read);
        }
        byte[] written = StoredForm.encode(key, after);
        return read == null ? server.putIfAbsent(key, written) == null : server.replace(key, read, written);
    }

    private long now() {
        return context.time().wallMillis();
    }

    @Override
    public void ping() {
        requireOpen();
    }

    @Override
    public void close() {
        closed = true;
    }

    private void requireOpen() {
        if (closed) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "the store is closed");
        }
    }
}
