package dev.holdfast.filter.session;

/**
 * Another node has changed the id of a session that requests use here without the store having been asked. What they want stored is
 * not: they may have come minutes after the change, from somebody who only knows the old id. Not a {@link
 * dev.holdfast.spi.StoreException}: the store is not away, so nothing may wait for it.
 */
final class IdChangedElsewhereException extends RuntimeException {

    private static final long serialVersionUID = 1;

    IdChangedElsewhereException() {
        super("another node has changed the id of a session that was used here without asking the store:"
                + " requests with the old one end");
    }
}
