package dev.holdfast.filter.session;

import dev.holdfast.filter.codec.AttributeCodec;
import dev.holdfast.filter.codec.EncodingException;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All sessions of one application on this node; nothing outside this package talks to the store. Thread-safe.
 *
 * <p>A request {@linkplain #enter enters} the session it uses, or {@linkplain #create creates} one, {@linkplain #commit
 * commits} before bytes leave, and {@linkplain #leave leaves} when it (async included) is over. A store that fails shows as
 * {@link StoreException} from enter, commit, invalidate and changeId.
 */
public final class Sessions implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Sessions.class);

    /** For bringing to the store what waits when the application is stopped. */
    private static final Duration LAST_PATIENCE = Duration.ofSeconds(10);

    private final SessionStore store;
    private final AttributeCodec codec;
    private final SessionEvents events;
    private final SessionRules sessionRules;
    private final TimeSource time;
    private final Function<LiveSession, HttpSession> views;

    private final AttributeRules attributeRules;
    private final SessionIds ids;
    private final NearCache cache;
    private final IdChange idChange;
    private final Ending ending;
    private final Loading loading;
    private final Backlog backlog;
    private final Committing committing;
    private final Background background;
    private final WriteCounts writeCounts = new WriteCounts();

    private final SessionCounts counts = new SessionCounts();

    private volatile boolean closed;

    /** When the store last failed to answer; {@link #hasFailed} says if it ever did. */
    private volatile long lastFailureNanos;

    private volatile boolean hasFailed;

    /** Whether the last call that ended found the store away. Two threads may set it at once: the next call sets it right. */
    private volatile boolean failing;

    /**
     * Takes the store over: {@link #close} closes it. Nothing runs in the background before {@link #start}.
     *
     * @param ids how ids are made
     * @param views makes the object that the application sees of a session; called once for each
     */
    public Sessions(
            SessionStore store,
            AttributeCodec codec,
            SessionIds ids,
            SessionEvents events,
            SessionRules sessionRules,
            TimeSource time,
            Function<LiveSession, HttpSession> views) {
        this.store = store;
        this.codec = codec;
        this.ids = ids;
        this.events = events;
        this.sessionRules = sessionRules;
        this.time = time;
        this.views = views;
        this.attributeRules = new AttributeRules(sessionRules, counts);
        this.cache = new NearCache(sessionRules.nearCacheSize());
        WriteRules writes = sessionRules.writes();
        Saving saving = new Saving(this, store);
        Replay replay = new Replay(this, store, saving, writeCounts);
        this.backlog = new Backlog(this, saving, replay, writes, writeCounts);
        this.ending = new Ending(this, store, writes, writeCounts);
        this.committing = new Committing(this, saving, backlog, ending, writes, writeCounts);
        this.idChange = new IdChange(this, store, saving, committing, ending);
        this.loading = new Loading(this, store, saving, ending, backlog, writes, writeCounts);
        this.background = new Background(this, store, ending, cache, backlog, sessionRules.application());
    }

    /** Starts the threads that touch, expire and send what waits; the context class loader of this call is theirs. */
    public void start() {
        background.start();
    }

    /**
     * The valid session with this id, entered; the caller must {@link #leave} it. Answered from a load that began after the
     * request arrived (shared with other requests that did). Counts as an access and as the client's joining.
     *
     * @param id from a client; anything that is not well formed, or was not made with our secret, costs no store call
     * @param arrivedNanos when the request reached the filter, by {@link TimeSource#nanos}
     * @return null if there is no such session
     * @throws StoreException if the store cannot say
     */
    public @Nullable LiveSession enter(String id, long arrivedNanos) {
        return enter(id, arrivedNanos, arrivedNanos);
    }

    /**
     * As {@link #enter(String, long)}, for a request that has waited for the session since it arrived.
     *
     * @param waitedUntilNanos the answer is from a load that began after this
     */
    public @Nullable LiveSession enter(String id, long arrivedNanos, long waitedUntilNanos) {
        return enter(id, arrivedNanos, waitedUntilNanos, false);
    }

    /**
     * As {@link #enter(String, long)}, for a request whose client says that this node served it last: a copy of which no other
     * node is known to have served the session is used as it is, without a store call.
     */
    public @Nullable LiveSession enterSettled(String id, long arrivedNanos) {
        return enter(id, arrivedNanos, arrivedNanos, true);
    }

    private @Nullable LiveSession enter(String id, long arrivedNanos, long waitedUntilNanos, boolean mayTrust) {
        requireOpen();
        if (!isWellFormed(id)) {
            return null;
        }
        while (true) {
            LiveSession live = cache.get(id);
            if (live == null) {
                if (!ids.isGenuine(id) || ending.owedEnds().contains(id)) {
                    return null;
                }
                LiveSession unknown = unknown(id);
                live = cache.putIfAbsent(id, unknown);
                live = live == null ? unknown : live;
            }
            if (!live.enter()) {
                cache.remove(id, live);
                continue;
            }
            boolean found = false;
            try {
                found = loading.freshen(live, arrivedNanos, waitedUntilNanos, mayTrust)
                        && live.id().equals(id);
            } finally {
                if (!found) {
                    leaveUnfound(live, id);
                }
            }
            if (found) {
                live.activate();
                live.joined(arrivedNanos);
                makeRoom();
                return live;
            }
            if (live.id().equals(id)) {
                return null;
            }
            // its id was changed on this node while we looked: what the client came with must be asked for by itself
        }
    }

    private LiveSession unknown(String id) {
        SessionSnapshot nothing = SessionSnapshot.initial(
                new SessionKey(sessionRules.application(), id), Instant.EPOCH, sessionRules.defaultMaxInactive());
        return new LiveSession(this, nothing, LiveSession.State.UNKNOWN);
    }

    private void leaveUnfound(LiveSession live, String id) {
        live.quit();
        if (live.state() == LiveSession.State.UNKNOWN && live.retire()) {
            cache.remove(id, live);
        }
    }

    private void makeRoom() {
        LiveSession evicted = cache.evictOne(time.nanos());
        if (evicted != null) {
            counts.evicted.increment();
            background.evicted(evicted);
        }
    }

    /** Whether text has the form of an id of ours. No allocation. */
    public boolean isWellFormed(String id) {
        return ids.isWellFormed(id);
    }

    /** Whether any session is known on this node: if not, {@link #noteAccess} need not be called. No allocation. */
    public boolean knowsAny() {
        return !cache.isEmpty();
    }

    /**
     * A request carries the id of a session, but has not asked for the session: an access all the same (Servlet 6.0 §7.6).
     * No store call in this thread, and nothing at all for ids that are not known here. A request notes its access before it
     * may enter the session: both are one access then, which equal arrivals tell ({@code lastAccessedMillis} moves on once).
     * One that comes after the idle limit is no access: it would bring the session back before {@link #enter} can end it.
     *
     * @return whether a session with this id is known here
     */
    public boolean noteAccess(String id, long arrivedNanos) {
        LiveSession live = cache.get(id);
        if (live == null || live.state() != LiveSession.State.VALID) {
            return false;
        }
        if (live.isActive() || !live.isPastIdleLimit()) {
            live.joined(arrivedNanos);
        }
        return true;
    }

    /**
     * There is a sign that another node serves the session too, or may soon: for a while requests ask the store. To be called for
     * every request whose client does not say that this node served it last, when it arrives, and before bytes leave by which
     * the client may say so from then on. No store call; nothing at all for ids that are not known here.
     */
    public void servedElsewhere(String id) {
        LiveSession live = cache.get(id);
        if (live != null) {
            live.servedElsewhere(time.nanos());
        }
    }

    /** Whether a request that arrived then has run for so long that what it saves may come after its client changed over. */
    public boolean isLong(long arrivedNanos) {
        return time.nanos() - arrivedNanos >= Confirmation.LONG_REQUEST.toNanos();
    }

    /**
     * A new session with a fresh id, entered; listeners have been told. No store call: the first commit creates it there.
     *
     * @throws IllegalStateException if this node has as many sessions as it may
     */
    public LiveSession create() {
        requireOpen();
        requireRoom();
        SessionSnapshot initial = SessionSnapshot.initial(
                newKey(), Instant.ofEpochMilli(time.wallMillis()), sessionRules.defaultMaxInactive());
        LiveSession live = new LiveSession(this, initial, LiveSession.State.VALID);
        if (!live.enter() || cache.putIfAbsent(live.id(), live) != null) {
            throw new IllegalStateException("a fresh session id is taken"); // 160 random bits: never
        }
        live.activate();
        makeRoom();
        counts.created.increment();
        events.created(live.view());
        return live;
    }

    private void requireRoom() {
        if (cache.size() >= sessionRules.maxActiveSessions()) {
            counts.rejected.increment();
            throw new IllegalStateException("no new session: this node has " + sessionRules.maxActiveSessions()
                    + " (max-active-sessions); requests that have one are served");
        }
    }

    /**
     * Uses a session again for another dispatch of a request that had entered or created it and has left it: an error page.
     * Neither an access nor the client's joining; no store call.
     *
     * @return false if it is not valid any more, or no longer the live copy of this node: enter it by its id then
     */
    public boolean reenter(LiveSession session) {
        if (!session.isValid() || !session.enter()) {
            return false;
        }
        session.activate();
        return true;
    }

    /**
     * Ends the use by one request. Never throws for the store's sake. No store call in this thread, unless somebody outside of
     * any request has changed the session since this one's last commit. Must be called once per enter or create.
     */
    public void leave(LiveSession session) {
        boolean unused = session.leave(time.nanos());
        if (!unused || session.state() != LiveSession.State.VALID) {
            return;
        }
        if (session.isUnsaved()) {
            if (session.retire()) {
                cache.remove(
                        session.id(), session); // its first save failed, and was not acknowledged: no client has its id
            }
        } else if (session.mayNeedCommit() && cache.get(session.id()) == session) {
            // Whoever changed it relied on a request that was there to save it. One whose commit failed is not here any
            // more.
            try {
                commit(session);
            } catch (StoreException | EncodingException e) {
                log.warn(
                        "a change of session {} from outside of its requests is lost: {}",
                        session.key(),
                        e.getMessage());
            }
        }
    }

    /**
     * Returns when every change that was made to the session before this call is in the store, or waits to be brought there as the
     * {@link WriteRules} allow. Does nothing for an invalid session or one without changes.
     *
     * @throws StoreException if it is not, or not known to be
     * @throws EncodingException if a value cannot be encoded
     */
    public void commit(LiveSession session) {
        committing.commit(session);
    }

    /** As {@link #commit}, but nothing waits, whatever the rules allow: others rely on it, as after the release of a lock. */
    public void commitStored(LiveSession session) {
        committing.commitStored(session);
    }

    /** What was changed here and is not in the store must not get there: later requests load anew. */
    public void giveUp(LiveSession session) {
        committing.giveUp(session);
    }

    /**
     * Gives the session a new id (Servlet 6.0, {@code HttpServletRequest.changeSessionId}), in the store too: the old one is
     * dead on every node when this returns, and no parallel write is lost. Id listeners have been called.
     *
     * @param knownId the id by which the request knows the session. If another request has changed it since, on this node or
     *     another, that change is the answer to both: of two clicks on "log in" each answer then carries the same id, and it
     *     does not matter which of them the browser keeps
     * @return the new id
     * @throws IllegalStateException if the session is no longer valid
     * @throws StoreException if the store did not do it, or is not known to have
     */
    public String changeId(LiveSession session, String knownId) {
        if (!session.isValid()) {
            throw new IllegalStateException("changeSessionId: session is no longer valid");
        }
        if (idChange.change(session, knownId)) {
            counts.changedIds.increment();
            events.idChanged(session.view(), knownId);
        }
        return session.id();
    }

    void invalidate(LiveSession session) {
        requireOpen();
        ending.invalidate(session);
    }

    /**
     * Lets the threads go, brings to the store what waits, for ten seconds at the most, tells it of accesses, closes it. References
     * go on reading; writes throw. Ends no session, unless {@link SessionRules#expiresOnStop}.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (sessionRules.expiresOnStop()) {
            endAll();
        }
        closed = true;
        background.stop(sessionRules.policy().timeout());
        sendTheRest();
        try {
            background.touch(true);
        } catch (StoreException e) {
            log.info("the last accesses were not stored: {}", e.getMessage());
        } finally {
            store.close();
        }
    }

    /** Those that are here: what this node never saw, or had to drop, expires in its time. */
    private void endAll() {
        int ended = 0;
        for (LiveSession live : cache.all()) {
            try {
                if (live.state() == LiveSession.State.VALID) {
                    ending.invalidate(live);
                    ended++;
                }
            } catch (StoreException e) {
                log.warn("expire-on-stop: the other sessions stay, the store does not answer: {}", e.getMessage());
                break;
            }
        }
        log.info("expire-on-stop: {} sessions ended", ended);
    }

    private void sendTheRest() {
        backlog.close();
        long deadline = System.nanoTime() + LAST_PATIENCE.toNanos();
        boolean isThere = true;
        while (isThere && backlog.size() > 0 && System.nanoTime() - deadline < 0) {
            isThere = backlog.drain(deadline);
        }
        if (backlog.size() > 0) {
            writeCounts.lost.add(backlog.size());
            log.error(
                    "acknowledged changes of {} sessions are lost: they could not be stored before the end{}",
                    backlog.size(),
                    isThere ? ", for want of time" : ", the store is away");
        }
        if (ending.owedEnds().size() > 0) {
            ending.owedEnds().repeat();
        }
        if (ending.owedEnds().size() > 0) {
            log.error(
                    "{} sessions were ended here, but the store does not know it: they live on there",
                    ending.owedEnds().size());
        }
    }

    // ---------------------------------------------------------------- for operators

    /** What has become of changes that were acknowledged before they were stored. */
    public WriteCounts writeCounts() {
        return writeCounts;
    }

    /** How many sessions have changes that were acknowledged and are not stored. */
    public int waitingSessions() {
        return backlog.size();
    }

    /** How much memory these changes take, about. */
    public long waitingBytes() {
        return backlog.bytes();
    }

    /** How many sessions this node has a copy of: those in use, and up to {@link SessionRules#nearCacheSize} others. */
    public int liveCount() {
        return cache.size();
    }

    /** What has happened since the start. */
    public SessionCounts counts() {
        return counts;
    }

    // ---------------------------------------------------------------- for this package

    /** @throws IllegalStateException after {@link #close} */
    void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the session store of this application has been closed");
        }
    }

    /** Whether {@link #close} has begun: the store may be closed at any moment. */
    boolean isClosed() {
        return closed;
    }

    /** Calls the store, and remembers when it last failed. */
    <T> T asking(Supplier<T> call) {
        try {
            T answer = call.get();
            if (failing) {
                failing = false;
            }
            return answer;
        } catch (StoreException e) {
            if (StoreFailure.isOutage(e)) {
                lastFailureNanos = time.nanos();
                hasFailed = true;
                failing = true;
            }
            throw e;
        }
    }

    /** As {@link #asking}, once more if there was no answer. Only for calls whose repeat gets the same answer. */
    <T> T askingTwice(Supplier<T> call) {
        try {
            return asking(call);
        } catch (StoreException e) {
            if (!StoreFailure.isOutage(e)) {
                throw e;
            }
            try {
                return asking(call);
            } catch (StoreException again) {
                again.addSuppressed(e);
                throw again;
            }
        }
    }

    /** Whether the store was away when it was asked last. */
    boolean isFailing() {
        return failing;
    }

    /** Whether the store has not failed for that long. */
    boolean hasBeenReachableFor(Duration duration) {
        return !hasFailed || time.nanos() - lastFailureNanos >= duration.toNanos();
    }

    /** The copy is out of line with the store, or of no use any more: later requests load anew. */
    void drop(LiveSession session) {
        session.retireInUse();
        cache.remove(session.id(), session);
        doubtOther(session, session.id());
    }

    /** What was done by one copy is not known to another that took its place in the near cache. */
    void doubtOther(LiveSession session, String id) {
        LiveSession other = cache.get(id);
        if (other != null && other != session) {
            other.servedElsewhere(time.nanos());
        }
    }

    /** The session is over for this node; whoever ended it has told the listeners, or will. */
    void ended(LiveSession session) {
        session.endUnlessHere();
        drop(session);
    }

    /** The session has another id now. If a copy is here under that already, this one serves only its own requests to the end. */
    void moved(LiveSession session, String oldId) {
        cache.remove(oldId, session);
        doubtOther(session, oldId);
        LiveSession other = cache.putIfAbsent(session.id(), session);
        if (other != null && other != session) {
            session.retireInUse();
            doubtOther(session, session.id());
        }
    }

    /** What waits, for tests that decide themselves when it is sent. */
    Backlog backlog() {
        return backlog;
    }

    /** What the threads do, for tests that decide themselves when it happens. */
    Background background() {
        return background;
    }

    SessionKey newKey() {
        return new SessionKey(sessionRules.application(), ids.next());
    }

    @Nullable
    LiveSession cached(String id) {
        return cache.get(id);
    }

    /** The copies that are in the near cache. */
    Collection<LiveSession> all() {
        return cache.all();
    }

    HttpSession viewOf(LiveSession session) {
        return views.apply(session);
    }

    AttributeCodec codec() {
        return codec;
    }

    SessionEvents events() {
        return events;
    }

    SessionRules sessionRules() {
        return sessionRules;
    }

    AttributeRules rules() {
        return attributeRules;
    }

    TimeSource time() {
        return time;
    }

    Logger log() {
        return log;
    }
}
