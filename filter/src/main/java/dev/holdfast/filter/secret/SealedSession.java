package dev.holdfast.filter.secret;

import dev.holdfast.filter.codec.Undecrypted;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoredAttribute;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One session as the store has it, and as the application has it. Thread-safe. */
final class SealedSession {

    /** What stands before the stored name of an attribute that cannot be opened here, so that it can be told from the others. */
    private static final String UNOPENED = "encrypted:";

    private final ApplicationSecret secret;
    private final SessionKey plain;
    private final SessionKey stored;
    private @Nullable SessionSeal seal;

    SealedSession(ApplicationSecret secret, SessionKey plain, SessionKey stored) {
        this.secret = secret;
        this.plain = plain;
        this.stored = stored;
    }

    SessionKey plain() {
        return plain;
    }

    SessionKey stored() {
        return stored;
    }

    private synchronized SessionSeal seal() {
        if (seal == null) {
            seal = secret.seal(stored); // not for a session of which only the version is asked
        }
        return seal;
    }

    /** Attributes that cannot be opened are there all the same, undecryptable: their bytes must not be lost. */
    SessionSnapshot open(SessionSnapshot snapshot) {
        Map<String, StoredAttribute> attributes = new HashMap<>();
        snapshot.attributes().forEach((storedName, attribute) -> {
            SessionSeal.Opened opened = seal().open(storedName, attribute.bytes());
            if (opened == null) {
                attributes.putIfAbsent(
                        UNOPENED + storedName,
                        new StoredAttribute(Undecrypted.wrap(attribute.bytes()), attribute.mark()));
            } else {
                attributes.put(opened.name(), new StoredAttribute(opened.value(), attribute.mark()));
            }
        });
        return new SessionSnapshot(
                plain,
                snapshot.version(),
                snapshot.createdAt(),
                snapshot.lastAccessedAt(),
                snapshot.maxInactive(),
                attributes,
                Map.of(),
                snapshot.token());
    }

    /**
     * Null if an attribute cannot be opened: under its plain name the caller may know an older value, which only a load of the
     * whole session takes away.
     */
    Loaded.@Nullable Changed open(Loaded.Changed changed) {
        Map<String, StoredAttribute> attributes = new HashMap<>();
        for (Map.Entry<String, StoredAttribute> each : changed.attributes().entrySet()) {
            StoredAttribute attribute = each.getValue();
            SessionSeal.Opened opened = seal().open(each.getKey(), attribute.bytes());
            if (opened == null) {
                return null;
            }
            attributes.put(opened.name(), new StoredAttribute(opened.value(), attribute.mark()));
        }
        return new Loaded.Changed(
                changed.version(),
                changed.lastAccessedAt(),
                changed.maxInactive(),
                attributes,
                changed.token(),
                changed.idle(),
                changed.accessNoted());
    }

    /** Without attributes: a store has them itself. */
    SessionSnapshot base(SessionSnapshot base) {
        return new SessionSnapshot(
                stored,
                base.version(),
                base.createdAt(),
                base.lastAccessedAt(),
                base.maxInactive(),
                Map.of(),
                Map.of(),
                base.token());
    }

    SessionDelta delta(SessionDelta delta) {
        Map<String, byte[]> changed = new HashMap<>();
        delta.changed().forEach((name, value) -> {
            byte[] sealed = Undecrypted.unwrap(value);
            if (sealed != null && name.startsWith(UNOPENED)) {
                changed.putIfAbsent(name.substring(UNOPENED.length()), sealed);
            } else {
                String storedName = seal().nameOf(name);
                changed.put(storedName, seal().seal(storedName, name, value, delta.stamp()));
            }
        });
        Set<String> removed = new HashSet<>();
        for (String name : delta.removed()) {
            removed.add(seal().nameOf(name));
        }
        removed.removeAll(changed.keySet());
        return new SessionDelta(delta.stamp(), changed, removed, delta.age(), delta.maxInactive());
    }

    SessionKey hideSuccessor(SessionKey successor) {
        return secret.hideSuccessor(stored, successor);
    }

    /** Null for one that nobody with the secret put there. */
    @Nullable
    SessionKey openSuccessor(@Nullable SessionKey successor) {
        return successor == null ? null : secret.openSuccessor(stored, successor);
    }
}
