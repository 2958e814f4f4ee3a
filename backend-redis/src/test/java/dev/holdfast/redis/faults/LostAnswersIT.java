package dev.holdfast.redis.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.redis.Opening;
import dev.holdfast.redis.servers.FaultProxy;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.StoreException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Calls that are carried out, and whose answers get lost. */
class LostAnswersIT {

    private static final Duration LENGTH = Duration.ofSeconds(5);
    private static final int ENOUGH = 100;

    @Test
    void answersThatGetLostLoseNothing() throws Exception {
        long seed = System.nanoTime();
        System.out.println("lost answers with seed " + seed);
        try (RedisServer server = RedisServer.start();
                FaultProxy one = FaultProxy.before(server);
                FaultProxy two = FaultProxy.before(server);
                Load load = Load.start(List.of(Map.of("store", one.uri()), Map.of("store", two.uri())), seed)) {
            load.run(Duration.ofSeconds(1));
            load.faultBegins();
            dropAnswers(seed, one, two);
            load.faultEnds();
            load.awaitService(Duration.ofMinutes(2));

            History history = load.stop();
            history.print(
                    one.droppedAnswers() + two.droppedAnswers() + " answers lost after the calls were carried out");
            history.assertNoCallTookTooLong();
            history.assertNoSessionLost();
            history.assertVersionsNameContents();
            history.assertNothingAcknowledgedIsMissing();
            history.assertNothingGoesBack();
        }
    }

    /**
     * Two members write one attribute. A save that was carried out and is repeated after the other's would bring back a value
     * that had been overwritten: 1, 2, 1.
     */
    @Test
    void aValueThatWasOverwrittenNeverComesBack() throws Exception {
        long seed = System.nanoTime();
        System.out.println("overwritten values with seed " + seed);
        SessionKey key = new SessionKey("faults", "contended");
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        AtomicInteger unknown = new AtomicInteger();
        List<String> values = new ArrayList<>();
        try (RedisServer server = RedisServer.start();
                FaultProxy one = FaultProxy.before(server);
                FaultProxy two = FaultProxy.before(server);
                SessionStore first = Opening.store(Map.of("store", one.uri()), "faults", Load.POLICY);
                SessionStore second = Opening.store(Map.of("store", two.uri()), "faults", Load.POLICY);
                SessionStore direct = Opening.store(Map.of("store", server.uri()), "faults", Load.POLICY)) {
            SessionSnapshot base = SessionSnapshot.initial(key, Instant.EPOCH, Duration.ofMinutes(30));
            assertThat(direct.save(base, delta("start"))).isInstanceOf(Saved.Done.class);
            List<Thread> threads = new ArrayList<>();
            for (SessionStore member : List.of(first, second)) {
                String name = member == first ? "a" : "b";
                threads.add(new Thread(() -> {
                    for (int i = 0; !over.get(); i++) {
                        (write(member, key, name + i) ? done : unknown).incrementAndGet();
                        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(500));
                    }
                }));
            }
            threads.add(new Thread(() -> watch(direct, key, over, values)));
            threads.forEach(Thread::start);
            dropAnswers(seed, one, two);
            over.set(true);
            for (Thread thread : threads) {
                thread.join(Duration.ofMinutes(1).toMillis());
                assertThat(thread.isAlive()).isFalse();
            }
            System.out.printf(
                    "Redis fault two writers of one attribute: %d answers lost, %d saves done, %d with unknown outcome,"
                            + " %d values seen%n",
                    one.droppedAnswers() + two.droppedAnswers(), done.get(), unknown.get(), values.size());
            assertThat(values).hasSizeGreaterThan(10).doesNotHaveDuplicates();
        }
    }

    /** Again and again one answer to a script, for some seconds, and until it was often enough: a busy machine asks less often. */
    private static void dropAnswers(long seed, FaultProxy... proxies) throws InterruptedException {
        Random random = new Random(seed);
        long end = System.nanoTime() + LENGTH.toNanos() * Load.LENGTH;
        long limit = end + Duration.ofMinutes(2).toNanos();
        while (System.nanoTime() < end || (dropped(proxies) <= ENOUGH && System.nanoTime() < limit)) {
            proxies[random.nextInt(proxies.length)].dropAnswersTo("EVALSHA", 1 + random.nextInt(3));
            TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
        }
        for (FaultProxy proxy : proxies) {
            proxy.dropAnswers(0);
        }
        assertThat(dropped(proxies)).isGreaterThan(ENOUGH);
    }

    private static long dropped(FaultProxy... proxies) {
        return Stream.of(proxies).mapToLong(FaultProxy::droppedAnswers).sum();
    }

    /** False if nobody knows. */
    private static boolean write(SessionStore member, SessionKey key, String value) {
        try {
            Loaded.Found found = (Loaded.Found) member.load(key, 0, Access.NONE);
            return member.save(found.snapshot(), delta(value)) instanceof Saved.Done;
        } catch (StoreException e) {
            return false;
        }
    }

    /** Each value once, as long as nobody writes another one and then the same again. */
    private static void watch(SessionStore store, SessionKey key, AtomicBoolean over, List<String> values) {
        long version = 0;
        String last = "";
        while (!over.get()) {
            if (store.load(key, version, Access.NONE) instanceof Loaded.Found found) {
                version = found.snapshot().version();
                String now = new String(found.snapshot().attributes().get("x").bytes());
                if (!now.equals(last)) {
                    values.add(now);
                    last = now;
                }
            }
        }
    }

    private static SessionDelta delta(String value) {
        return new SessionDelta(SessionDelta.newStamp(), Map.of("x", value.getBytes()), Set.of(), Duration.ZERO, null);
    }
}
