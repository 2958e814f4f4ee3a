package dev.holdfast.filter.http;

/**
 * What happens before bytes of an answer leave: the state that the request has changed is saved. <i>Whoever has seen the first
 * byte of an answer can read everything that the request had changed by then; whoever has the whole answer, everything.</i>
 *
 * <p>Called by the threads that write the answer, one at a time.
 */
interface SavePoint {

    /** Whether {@link #save} might have anything to do. A field read when nothing is unsaved: asked at every write. */
    boolean isPending();

    /**
     * Returns when everything that was changed so far is saved. May block for as long as the store's timeout.
     *
     * @throws RuntimeException if it is not saved; {@link #hasFailed} is true from then on
     */
    void save();

    /** Whether an answer to this request would be a lie: from then on nothing that the application writes leaves. */
    boolean hasFailed();
}
