package dev.holdfast.filter.session;

/**
 * What the settings say about changes that are acknowledged before they are stored.
 *
 * @param async whether they wait for a thread of our own as a rule; for nodes that a session's requests keep to
 * @param local whether requests go on with what is here while the store is away; else they fail
 * @param sticky whether requests say which node has served their session last: then no other one goes on with an old copy
 * @param mostWaiting the most sessions of which changes may wait, positive
 * @param mostBytes the most memory that these changes may take, about; positive
 */
public record WriteRules(boolean async, boolean local, boolean sticky, int mostWaiting, long mostBytes) {

    /** Nothing is acknowledged before it is stored. */
    public static final WriteRules STORED_FIRST = new WriteRules(false, false, false, 1, 1);

    /** Whether anything may ever wait. */
    boolean mayWait() {
        return async || local;
    }
}
