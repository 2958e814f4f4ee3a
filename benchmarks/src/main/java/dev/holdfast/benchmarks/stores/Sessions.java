package dev.holdfast.benchmarks.stores;

import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Sessions as stores get them: names and bytes. */
public final class Sessions {

    private Sessions() {}

    /** As the filter's: 160 bits in 27 characters. */
    public static SessionKey key(Random random) {
        return new SessionKey(
                OpenStore.APPLICATION, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(random, 20)));
    }

    /** Attributes of one size that cannot be compressed. */
    public static Map<String, byte[]> attributes(Random random, int count, int size) {
        Map<String, byte[]> attributes = new HashMap<>();
        for (int i = 0; i < count; i++) {
            attributes.put("text" + i, bytes(random, size));
        }
        return attributes;
    }

    static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    static SessionDelta delta(Map<String, byte[]> changed) {
        return new SessionDelta(SessionDelta.newStamp(), changed, Set.of(), Duration.ZERO, null);
    }

    /**
     * A new session.
     *
     * @return as the store has it now
     */
    public static SessionSnapshot create(SessionStore store, SessionKey key, Map<String, byte[]> attributes) {
        SessionSnapshot initial = SessionSnapshot.initial(key, Instant.now(), Duration.ofMinutes(30));
        return save(store, initial, delta(attributes));
    }

    static SessionSnapshot save(SessionStore store, SessionSnapshot base, SessionDelta delta) {
        if (store.save(base, delta) instanceof Saved.Done done) {
            return base.apply(delta, done.version(), System.currentTimeMillis()).withToken(done.token());
        }
        throw new IllegalStateException("a save was refused");
    }
}
