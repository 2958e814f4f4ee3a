package dev.holdfast.spi.kit;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** A store around a store. What it does around each call is its subclass's. */
abstract class StoreDecorator implements SessionStore {

    private final SessionStore inner;

    StoreDecorator(SessionStore inner) {
        this.inner = inner;
    }

    /**
     * Does one call.
     *
     * @param keys the sessions that it names
     * @param sent bytes of names and values in it
     * @param call does it at the inner store
     */
    abstract <A> A around(Operation operation, Collection<SessionKey> keys, long sent, Supplier<A> call);

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        return around(Operation.LOAD, Set.of(key), 0, () -> inner.load(key, knownVersion, access));
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        return around(Operation.SAVE, Set.of(base.key()), StoreCall.sizeOf(delta), () -> inner.save(base, delta));
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        Set<SessionKey> keys = touches.stream().map(Touch::key).collect(Collectors.toSet());
        return around(Operation.TOUCH, keys, 0, () -> inner.touch(touches));
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return around(Operation.REMOVE, Set.of(key), 0, () -> inner.remove(key, how));
    }

    /** For subclasses that are {@link ExpiryClaims}, around a store that is. */
    List<Claim> claim(Collection<SessionKey> suspects, int limit, Duration lease) {
        return around(
                Operation.CLAIM,
                Set.copyOf(suspects),
                0,
                () -> ((ExpiryClaims) inner).claimExpired(suspects, limit, lease));
    }

    /** As {@link #claim}. */
    void confirmAll(Collection<Claim> claims) {
        Set<SessionKey> keys =
                claims.stream().map(claim -> claim.snapshot().key()).collect(Collectors.toSet());
        around(Operation.CONFIRM, keys, 0, () -> {
            ((ExpiryClaims) inner).confirm(claims);
            return true;
        });
    }

    @Override
    public void ping() {
        around(Operation.PING, Set.of(), 0, () -> {
            inner.ping();
            return true;
        });
    }

    @Override
    public void close() {
        inner.close();
    }
}
