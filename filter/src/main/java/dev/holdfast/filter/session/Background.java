package dev.holdfast.filter.session;

import dev.holdfast.spi.ExpiryClaims;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.Touch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/**
 * What happens to sessions without a request: accesses are brought to the store, expired sessions are ended. Two threads,
 * because listeners of the application run in the second, and may take as long as they like, while sessions in use must go on
 * being touched.
 */
final class Background {

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
    private static final int MAX_TOUCHES = 500;
    private static final int MAX_CLAIMS = 256;
    private static final int MORE_CLAIMS = 8;
    private static final int MAX_CLAIM_ROUNDS = 50;

    /** Enough for backends to let saves share trips; one alone would save some thousand sessions a second. */
    private static final int WRITERS = 4;

    private final Sessions sessions;
    private final SessionStore store;
    private final Ending ending;
    private final NearCache cache;
    private final Backlog backlog;

    /** Uses that the store has not been told of, of sessions that were evicted meanwhile: when, by key. */
    private final ConcurrentHashMap<SessionKey, Long> evictedUses = new ConcurrentHashMap<>();

    /** All that have begun; one more if one was ended by an error. */
    private final List<Thread> threads = new CopyOnWriteArrayList<>();

    private final ScheduledExecutorService touching;
    private final ScheduledExecutorService expiring;

    /** Touching failed last time: said once per outage. Used by the touching thread alone. */
    private boolean touchFailed;

    /** As {@link #touchFailed}. Used by the expiring thread alone. */
    private boolean claimFailed;

    /**
     * How many to claim at once: what of a batch is not ended in half of the claims' lease is ended by nobody until it is over,
     * so slow listeners get smaller batches. Used by the expiring thread alone.
     */
    private int claimLimit = MAX_CLAIMS;

    /** Those that send what waits. */
    private final ThreadFactory writers;

    Background(
            Sessions sessions,
            SessionStore store,
            Ending ending,
            NearCache cache,
            Backlog backlog,
            String application) {
        this.sessions = sessions;
        this.store = store;
        this.ending = ending;
        this.cache = cache;
        this.backlog = backlog;
        this.writers = thread("holdfast-writes-" + application);
        this.touching = Executors.newSingleThreadScheduledExecutor(thread("holdfast-touches-" + application));
        this.expiring = Executors.newSingleThreadScheduledExecutor(thread("holdfast-expiry-" + application));
    }

    private ThreadFactory thread(String name) {
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            thread.setContextClassLoader(loader);
            threads.add(thread);
            return thread;
        };
    }

    void start() {
        schedule(touching, this::touchAndReschedule);
        schedule(expiring, this::expireAndReschedule);
        WriteRules writes = sessions.sessionRules().writes();
        int writing = writes.async() ? WRITERS : writes.local() ? 1 : 0;
        for (int i = 0; i < writing; i++) {
            writers.newThread(backlog::work).start();
        }
    }

    /** Ends all threads: what they are doing may finish within {@code patience}. When this returns in time, they are gone. */
    void stop(Duration patience) {
        touching.shutdownNow();
        expiring.shutdownNow();
        backlog.close();
        long deadline = System.nanoTime() + patience.toNanos();
        try {
            // An executor says that it has terminated while its thread still has a few steps to go.
            for (Thread thread : threads) {
                thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void evicted(LiveSession session) {
        // bounded: while a store is away accesses may be lost rather than memory
        if (session.times().isAheadOfStore()
                && evictedUses.size() < sessions.sessionRules().nearCacheSize()) {
            evictedUses.put(session.key(), session.times().lastUseNanos());
        }
    }

    private void touchAndReschedule() {
        try {
            if (sessions.isFailing()) {
                probe();
            }
            touch(false);
            touchFailed = false;
        } catch (StoreException e) {
            if (!touchFailed) {
                sessions.log()
                        .warn(
                                "accesses of sessions could not be stored, they are kept and sent later: {}",
                                e.getMessage());
            }
            touchFailed = true;
        } catch (RuntimeException | Error e) { // an error must not end this for good
            sessions.log().error("touching sessions failed", e);
        }
        schedule(touching, this::touchAndReschedule);
    }

    private void expireAndReschedule() {
        try {
            expire();
            claimFailed = false;
        } catch (StoreException e) {
            if (!claimFailed) {
                sessions.log().warn("expired sessions could not be claimed, they are later: {}", e.getMessage());
            }
            claimFailed = true;
        } catch (RuntimeException | Error e) { // such as a listener's: the others' sessions expire all the same
            sessions.log().error("expiring sessions failed", e);
        }
        schedule(expiring, this::expireAndReschedule);
    }

    /** So that a node without requests, too, learns when the store is back, and no request has to find out. */
    private void probe() {
        try {
            boolean ignored = sessions.asking(() -> {
                store.ping();
                return true;
            });
        } catch (StoreException e) {
            // the touches that follow may reach a part of it
            sessions.log().debug("the store is still away: {}", e.getMessage());
        }
    }

    private void schedule(ScheduledExecutorService executor, Runnable task) {
        if (!executor.isShutdown()) {
            try {
                var ignored = executor.schedule(task, pause().toNanos(), TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                if (!executor.isShutdown()) {
                    throw e;
                }
            }
        }
    }

    /** Half of the shortest interval of any session here, so that an access reaches the store at most an interval late. */
    private Duration pause() {
        Duration pause = LONGEST_PAUSE;
        for (LiveSession live : cache.all()) {
            Duration half = interval(live).dividedBy(2);
            if (half.compareTo(pause) < 0) {
                pause = half;
            }
        }
        return pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause;
    }

    private Duration interval(LiveSession live) {
        return sessions.sessionRules().policy().interval(live.maxInactive());
    }

    /**
     * Tells the store of accesses that are due, and drops the copies of sessions that it says are no longer alive.
     *
     * @param all also those that are not due yet: before the end
     */
    void touch(boolean all) {
        long nowNanos = sessions.time().nanos();
        Map<SessionKey, LiveSession> touched = new HashMap<>();
        List<Touch> touches = new ArrayList<>();
        for (LiveSession live : cache.all()) {
            if (live.state() != LiveSession.State.VALID || live.isUnsaved()) {
                continue;
            }
            if (live.isActive()) {
                live.times().used(nowNanos);
            }
            if (live.times().isTouchDue(interval(live)) || all && live.times().isAheadOfStore()) {
                touched.put(live.key(), live);
                touches.add(touch(live.key(), live.times().lastUseNanos(), nowNanos));
            }
        }
        evictedUses.forEach((key, atNanos) -> {
            if (!touched.containsKey(key)) {
                touches.add(touch(key, atNanos, nowNanos));
            }
        });
        for (int from = 0; from < touches.size(); from += MAX_TOUCHES) {
            send(touches.subList(from, Math.min(touches.size(), from + MAX_TOUCHES)), touched, nowNanos);
        }
    }

    /** By the same clock reading that {@link #send} adds again: else the store would seem to lag by the time in between. */
    private static Touch touch(SessionKey key, long lastUseNanos, long nowNanos) {
        return new Touch(key, Duration.ofNanos(Math.max(0, nowNanos - lastUseNanos)));
    }

    private void send(List<Touch> batch, Map<SessionKey, LiveSession> touched, long nowNanos) {
        Set<SessionKey> dead = sessions.asking(() -> store.touch(batch));
        for (Touch touch : batch) {
            evictedUses.remove(touch.key());
            LiveSession live = touched.get(touch.key());
            if (live == null) {
                continue;
            }
            if (dead.contains(touch.key())) {
                sessions.drop(live); // one in use learns the rest from its next save
            } else {
                live.times().storedUpTo(nowNanos - touch.age().toNanos());
            }
        }
    }

    /** Ends what has expired: what this node believes, and what the store finds. */
    void expire() {
        ending.resolve();
        List<SessionKey> suspects = new ArrayList<>();
        // at least what the other nodes need to notice and to send what they have kept
        Duration longestGrace = sessions.sessionRules().policy().timeout().plus(LONGEST_PAUSE.multipliedBy(2));
        for (LiveSession live : cache.all()) {
            if (live.isOwing() && live.isUnsaved() && live.isPastIdleLimit() && ending.endUnsaved(live)) {
                continue;
            }
            Duration maxInactive = live.maxInactive();
            if (!ExpiryPolicy.expires(maxInactive) || live.state() != LiveSession.State.VALID) {
                continue;
            }
            Duration grace = sessions.sessionRules().policy().grace(maxInactive);
            longestGrace = grace.compareTo(longestGrace) > 0 ? grace : longestGrace;
            if (!live.isInUse() && !live.isUnsaved() && live.isPastIdleLimit()) {
                suspects.add(live.key());
            }
        }
        if (!sessions.hasBeenReachableFor(longestGrace)) {
            // After an outage the other nodes first have to bring their accesses: sessions in use must not end now.
            return;
        }
        if (store instanceof ExpiryClaims claims) {
            suspects.sort(Comparator.comparingInt(claims::togetherWith));
        }
        endDue(suspects);
    }

    /**
     * Until nothing is due, so that ten thousand sessions which expire in one second do not take a minute; but not for ever, as
     * there is more to do here, and not when this is to stop.
     */
    private void endDue(List<SessionKey> suspects) {
        int from = 0;
        for (int rounds = 0; rounds < MAX_CLAIM_ROUNDS && !expiring.isShutdown(); rounds++) {
            int to = Math.min(suspects.size(), from + claimLimit);
            Ending.Round round = ending.claimDue(suspects.subList(from, to), claimLimit);
            from = to;
            int claimed = round.claimed().size();
            claimLimit = round.reached() < claimed
                    ? Math.max(1, round.reached())
                    : Math.min(MAX_CLAIMS, claimLimit + MORE_CLAIMS);
            if (claimed == 0 && from == suspects.size()) {
                return;
            }
        }
    }
}
