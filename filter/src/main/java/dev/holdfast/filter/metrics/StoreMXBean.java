package dev.holdfast.filter.metrics;

import java.util.Map;

/**
 * The calls of one application on this node to its store, as {@code dev.holdfast:type=Store}. Counts and times begin with the
 * application's start and only grow; times are in microseconds. {@code docs/operations.md} says what to make of each.
 */
public interface StoreMXBean {

    /** Loads, failed ones included. */
    long getLoads();

    /** Loads that brought the session. */
    long getLoadsFound();

    /** Loads that found that this node's copy is the newest. */
    long getLoadsUnchanged();

    /** Loads that found no session: never there, ended, or lost. */
    long getLoadsGone();

    /** Loads that had no answer. */
    long getLoadsFailed();

    /** How long all loads took together. */
    long getLoadMicros();

    /** How long the longest one took. */
    long getLongestLoadMicros();

    /** Bytes of attributes that loads have brought. */
    long getBytesLoaded();

    /** Saves, failed ones included. */
    long getSaves();

    /** Saves that met changes of other nodes, which were kept. */
    long getSavesMerged();

    /** Saves that found the session ended, or its id changed. */
    long getSavesRefused();

    /** Saves that found that the store has lost the session. */
    long getSavesLost();

    /** Saves that had no answer: they may have been carried out. */
    long getSavesFailed();

    /** How long all saves took together. */
    long getSaveMicros();

    /** How long the longest one took. */
    long getLongestSaveMicros();

    /** Bytes of attributes that saves have sent. */
    long getBytesSaved();

    /** Removals, by the application or by a change of the id. */
    long getRemovals();

    /** Removals that had no answer. */
    long getRemovalsFailed();

    /** Calls that told of accesses. */
    long getTouchCalls();

    /** Sessions whose accesses were told. */
    long getTouchedSessions();

    /** Those calls without an answer. */
    long getTouchCallsFailed();

    /** Calls for expired sessions. */
    long getClaimCalls();

    /** Expired sessions that this node was given to end. */
    long getClaimedSessions();

    /** Those calls without an answer. */
    long getClaimCallsFailed();

    /** Whether calls are refused at this moment, because the store has not answered. */
    boolean isBreakerOpen();

    /** How often the breaker opened. */
    long getBreakerOpenings();

    /** Calls refused without asking the store. */
    long getBreakerRefusals();

    /** What the store tells of itself, by name; its page says what each figure is. Empty if it tells nothing. */
    Map<String, Long> getFigures();
}
