package dev.holdfast.filter.session;

import java.util.concurrent.atomic.LongAdder;

/** What has happened to the sessions of one application on this node since it started, counted. Thread-safe. */
public final class SessionCounts {

    /** New sessions made for requests here. */
    public final LongAdder created = new LongAdder();

    /** New sessions refused because this node had {@link SessionRules#maxActiveSessions}. */
    public final LongAdder rejected = new LongAdder();

    /** Sessions ended by the application on this node. */
    public final LongAdder invalidated = new LongAdder();

    /** Expired sessions whose listeners this node has called. */
    public final LongAdder expired = new LongAdder();

    /** Ids changed by requests here. */
    public final LongAdder changedIds = new LongAdder();

    /** Copies dropped because the near cache was full. */
    public final LongAdder evicted = new LongAdder();

    /** Sessions that the store had lost, and that were written again from the copy here. */
    public final LongAdder rebuilt = new LongAdder();

    /** Requests that used the copy here without asking the store, as {@code mode=sticky} allows. */
    public final LongAdder trusted = new LongAdder();

    /** Attributes that could not be read here and so were absent, each time that one was asked for and newly loaded. */
    public final LongAdder undecodable = new LongAdder();

    /** Values that stay on this node because they cannot travel, each time that one was set. */
    public final LongAdder keptLocal = new LongAdder();

    SessionCounts() {}
}
