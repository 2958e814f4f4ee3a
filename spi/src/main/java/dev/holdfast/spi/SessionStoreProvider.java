package dev.holdfast.spi;

import java.util.Set;

/**
 * Makes stores of one kind. Found by {@link java.util.ServiceLoader} under the scheme of the setting {@code store}. Needs a
 * public constructor without arguments, which must be cheap.
 */
public interface SessionStoreProvider {

    /** The schemes it serves, in lower case: what stands before the first colon of {@code store}, or all of it. */
    Set<String> schemes();

    /**
     * Reads and checks all settings of this kind of store, without connecting. Problems are noted in {@code settings}, which
     * reports them together with everybody else's; what is returned then is never opened.
     *
     * @param store the whole value of the setting {@code store}
     */
    ConfiguredStore configure(String store, Settings settings);

    /** A store whose settings have been read. */
    interface ConfiguredStore {

        /**
         * Connects.
         *
         * @throws StoreException UNAVAILABLE, with what to do about it
         */
        SessionStore open(StoreContext context) throws StoreException;
    }
}
