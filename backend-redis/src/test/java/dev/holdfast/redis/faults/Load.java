package dev.holdfast.redis.faults;

import dev.holdfast.redis.Opening;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Eight clients of two members that share some sessions, from {@link #start} until {@link #stop}. For one thread. */
final class Load implements AutoCloseable {

    /** A filter's timeout by default; accesses are noted much more often. */
    static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofMinutes(10), Duration.ofMinutes(30));

    /** How long the load runs before and after a fault: 1 for a short run. */
    static final int LENGTH = System.getProperty("holdfast.suite", "").equals("all") ? 5 : 1;

    private static final int MEMBERS = 2;
    private static final int CLIENTS = 8;
    private static final int SESSIONS = 12;
    private static final Duration CALM = Duration.ofSeconds(1);

    private final List<SessionStore> members = new ArrayList<>();
    private final List<SessionKey> shared = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Pulse pulse = new Pulse(MEMBERS);
    private long faultBegin;
    private long faultEnd;

    private Load() {}

    /** @param settings of each member */
    static Load start(List<Map<String, String>> settings, long seed) {
        Load load = new Load();
        try {
            load.begin(settings, seed);
            return load;
        } catch (RuntimeException | Error e) {
            load.close();
            throw e;
        }
    }

    static Load start(Map<String, String> settings, long seed) {
        return start(List.of(settings, settings), seed);
    }

    private void begin(List<Map<String, String>> settings, long seed) {
        settings.forEach(each -> members.add(Opening.store(each, "faults", POLICY)));
        for (int i = 0; i < SESSIONS; i++) {
            SessionKey key = new SessionKey("faults", "shared-" + i);
            shared.add(key);
            SessionSnapshot base = SessionSnapshot.initial(key, Instant.EPOCH, Duration.ofMinutes(30));
            SessionDelta delta =
                    new SessionDelta(SessionDelta.newStamp(), Map.of("large", large()), Set.of(), Duration.ZERO, null);
            Saved saved = members.get(0).save(base, delta);
            if (!(saved instanceof Saved.Done)) {
                throw new AssertionError("creating: " + saved);
            }
        }
        for (int i = 0; i < CLIENTS; i++) {
            Client client = new Client(i, shared, members, pulse, seed);
            clients.add(client);
            Thread thread = new Thread(client, "client-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
        threads.forEach(Thread::start);
    }

    /** One that stands in a field of its own. Its value is a number, too. */
    private static byte[] large() {
        return "0".repeat(1000).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    List<SessionStore> members() {
        return members;
    }

    List<SessionKey> shared() {
        return shared;
    }

    /** Lets the clients go on for a while. */
    void run(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos() * LENGTH);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    void faultBegins() {
        faultBegin = System.nanoTime();
        faultEnd = faultBegin;
    }

    /** From here on nothing hinders the calls any more. */
    void faultEnds() {
        faultEnd = System.nanoTime();
    }

    /** Waits until calls have succeeded for a second, by both members; lets them run for a second more. */
    void awaitService(Duration limit) {
        long ignored = pulse.awaitService(CALM, limit);
        run(Duration.ofSeconds(1));
    }

    /** Ends the clients, and returns what they lived through. */
    History stop() throws InterruptedException {
        pulse.end();
        for (Thread thread : threads) {
            thread.join(Duration.ofMinutes(1).toMillis());
            if (thread.isAlive()) {
                throw new AssertionError(thread.getName() + " does not end");
            }
        }
        return new History(shared, clients, members, faultBegin, faultEnd);
    }

    @Override
    public void close() {
        pulse.end();
        members.forEach(SessionStore::close);
    }
}
