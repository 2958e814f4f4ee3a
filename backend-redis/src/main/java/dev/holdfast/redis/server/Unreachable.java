package dev.holdfast.redis.server;

import org.jspecify.annotations.Nullable;

/** No connection to a server, so nothing has been sent to it. The message is for an operator, and names the server. */
final class Unreachable extends Exception {

    private static final long serialVersionUID = 1;

    /** What the reason says about a second try. */
    enum Reason {
        /** No answer in time. */
        SLOW,
        /** It is there, but loading, or no master: that passes, or another server is the master now. */
        NO_MASTER,
        /** Anything else, such as a refused connection or password. */
        REFUSED
    }

    private final Reason reason;

    Unreachable(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
