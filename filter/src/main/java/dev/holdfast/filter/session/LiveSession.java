package dev.holdfast.filter.session;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import jakarta.servlet.http.HttpSession;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One session on this node: the object behind the {@link HttpSession} that all its requests share. Thread-safe.
 *
 * <p>Methods that the Servlet specification lets throw {@link IllegalStateException} after invalidation do so here; {@link
 * #id}, {@link #maxInactiveSeconds} and its setter never do (Servlet 6.0, {@code HttpSession}).
 *
 * <p>Inside the package: the fields without other remark are guarded by {@code this}, which is never held while the store or
 * application code is called. The attribute table has a monitor of its own, taken after this one, never before it.
 */
public final class LiveSession {

    /** A removal and the key that it is about. */
    private record OpenRemoval(SessionKey key, Removal removal) {}

    /** A session's way: it may only move down this list. */
    enum State {
        /** Entered by a request that has not learned yet whether there is such a session. */
        UNKNOWN,
        VALID,
        /** Its listeners are being told of the end; everything is still readable. */
        ENDING,
        INVALID
    }

    private final Sessions sessions;
    private final AttributeTable table;
    private final AccessTimes times;
    private final SaveGate gate;
    private final HttpSession view;

    private volatile State state;
    private volatile SessionKey key;

    /**
     * The store's state that this copy was last brought in line with, with all its attributes: loads may bring only what has changed since
     * its version. Its key is the session's.
     */
    private SessionSnapshot base;

    /** The store's for the state that it told of last: a save that comes with it may need one trip less. See {@link #keepsToken}. */
    private @Nullable Object token;

    private Duration maxInactive;
    private boolean maxInactiveChanged;
    private volatile boolean isNew;

    /** Requests that have entered and not left. Expiry and eviction wait until there are none. */
    private int users;

    /** Those of them that have found the session: only their use counts as one. */
    private int activeUsers;

    /** Taken out of the near cache: whoever finds it here must look again. */
    private boolean retired;

    /** By the store. */
    private final Confirmation confirmation = new Confirmation();

    /** When a request was last let in without the store having answered for it; {@link #unasked} says if one of now was. */
    private long unaskedNanos;

    private boolean unasked;

    /** Counts the saves that completed, so that a load knows whether its answer is older than one. */
    private long savesCompleted;

    /**
     * Held while an answer of the store is put in place, so that two do not mix: a load that was found to be the newest must
     * still be so when it is in place. Taken before the others; no application code runs under it.
     */
    private final Object takingOver = new Object();

    /** When the load was sent whose answer was put in place last; before the first one, when the copy was made. */
    private long loadedNanos;

    /**
     * A load was put in place while a save was on its way: which of the two wrote an attribute last is not known here, so the
     * next load must bring everything.
     */
    private boolean mixed;

    /**
     * Holds changes that were acknowledged and that the store does not have: the near cache must keep it. Written under the save gate,
     * by {@link Backlog}.
     */
    private volatile boolean owing;

    /**
     * Since the first of these changes the store was away, or they have waited for long: others may have written since, so they are
     * brought there by a {@link Replay}. Written under the save gate.
     */
    private volatile boolean behind;

    /** How often changes were acknowledged before they were stored. */
    private long keeps;

    /** A removal that the store has not answered; its repeat must be the same one. */
    private @Nullable OpenRemoval openRemoval;

    /** Whether a save may find something to do. Set at any change, worked out anew after each save. */
    private volatile boolean attention;

    LiveSession(Sessions sessions, SessionSnapshot base, State state) {
        this.sessions = sessions;
        this.base = base;
        this.key = base.key();
        this.maxInactive = base.maxInactive();
        this.state = state;
        this.gate = new SaveGate(sessions.sessionRules().policy().timeout().multipliedBy(4));
        this.loadedNanos = sessions.time().nanos();
        this.table = new AttributeTable(sessions.codec(), sessions.rules(), () -> attention = true);
        this.times = new AccessTimes(sessions.time(), state == State.VALID);
        if (state == State.VALID) {
            this.isNew = true;
            this.attention = true;
        } else {
            // It comes from elsewhere, or was here before; what was known of it then is forgotten.
            this.confirmation.elsewhere(loadedNanos);
        }
        this.view = sessions.viewOf(this);
    }

    // ---------------------------------------------------------------- for the application, by its view

    /** The object that the application sees: the same for all requests of this session on this node. */
    public HttpSession view() {
        return view;
    }

    public String id() {
        return key.opaque();
    }

    /** Cheap: one volatile read. */
    public boolean isValid() {
        return state == State.VALID || state == State.ENDING;
    }

    public long createdAtMillis() {
        requireValid("getCreationTime");
        return createdAt().toEpochMilli();
    }

    /** The start of the request before this one, in milliseconds since 1970. */
    public long lastAccessedMillis() {
        requireValid("getLastAccessedTime");
        return times.previousMillis();
    }

    /** Until the client comes with the id. */
    public boolean isNew() {
        requireValid("isNew");
        return isNew;
    }

    public synchronized int maxInactiveSeconds() {
        return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, maxInactive.getSeconds()));
    }

    public void setMaxInactiveSeconds(int seconds) {
        synchronized (this) {
            if (state == State.INVALID || maxInactive.equals(Duration.ofSeconds(seconds))) {
                return;
            }
            maxInactive = Duration.ofSeconds(seconds);
            maxInactiveChanged = true;
            attention = true;
        }
        saveIfUnused();
    }

    /** @return null also for an attribute that cannot be read on this node */
    public @Nullable Object attribute(String name) {
        requireValid("getAttribute");
        return table.get(name, this::activated);
    }

    /** A snapshot of the names that {@link #attribute} would answer at this moment. */
    public Set<String> attributeNames() {
        requireValid("getAttributeNames");
        return table.names(this::activated);
    }

    /**
     * Sets or, with null, removes; binding and attribute listeners are called. Outside any request it is saved at once, in
     * the caller's thread.
     *
     * @throws IllegalArgumentException if the value cannot travel and the application must be refused it
     * @throws dev.holdfast.spi.StoreException outside a request, if the save fails
     */
    public void setAttribute(String name, @Nullable Object value) {
        requireValid(value == null ? "removeAttribute" : "setAttribute");
        sessions.requireOpen();
        if (value == null) {
            remove(name);
        } else {
            put(name, value);
        }
        saveIfUnused();
    }

    private void put(String name, Object value) {
        boolean stored = sessions.rules().isStored(name);
        boolean canTravel = stored && sessions.codec().canTravel(value);
        if (stored && !canTravel) {
            sessions.rules().checkMayStay(name, value);
        }
        SessionEvents events = sessions.events();
        Object old = table.get(name, this::activated);
        if (value != old) {
            events.bound(view, name, value);
        }
        table.put(name, value, canTravel);
        if (old == null) {
            events.added(view, name, value);
        } else {
            if (value != old) {
                events.unbound(view, name, old);
            }
            events.replaced(view, name, old);
        }
    }

    private void remove(String name) {
        Object old = table.get(name, this::activated);
        table.remove(name);
        if (old != null) {
            sessions.events().unbound(view, name, old);
            sessions.events().removed(view, name, old);
        }
    }

    /**
     * Whether {@link Sessions#commit} might have anything to do. Cheap (a volatile read when nothing was changed and no
     * mutable value was handed out): asked at every save point.
     */
    public boolean mayNeedCommit() {
        return attention;
    }

    /** Ends the session: its listeners run with the attributes readable, then it is invalid. */
    public void invalidate() {
        requireValid("invalidate");
        sessions.invalidate(this);
    }

    private void requireValid(String method) {
        if (!isValid()) {
            throw new IllegalStateException(method + ": session is no longer valid");
        }
    }

    private void activated(Object value) {
        sessions.events().didActivate(view, value);
    }

    private void saveIfUnused() {
        boolean unused;
        synchronized (this) {
            unused = users == 0;
        }
        if (unused) {
            sessions.commit(this);
        }
    }

    // ---------------------------------------------------------------- identity and state, for this package

    SessionKey key() {
        return key;
    }

    State state() {
        return state;
    }

    AccessTimes times() {
        return times;
    }

    AttributeTable table() {
        return table;
    }

    SaveGate gate() {
        return gate;
    }

    /** Without a token. */
    synchronized SessionSnapshot base() {
        return base;
    }

    synchronized SessionSnapshot baseOfSave() {
        return base.withToken(token);
    }

    synchronized Instant createdAt() {
        return base.createdAt();
    }

    synchronized Duration maxInactive() {
        return maxInactive;
    }

    /** Whether nobody has used it for longer than it may be idle, as far as this node knows. */
    boolean isPastIdleLimit() {
        Duration mayBeIdle = maxInactive();
        return ExpiryPolicy.expires(mayBeIdle) && times.idle().compareTo(mayBeIdle) >= 0;
    }

    /** Whether no store has this session yet. */
    synchronized boolean isUnsaved() {
        return base.version() == Version.NONE;
    }

    /** Moves the state on; false if it was there or further already, so that one caller does what follows. */
    synchronized boolean moveTo(State target) {
        if (state.compareTo(target) >= 0) {
            return false;
        }
        state = target;
        return true;
    }

    /** The removal of this session under that key: a new one, or the one that the store has not answered yet. */
    synchronized Removal removalOf(SessionKey target) {
        OpenRemoval open = openRemoval;
        if (open == null || !open.key().equals(target)) {
            open = new OpenRemoval(target, Removal.invalidation());
            openRemoval = open;
        }
        return open.removal();
    }

    /** The application has ended the session, but the store has not answered: no request that used it may be acknowledged. */
    synchronized void endIsOpen() {
        if (openRemoval == null) {
            openRemoval = new OpenRemoval(key, Removal.invalidation());
        }
        attention = true;
    }

    synchronized void removalAnswered() {
        openRemoval = null;
    }

    synchronized boolean isEndOpen() {
        return openRemoval != null;
    }

    // ---------------------------------------------------------------- use by requests

    /** @return false if it is no longer the near cache's */
    synchronized boolean enter() {
        if (retired) {
            return false;
        }
        users++;
        return true;
    }

    /** The client came with the id. */
    void joined(long arrivedNanos) {
        isNew = false;
        times.joined(arrivedNanos);
    }

    /** One that has entered has found the session, or made it: while it stays, the session is in use. */
    synchronized void activate() {
        activeUsers++;
    }

    /** One that has entered has not found the session. */
    synchronized void quit() {
        users--;
        if (users == 0) {
            nobodyUsesIt();
        }
    }

    private void nobodyUsesIt() {
        if (!keepsToken()) {
            token = null;
        }
        unasked = false;
    }

    /**
     * Whether while no request uses the session, too. Not if the next one loads anyway, as the token may hold as much as the session itself;
     * but one that trusts this copy saves without having loaded.
     */
    private boolean keepsToken() {
        return sessions.sessionRules().writes().sticky();
    }

    /** @return whether nobody uses the session now */
    boolean leave(long nowNanos) {
        times.used(nowNanos);
        synchronized (this) {
            activeUsers--;
            users--;
            if (users > 0) {
                return false;
            }
            nobodyUsesIt();
            // before the next request can enter: what it is handed out must not be forgotten here
            table.allReturned();
        }
        if (attention) { // a request that only read has drawn none, and need not look through all attributes
            reconsiderAttention();
        }
        return true;
    }

    /** Whether a request has entered, and may be about to find the session, or has found it. */
    synchronized boolean isInUse() {
        return users > 0;
    }

    /** Whether a request has found the session and not left it. */
    synchronized boolean isActive() {
        return activeUsers > 0;
    }

    /** The only request that has entered has learned that there is no such session; nobody can enter any more. */
    synchronized void endIfUsedByOne() {
        if (users == 1) {
            endUnlessHere();
        }
        retired = true;
    }

    /** It has ended, unless it is this node that ends it: then its listeners need it until they have been told. */
    synchronized void endUnlessHere() {
        if (openRemoval == null && state != State.ENDING) {
            moveTo(State.INVALID);
        }
    }

    /** Gives up the place in the near cache, unless it is in use or has none. */
    synchronized boolean retire() {
        if (users > 0 || retired || owing) {
            return false;
        }
        retired = true;
        return true;
    }

    synchronized boolean isRetired() {
        return retired;
    }

    // ---------------------------------------------------------------- acknowledged before it is stored

    boolean isOwing() {
        return owing;
    }

    boolean isBehind() {
        return behind;
    }

    /** Called under the save gate. */
    void fallBehind() {
        behind = true;
    }

    /** These changes are acknowledged, and wait to be sent. Called under the save gate, after there was room for them. */
    void keep(AttributeTable.Changes changes) {
        synchronized (this) {
            owing = true;
            keeps++;
        }
        table.keep(changes);
    }

    /** The store has everything that was acknowledged. Called under the save gate. */
    void owesNothing() {
        owing = false;
        behind = false;
        synchronized (this) {
            token = users == 0 && !keepsToken() ? null : token;
        }
        reconsiderAttention();
    }

    /** Two answers differ if a commit has returned in between that had anything to do. */
    public synchronized long commits() {
        return savesCompleted + keeps;
    }

    /** Gives up the place in the near cache although it may be in use: the store's state is in doubt. */
    synchronized void retireInUse() {
        retired = true;
    }

    // ---------------------------------------------------------------- in line with the store

    /** Whether the store confirmed this copy by a call sent at or after that moment. */
    synchronized boolean isConfirmedSince(long nanos) {
        return !mixed && confirmation.isConfirmedSince(nanos);
    }

    /**
     * Whether a request that comes with this node's route may use this copy without asking the store ({@link Confirmation}). Even
     * then not for longer than a while after the last confirmation: clients that do not keep to their cookie, two that share a session,
     * changes from outside of requests are not noticed by the rules.
     */
    synchronized boolean trust(long nowNanos, Duration unconfirmed) {
        if (retired || !isConfirmedSince(nowNanos - unconfirmed.toNanos()) || !confirmation.isSettled()) {
            return false;
        }
        letInUnasked(nowNanos);
        return true;
    }

    /** A request goes on with this copy although the store has not answered for it. */
    synchronized void letInUnasked(long nowNanos) {
        unasked = true;
        unaskedNanos = nowNanos;
    }

    /** Whether a request uses this copy since a moment after which the store has not confirmed it. */
    synchronized boolean isUsedUnasked() {
        return unasked && !confirmation.isConfirmedSince(unaskedNanos);
    }

    /** There was a sign that another node serves this session too. */
    synchronized void servedElsewhere(long nanos) {
        confirmation.elsewhere(nanos);
    }

    /**
     * A load found the known version.
     *
     * @param loadedKey the key that it was sent for
     * @param savesBefore {@link #savesCompleted} at that moment
     */
    synchronized void unchanged(SessionKey loadedKey, @Nullable Object newToken, long sentNanos, long savesBefore) {
        confirmation.confirmed(sentNanos);
        if (savesCompleted == savesBefore && loadedKey.equals(key)) {
            token = newToken;
        }
    }

    synchronized long savesCompleted() {
        return savesCompleted;
    }

    /** The version that a load need not bring again. */
    synchronized long knownVersion() {
        return mixed || state == State.UNKNOWN ? Version.NONE : base.version();
    }

    /** What a load found that was told only the changes since {@code known}; null if this copy is not at that version any more. */
    synchronized Loaded.@Nullable Found whole(Loaded.Changed changed, long known) {
        return base.version() == known ? changed.onto(base) : null;
    }

    /**
     * Takes a loaded state over, if it is newer than what is here.
     *
     * @param sentNanos when the load was sent
     * @param savesBefore {@link #savesCompleted} at that moment
     * @return false if a save completed meanwhile and it cannot be told which is newer: load again
     */
    boolean loaded(SessionSnapshot snapshot, long sentNanos, long savesBefore) {
        AttributeTable.Suspects suspects = table.compare(snapshot);
        synchronized (takingOver) {
            return takeOver(snapshot, suspects, sentNanos, savesBefore);
        }
    }

    private boolean takeOver(
            SessionSnapshot snapshot, AttributeTable.Suspects suspects, long sentNanos, long savesBefore) {
        synchronized (this) {
            if (!snapshot.key().equals(key)) {
                return true; // the id was changed meanwhile: the caller sees that by itself
            }
            boolean sameVersion = snapshot.version() == base.version() && !mixed;
            boolean overtaken = confirmation.isConfirmed() && loadedNanos - sentNanos > 0;
            if (sameVersion || overtaken) {
                confirmation.confirmed(sentNanos);
                if (!overtaken && savesCompleted == savesBefore) {
                    token = snapshot.token();
                }
                return true;
            }
            if (savesCompleted != savesBefore) {
                // A save that was the next after the known base is newer than this answer; one that merged is not
                // comparable.
                return Version.isNewer(base.version(), snapshot.version());
            }
        }
        table.takeOver(snapshot, suspects);
        synchronized (this) {
            base = snapshot.withToken(null);
            token = snapshot.token();
            mixed = false;
            loadedNanos = sentNanos;
            if (!maxInactiveChanged) {
                maxInactive = snapshot.maxInactive();
            }
            confirmation.confirmed(sentNanos);
        }
        reconsiderAttention();
        return true;
    }

    /** What of the session itself, not its attributes, the next save has to carry; null if nothing. */
    synchronized @Nullable Duration changedMaxInactive() {
        return maxInactiveChanged ? maxInactive : null;
    }

    /**
     * A save has completed.
     *
     * @param sent the base it was made from
     * @param after the state it led to, or null if it merged with others' changes: the copy then keeps its old version, so
     *     that the next request loads what they wrote
     * @param newToken the store's for the state after the save
     */
    void saved(
            SessionSnapshot sent,
            @Nullable SessionSnapshot after,
            @Nullable Object newToken,
            AttributeTable.Changes changes,
            @Nullable Duration sentMaxInactive,
            long sentNanos) {
        synchronized (takingOver) {
            table.saved(changes);
            synchronized (this) {
                savesCompleted++;
                token = newToken;
                if (after == null) {
                    confirmation.elsewhere(sessions.time().nanos());
                }
                if (base.version() != sent.version()) {
                    mixed = true;
                } else if (after != null) {
                    base = after;
                    confirmation.confirmed(sentNanos);
                }
                if (sentMaxInactive != null && sentMaxInactive.equals(maxInactive)) {
                    maxInactiveChanged = false;
                }
            }
        }
        reconsiderAttention();
    }

    /** Takes over a state that is known to be newer, without becoming it: the copy under another key is being made from it. */
    void takeOverForCopy(SessionSnapshot snapshot) {
        AttributeTable.Suspects suspects = table.compare(snapshot);
        synchronized (takingOver) {
            table.takeOver(snapshot, suspects);
        }
    }

    /** The session was found under another key, changed by another node. */
    void follow(SessionSnapshot successor, long sentNanos) {
        AttributeTable.Suspects suspects = table.compare(successor);
        synchronized (takingOver) {
            table.takeOver(successor, suspects);
            rebase(successor, sentNanos);
        }
        reconsiderAttention();
    }

    /**
     * The store was away and has this now, by a load that was sent then: what others have changed there since is taken over, though it
     * was changed here as well; the rest of the unsent changes is yet to be sent.
     *
     * @return how many changes were given up
     */
    int reconcile(SessionSnapshot now, long sentNanos) {
        AttributeTable.Suspects suspects = table.compare(now);
        int conflicts;
        synchronized (takingOver) {
            conflicts = table.yieldTo(now);
            table.takeOver(now, suspects);
            synchronized (this) {
                boolean setElsewhere = !now.maxInactive().equals(base.maxInactive()) && base.version() != Version.NONE;
                if (setElsewhere || !maxInactiveChanged) {
                    conflicts += maxInactiveChanged && !now.maxInactive().equals(maxInactive) ? 1 : 0;
                    maxInactive = now.maxInactive();
                    maxInactiveChanged = false;
                }
                mixed = false;
                loadedNanos = sentNanos;
            }
            rebase(now, sentNanos);
        }
        reconsiderAttention();
        return conflicts;
    }

    /** The session lives on under another key, of which {@code newBase} is the state. */
    void rebase(SessionSnapshot newBase, long sentNanos) {
        synchronized (takingOver) {
            synchronized (this) {
                key = newBase.key();
                base = newBase.withToken(null);
                token = newBase.token();
                savesCompleted++;
                confirmation.confirmed(sentNanos);
                // What is on its way under the old key elsewhere is saved under this one.
                confirmation.elsewhere(sessions.time().nanos());
            }
        }
    }

    /** An unsaved session just takes another name. */
    synchronized void rename(SessionKey newKey) {
        key = newKey;
        token = null;
        base = SessionSnapshot.initial(newKey, base.createdAt(), base.maxInactive());
    }

    /**
     * Works out whether there is anything left to save. Under both monitors that changes are made under, and in one step: who
     * looked while it is false for a moment would be acknowledged without a save.
     */
    synchronized void reconsiderAttention() {
        boolean uncreated = base.version() == Version.NONE && state == State.VALID && !owing;
        boolean own = uncreated || maxInactiveChanged || openRemoval != null;
        synchronized (table) {
            attention = own || table.mayHaveChanges();
        }
    }
}
