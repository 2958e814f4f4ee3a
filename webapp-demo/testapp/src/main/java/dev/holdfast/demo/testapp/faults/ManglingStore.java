package dev.holdfast.demo.testapp.faults;

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
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Touch;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** A store whose bytes have been damaged on the way back, while a test wants it. */
final class ManglingStore implements SessionStore, ExpiryClaims {

    private static final Random RANDOM = new Random(7);

    /** How the bytes of every attribute of every load are damaged: none, cut, flip or random. */
    static volatile String damage = "none";

    private final SessionStore inner;

    ManglingStore(SessionStore inner) {
        this.inner = inner;
    }

    @Override
    public Loaded load(SessionKey key, long knownVersion, Access access) {
        if (damage.equals("none")) {
            return inner.load(key, knownVersion, access);
        }
        // whoever has the session already would not look at the bytes
        Loaded loaded = inner.load(key, Version.NONE, access);
        return loaded instanceof Loaded.Found found
                ? new Loaded.Found(damaged(found.snapshot()), found.idle(), found.accessNoted())
                : loaded;
    }

    private static SessionSnapshot damaged(SessionSnapshot session) {
        Map<String, StoredAttribute> attributes = new HashMap<>();
        session.attributes()
                .forEach((name, stored) ->
                        attributes.put(name, new StoredAttribute(damaged(stored.bytes()), stored.mark())));
        // another content must have another version
        long version = Version.next(session.version(), SessionDelta.newStamp());
        return new SessionSnapshot(
                session.key(),
                version,
                session.createdAt(),
                session.lastAccessedAt(),
                session.maxInactive(),
                attributes,
                session.removed(),
                session.token());
    }

    private static byte[] damaged(byte[] bytes) {
        byte[] damaged = bytes.clone();
        switch (damage) {
            case "cut" -> damaged = Arrays.copyOf(damaged, RANDOM.nextInt(damaged.length));
            case "flip" -> damaged[RANDOM.nextInt(damaged.length)] ^= (byte) (1 << RANDOM.nextInt(8));
            default -> RANDOM.nextBytes(damaged);
        }
        return damaged;
    }

    @Override
    public Saved save(SessionSnapshot base, SessionDelta delta) {
        return inner.save(base, delta);
    }

    @Override
    public Set<SessionKey> touch(Collection<Touch> touches) {
        return inner.touch(touches);
    }

    @Override
    public Removed remove(SessionKey key, Removal how) {
        return inner.remove(key, how);
    }

    @Override
    public void ping() {
        inner.ping();
    }

    @Override
    public void close() {
        inner.close();
    }

    @Override
    public int togetherWith(SessionKey session) {
        return ((ExpiryClaims) inner).togetherWith(session);
    }

    @Override
    public List<Claim> claimExpired(Collection<SessionKey> suspects, int limit, Duration lease) {
        return ((ExpiryClaims) inner).claimExpired(suspects, limit, lease);
    }

    @Override
    public void confirm(Collection<Claim> claims) {
        ((ExpiryClaims) inner).confirm(claims);
    }
}
