package dev.holdfast.filter.session;

import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.kit.CountingStore;
import dev.holdfast.spi.kit.FaultyStore;
import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One application server: its sessions over a store that others share, a clock of its own, and no thread in the background. */
final class Node implements AutoCloseable {

    static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

    static final Duration MAX_INACTIVE = Duration.ofMinutes(30);

    final ManualTime time;
    final ChangesStore changes;
    final FaultyStore faults;
    final CountingStore counts;
    final CountingCodec codec = new CountingCodec();
    final RecordingEvents events = new RecordingEvents();
    final Sessions sessions;

    private final ExecutorService threads = Executors.newCachedThreadPool();

    Node(SessionStore store, ManualTime time) {
        this(store, time, rules());
    }

    Node(SessionStore store, ManualTime time, SessionRules rules) {
        this(store, time, rules, SessionIds.plain());
    }

    Node(SessionStore store, ManualTime time, SessionRules rules, SessionIds ids) {
        this.time = time;
        this.changes = new ChangesStore(store);
        this.faults = FaultyStore.around(changes);
        this.counts = CountingStore.around(faults);
        this.sessions = new Sessions(counts, codec, ids, events, rules, time, PlainView::new);
    }

    static SessionRules rules() {
        return new SessionRules("app", POLICY, MAX_INACTIVE, 1000, Duration.ofSeconds(60), true, true, false, 1 << 24);
    }

    static StoreContext context(ManualTime time) {
        return new StoreContext("app", POLICY, time);
    }

    static LocalStore store(ManualTime time) {
        return new LocalStore(context(time));
    }

    /** What a request does with a session. */
    interface Use<T> {
        T with(LiveSession session);
    }

    /** A request that creates a session; answers its id. */
    String create(Use<?> use) {
        LiveSession live = sessions.create();
        try {
            use.with(live);
            sessions.commit(live);
            return live.id();
        } finally {
            sessions.leave(live);
        }
    }

    /** A request that uses the session, from its arrival to its end; null if there is no such session. */
    <T> @Nullable T request(String id, Use<T> use) {
        LiveSession live = enter(id);
        if (live == null) {
            return null;
        }
        try {
            T result = use.with(live);
            sessions.commit(live);
            return result;
        } finally {
            sessions.leave(live);
        }
    }

    @Nullable
    LiveSession enter(String id) {
        // each request arrives at a moment of its own
        time.advance(Duration.ofNanos(1000));
        return sessions.enter(id, time.nanos());
    }

    boolean knows(String id) {
        Boolean found = request(id, live -> true);
        return found != null;
    }

    @Nullable
    Object read(String id, String name) {
        return request(id, live -> live.attribute(name));
    }

    void write(String id, String name, Object value) {
        Boolean found = request(id, live -> {
            live.setAttribute(name, value);
            return true;
        });
        if (found == null) {
            throw new AssertionError("no such session");
        }
    }

    <T> Future<T> async(Callable<T> task) {
        return threads.submit(task);
    }

    static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        sessions.close();
    }
}
