package dev.holdfast.spi.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/**
 * What all contract classes share: a backend with two members, {@code one} and {@code two}, and words to talk to them. Every
 * test uses keys of its own.
 *
 * @param <F> what the contract needs of the backend
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract<F extends StoreFixture> {

    /** For tests in which nothing shall end by itself. */
    static final ExpiryPolicy LONG = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

    /** Given once the limit is over, until a test fails: ten times what a slow machine needs. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    static final Duration HOUR = Duration.ofHours(1);
    private static final Duration STEP = Duration.ofMillis(20);

    /** Clocks that count milliseconds cut off the rest, on both sides. */
    private static final Duration ROUNDING = Duration.ofMillis(5);

    F backend;
    SessionStore one;
    SessionStore two;

    private final String application = "kit-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<SessionStore> opened = new ArrayList<>();

    /** A fresh backend, whose members will be opened with this policy. Called once per class. */
    protected abstract F backend(ExpiryPolicy policy) throws Exception;

    /** The policy that this class's tests are about. */
    ExpiryPolicy policy() {
        return LONG;
    }

    @BeforeAll
    void openBackend() throws Exception {
        backend = backend(policy());
        one = open(application);
        two = open(application);
    }

    @AfterAll
    void closeBackend() throws Exception {
        for (SessionStore store : opened) {
            store.close();
        }
        if (backend != null) {
            backend.close();
        }
    }

    /** A further member; closed at the end. */
    SessionStore open(String ofApplication) throws Exception {
        SessionStore store = backend.open(new StoreContext(ofApplication, policy(), backend.time()));
        opened.add(store);
        return store;
    }

    String application() {
        return application;
    }

    /** A key that nobody has used. */
    SessionKey newKey() {
        return new SessionKey(application, "k" + UUID.randomUUID().toString().replace("-", ""));
    }

    /** A new session with one attribute, {@code a=1}, as its creator knows it. */
    SessionSnapshot create(Duration maxInactive) {
        return create(newKey(), maxInactive);
    }

    SessionSnapshot create(SessionKey key, Duration maxInactive) {
        SessionSnapshot base = initial(key, maxInactive);
        SessionDelta delta = put("a", "1");
        return base.apply(delta, done(one.save(base, delta)).version(), now());
    }

    /** A session that had one second to live, until it was given longer. */
    SessionKey prolonged(Duration longer, Duration claimable) {
        while (true) {
            long from = moment();
            SessionSnapshot mine = create(HOUR);
            done(one.save(mine, live(Duration.ofSeconds(1))));
            if (look(two, mine.key()) instanceof Loaded.Found found
                    && two.save(found.snapshot(), live(longer)) instanceof Saved.Done) {
                return mine.key();
            }
            // Dead before it was given longer: only if this machine stood still for that long.
            assertThat(since(from)).isGreaterThanOrEqualTo(claimable);
        }
    }

    SessionSnapshot initial(SessionKey key, Duration maxInactive) {
        return SessionSnapshot.initial(key, Instant.ofEpochMilli(now()), maxInactive);
    }

    long now() {
        return backend.time().wallMillis();
    }

    static SessionDelta put(String name, String value) {
        return delta(Map.of(name, bytes(value)), Set.of(), null);
    }

    static SessionDelta drop(String name) {
        return delta(Map.of(), Set.of(name), null);
    }

    static SessionDelta live(Duration maxInactive) {
        return delta(Map.of(), Set.of(), maxInactive);
    }

    static SessionDelta delta(Map<String, byte[]> changed, Set<String> removed, @Nullable Duration maxInactive) {
        return new SessionDelta(SessionDelta.newStamp(), changed, removed, Duration.ZERO, maxInactive);
    }

    static byte[] bytes(String value) {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    static Saved.Done done(Saved saved) {
        assertThat(saved).isInstanceOf(Saved.Done.class);
        return (Saved.Done) saved;
    }

    /** What a look without touching finds. */
    static Loaded.Found found(SessionStore store, SessionKey key) {
        Loaded loaded = store.load(key, 0, Access.NONE);
        assertThat(loaded).isInstanceOf(Loaded.Found.class);
        return (Loaded.Found) loaded;
    }

    static Loaded look(SessionStore store, SessionKey key) {
        return store.load(key, 0, Access.NONE);
    }

    static boolean isAlive(SessionStore store, SessionKey key) {
        return look(store, key) instanceof Loaded.Found;
    }

    /** The attributes as texts, ordered by name. */
    static Map<String, String> texts(SessionSnapshot snapshot) {
        Map<String, String> texts = new TreeMap<>();
        snapshot.attributes()
                .forEach((name, attribute) -> texts.put(name, new String(attribute.bytes(), StandardCharsets.UTF_8)));
        return texts;
    }

    static Map<String, String> texts(SessionStore store, SessionKey key) {
        return texts(found(store, key).snapshot());
    }

    /** A moment, for {@link #since}. Take it before the call whose effect is measured. */
    long moment() {
        return backend.time().nanos();
    }

    Duration since(long moment) {
        return Duration.ofNanos(backend.time().nanos() - moment);
    }

    /**
     * Asks until the answer is there, and checks that it did not come too early.
     *
     * @param what for the message
     * @param from a {@link #moment} before that which the limit counts from
     * @param notBefore the limit
     * @param ask null as long as the answer is not there
     */
    <A> A comes(String what, long from, Duration notBefore, Callable<@Nullable A> ask) throws Exception {
        while (true) {
            Duration asked = since(from);
            A answer = ask.call();
            if (answer != null) {
                // Measured from before the cause until after the answer, so that no delay of this machine can fail it.
                assertThat(since(from).plus(ROUNDING)).as(what + " came early").isGreaterThanOrEqualTo(notBefore);
                return answer;
            }
            if (asked.compareTo(notBefore.plus(PATIENCE)) > 0) {
                fail(what + " did not come within " + asked.toMillis() + " ms, due at " + notBefore.toMillis());
            }
            backend.pass(STEP);
        }
    }

    /** Does things at the same moment, each in a thread of its own, and returns what came out, in the order of the things. */
    static <A> List<A> atOnce(int count, Function<Integer, A> thing) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(count);
        try {
            CyclicBarrier start = new CyclicBarrier(count);
            List<Future<A>> running = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                running.add(threads.submit(() -> {
                    start.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                    return thing.apply(number);
                }));
            }
            List<A> results = new ArrayList<>();
            for (Future<A> future : running) {
                results.add(future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS));
            }
            return Collections.unmodifiableList(results);
        } finally {
            threads.shutdownNow();
        }
    }

    SessionStore member(int number) {
        return number % 2 == 0 ? one : two;
    }
}
