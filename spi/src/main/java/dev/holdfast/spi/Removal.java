package dev.holdfast.spi;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * How a session is to be removed.
 *
 * @param op the identity of this removal: a repeat with the same one gets the same answer, as its first answer may have
 *     been lost on the way. Not zero
 * @param expectedVersion remove only if the session is at this very version; {@link Version#NONE}: at any
 * @param successor where the session goes on after its id was changed, null if it ends. Told only to saves of requests
 *     that had loaded the session before
 */
public record Removal(
        long op, long expectedVersion, @Nullable SessionKey successor) {

    /** The application ends the session, whatever its version. */
    public static Removal invalidation() {
        return new Removal(newOp(), Version.NONE, null);
    }

    /** The session goes on under {@code successor}, if it is still as the caller copied it. */
    public static Removal renaming(long expectedVersion, SessionKey successor) {
        return new Removal(newOp(), expectedVersion, successor);
    }

    /**
     * How a store may carry out {@link ExpiryClaims#confirm} for one session, as {@link SessionLifecycle#remove} takes it. For
     * use inside of stores: callers confirm by {@link ExpiryClaims#confirm}, and a store with another way to do that need not
     * know this one.
     */
    public static Removal confirming(Claim claim) {
        return new Removal(claim.op(), Version.NONE, null);
    }

    /** A fresh identity. */
    public static long newOp() {
        long op;
        do {
            op = ThreadLocalRandom.current().nextLong();
        } while (op == 0);
        return op;
    }
}
