package dev.holdfast.memcached.node;

import dev.holdfast.spi.StoreException;

/**
 * The cause of a {@link StoreException} that says that a server has answered, and does not do it, such as one whose memory is
 * full and that may not evict (-M): nothing was changed, and asking again is of no use.
 */
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1;

    Refusal() {
        super("refused", null, false, false);
    }

    public static boolean is(StoreException e) {
        return e.getCause() instanceof Refusal || e.getCause() instanceof StoreException cause && is(cause);
    }
}
