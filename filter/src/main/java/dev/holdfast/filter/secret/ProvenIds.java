package dev.holdfast.filter.secret;

import dev.holdfast.filter.session.SessionIds;
import dev.holdfast.spi.SessionKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which secret an id was made with; one that was made with none costs no call to the store. Thread-safe. */
public final class ProvenIds implements SessionIds.Proof {

    private final List<ApplicationSecret> secrets;

    ProvenIds(List<ApplicationSecret> secrets) {
        this.secrets = secrets;
    }

    @Override
    public int length() {
        return ApplicationSecret.PROOF_BYTES;
    }

    @Override
    public byte[] of(byte[] random) {
        return secrets.get(0).proof(random);
    }

    @Override
    public boolean isOf(byte[] random, byte[] proof) {
        return find(random, proof) != null;
    }

    private @Nullable ApplicationSecret find(byte[] random, byte[] proof) {
        for (ApplicationSecret secret : secrets) {
            if (secret.isProof(random, proof)) {
                return secret;
            }
        }
        return null;
    }

    /** The secret that a session was made with; the first if its id tells none. */
    ApplicationSecret secretOf(SessionKey key) {
        if (secrets.size() > 1) {
            ApplicationSecret found = SessionIds.parts(key.opaque(), length(), this::find);
            if (found != null) {
                return found;
            }
        }
        return secrets.get(0);
    }

    List<ApplicationSecret> all() {
        return secrets;
    }
}
