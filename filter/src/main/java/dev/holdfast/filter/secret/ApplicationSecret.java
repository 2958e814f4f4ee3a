package dev.holdfast.filter.secret;

import dev.holdfast.spi.SessionKey;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The keys that one secret gives for one application. With the same secret, applications share none of them. Thread-safe. */
final class ApplicationSecret {

    /** What a guessed id has to hit, besides a session that there is. */
    static final int PROOF_BYTES = 10;

    private final String application;
    private final Prf proofs;
    private final HiddenText keys;
    private final HiddenText successors;
    private final Prf sessions;

    /** @param secret the pseudorandom key that was extracted from it */
    ApplicationSecret(Prf secret, String application) {
        this.application = application;
        this.proofs = new Prf(secret.derive("id", application));
        this.keys = new HiddenText(secret.derive("key tag", application), secret.derive("key cipher", application));
        this.successors = new HiddenText(
                secret.derive("successor tag", application), secret.derive("successor cipher", application));
        this.sessions = new Prf(secret.derive("session", application));
    }

    /** What follows the random part of an id that was made with this secret. */
    byte[] proof(byte[] random) {
        return Arrays.copyOf(proofs.of(random), PROOF_BYTES);
    }

    boolean isProof(byte[] random, byte[] proof) {
        return MessageDigest.isEqual(proof(random), proof);
    }

    /** The key under which the store keeps a session. */
    SessionKey hide(SessionKey key) {
        return new SessionKey(application, keys.hide("", key.opaque()));
    }

    /** Null if it is no key of this secret. */
    @Nullable
    SessionKey open(SessionKey stored) {
        return key(keys.open("", stored.opaque()));
    }

    /** A successor as the tombstone of {@code stored} names it: put into another tombstone it leads nowhere. */
    SessionKey hideSuccessor(SessionKey stored, SessionKey successor) {
        return new SessionKey(application, successors.hide(stored.opaque(), successor.opaque()));
    }

    @Nullable
    SessionKey openSuccessor(SessionKey stored, SessionKey successor) {
        return key(successors.open(stored.opaque(), successor.opaque()));
    }

    private @Nullable SessionKey key(@Nullable String opaque) {
        return opaque != null && SessionKey.isOpaque(opaque) ? new SessionKey(application, opaque) : null;
    }

    SessionSeal seal(SessionKey stored) {
        return new SessionSeal(sessions, application, stored.opaque());
    }
}
