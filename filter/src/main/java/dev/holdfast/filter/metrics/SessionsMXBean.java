package dev.holdfast.filter.metrics;

/**
 * The sessions of one application on this node, as {@code dev.holdfast:type=Sessions}. Counts begin with the application's start
 * and only grow. {@code docs/operations.md} says what to make of each.
 */
public interface SessionsMXBean {

    /** The name under which the store keeps this application's sessions. */
    String getApplication();

    /** The address of the store, without password. */
    String getStore();

    /** Sessions of which this node has a copy. */
    int getLiveSessions();

    /** New sessions. */
    long getCreatedSessions();

    /** New sessions that were refused because of {@code max-active-sessions}. */
    long getRejectedSessions();

    /** Sessions that the application ended. */
    long getInvalidatedSessions();

    /** Expired sessions whose listeners ran on this node. */
    long getExpiredSessions();

    /** Ids changed, as by a login. */
    long getChangedIds();

    /** Copies dropped because {@code near-cache} was full. */
    long getEvictedCopies();

    /** Sessions that the store had lost and that were written again from a copy. */
    long getRebuiltSessions();

    /** Requests that used this node's copy without asking the store ({@code mode=sticky}). */
    long getTrustedReads();

    /** Attributes that could not be read on this node. */
    long getUndecodableAttributes();

    /** Values set that cannot travel and stay on this node ({@code unserializable=local}). */
    long getLocalAttributes();

    /** Requests answered with 503 because their session could not be read or saved. */
    long getWithheldAnswers();

    /** Answers broken off, or out already, when their session turned out not to be saved. */
    long getBrokenAnswers();

    /** Sessions that requests had for themselves ({@code lock}). */
    long getLocksTaken();

    /** Requests that did not get their session in time ({@code lock-wait}). */
    long getLocksRefused();

    /** How long requests waited for locks, together, in milliseconds. */
    long getLockWaitMillis();

    /** Sessions with changes that were acknowledged and are not stored yet ({@code write=async}, {@code on-store-failure=local}). */
    int getWaitingSessions();

    /** How much memory these changes take, about, in bytes. */
    long getWaitingBytes();

    /** Requests that were answered before their changes were stored. */
    long getWrittenLater();

    /** Requests whose changes found no room to wait. */
    long getBacklogFull();

    /** Requests that went on with the copy here because the store did not answer. */
    long getServedLocally();

    /** Sessions brought up to date in the store after it was away. */
    long getReplayedSessions();

    /** Changes of attributes given up then, because another node had changed them too. */
    long getReplayConflicts();

    /** Sessions whose waiting changes were given up, because the session had ended or was lost meanwhile. */
    long getSupersededSessions();

    /** Sessions of which acknowledged changes are lost. */
    long getLostSessions();

    /** Ends of sessions that were acknowledged before the store had answered. */
    long getEndsAhead();
}
