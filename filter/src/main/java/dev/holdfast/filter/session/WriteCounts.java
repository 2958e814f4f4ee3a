package dev.holdfast.filter.session;

import java.util.concurrent.atomic.LongAdder;

/** What has become of changes that were acknowledged before they were stored. Since the start; thread-safe. */
public final class WriteCounts {

    /** Commits that were acknowledged although the store did not have them yet. */
    public final LongAdder kept = new LongAdder();

    /** Sessions brought up to date in the store by merging, after it was away. */
    public final LongAdder replayed = new LongAdder();

    /** Changes of single attributes given up in a replay, because somebody else had changed them in the store since. */
    public final LongAdder conflicts = new LongAdder();

    /** Sessions whose changes were given up because the session had ended meanwhile, or had been lost by the store. */
    public final LongAdder superseded = new LongAdder();

    /** Sessions of which acknowledged changes are lost: the store refuses them, or this node stopped before they could be stored. */
    public final LongAdder lost = new LongAdder();

    /** Commits that found no room to wait: saved by their own request, or refused if the store is away. */
    public final LongAdder full = new LongAdder();

    /** Requests that went on with the copy here because the store could not be asked. */
    public final LongAdder servedLocally = new LongAdder();

    /** Ends of sessions that were acknowledged although the store had not answered. */
    public final LongAdder endsKept = new LongAdder();

    WriteCounts() {}
}
