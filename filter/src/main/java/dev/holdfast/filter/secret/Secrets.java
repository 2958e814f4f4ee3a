package dev.holdfast.filter.secret;

import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.SessionLocks;
import dev.holdfast.spi.SessionStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The value of the setting {@code secret}: one secret, or several while they are being changed. New sessions are made with the first;
 * a session stays with the one that it was made with, which its id tells, until it ends or its id is changed. Immutable.
 */
public final class Secrets {

    private static final int LEAST_BYTES = 16;
    private static final int LEAST_DIFFERENT = 6;
    private static final String HOW = "; make one with: openssl rand -base64 32";

    private static final Prf EXTRACTOR = new Prf("holdfast session secret 1".getBytes(StandardCharsets.US_ASCII));

    private final List<Prf> extracted;

    private Secrets(List<Prf> extracted) {
        this.extracted = extracted;
    }

    /**
     * @param text secrets separated by commas
     * @throws IllegalArgumentException if one is too weak; the message goes on after the setting's name, and shows none
     */
    public static Secrets parse(String text) {
        List<Prf> extracted = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (String part : text.split(",", -1)) {
            String secret = part.strip();
            if (secret.isEmpty()) {
                throw new IllegalArgumentException("has nothing before or after a comma");
            }
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            if (bytes.length < LEAST_BYTES) {
                throw new IllegalArgumentException(
                        "has a secret of less than " + LEAST_BYTES + " characters, which can be guessed" + HOW);
            }
            if (secret.chars().distinct().count() < LEAST_DIFFERENT) {
                throw new IllegalArgumentException("has a secret of less than " + LEAST_DIFFERENT
                        + " different characters, which can be guessed" + HOW);
            }
            if (!seen.add(secret)) {
                throw new IllegalArgumentException("has the same secret twice");
            }
            extracted.add(new Prf(EXTRACTOR.of(bytes)));
        }
        return new Secrets(List.copyOf(extracted));
    }

    /** What they are for one application's session ids. */
    public ProvenIds ids(String application) {
        return new ProvenIds(of(application));
    }

    /** By which the nodes of a store know each other, see {@link dev.holdfast.spi.StoreContext#keys}. */
    public List<byte[]> nodeKeys(String application) {
        return extracted.stream()
                .map(secret -> secret.derive("nodes of the store", application))
                .toList();
    }

    /**
     * A store around the store, which hides from it what it keeps. It claims expired sessions if {@code store} does; for its
     * locks see {@link #locks}.
     */
    public SessionStore around(SessionStore store, String application) {
        ProvenIds ids = ids(application);
        return store instanceof ExpiryClaims claims
                ? new ClaimingSealedStore(store, claims, ids)
                : new SealedStore(store, ids);
    }

    /** Asked for by the ids of sessions; the store sees them under the keys of these sessions. */
    public SessionLocks locks(SessionLocks store, String application) {
        ProvenIds ids = ids(application);
        return (key, lease, wait) -> store.tryLock(ids.secretOf(key).hide(key), lease, wait);
    }

    private List<ApplicationSecret> of(String application) {
        return extracted.stream()
                .map(secret -> new ApplicationSecret(secret, application))
                .toList();
    }

    @Override
    public String toString() {
        return extracted.size() == 1 ? "a secret" : extracted.size() + " secrets";
    }
}
