package dev.holdfast.spi;

import org.jspecify.annotations.Nullable;

/**
 * A store could not do what it was asked. Never means that a session is absent. Unchecked, because it crosses {@code
 * HttpSession} methods that declare nothing; the filter turns it into the answer 503.
 *
 * <p>The message is for an operator: endpoint, operation, numbers, cause; never a session id, an attribute or a secret.
 */
public final class StoreException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What went wrong, as far as the filter treats it differently. */
    public enum Kind {
        /** It could not be reached, or refused. For a write: it may or may not have been applied. */
        UNAVAILABLE,
        /** No answer in time. For a write: it may or may not have been applied. */
        TIMEOUT,
        /** The store holds bytes under this key that are no session. Nothing was changed. */
        CORRUPT,
        /** The session is larger than the store takes. Nothing was changed. */
        TOO_LARGE
    }

    private final Kind kind;

    public StoreException(Kind kind, String message) {
        this(kind, message, null);
    }

    public StoreException(Kind kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
