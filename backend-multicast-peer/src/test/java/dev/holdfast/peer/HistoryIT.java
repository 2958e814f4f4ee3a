package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.Version;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Users write through any member while members are killed, join and leave, one at a time. Each writer has an attribute of its
 * own in every session and counts it up: what it reads must never be below what was acknowledged, nor above what it tried.
 */
class HistoryIT {

    private static final int WRITERS = 4;
    private static final int SESSIONS = 24;
    private static final int CHANGES = Integer.getInteger("holdfast.test.changes", 8);

    private final Cluster cluster = new Cluster();
    private final List<PeerStore> alive = new CopyOnWriteArrayList<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile boolean stop;

    private static SessionKey key(int session) {
        return new SessionKey("shop", "history-" + session);
    }

    private final class Writer extends Thread {
        private final String name;
        private final Random random;
        private final int[] acked = new int[SESSIONS];
        private final int[] tried = new int[SESSIONS];

        Writer(int number, long seed) {
            name = "w" + number;
            random = new Random(seed);
        }

        @Override
        public void run() {
            while (!stop) {
                int session = random.nextInt(SESSIONS);
                PeerStore member = alive.get(random.nextInt(alive.size()));
                try {
                    write(member, session);
                } catch (StoreException e) {
                    failed.incrementAndGet();
                } catch (RuntimeException e) {
                    wrong.add(name + ": " + e);
                }
            }
        }

        private void write(PeerStore member, int session) {
            Loaded loaded = member.load(key(session), Version.NONE, Access.NOW);
            if (!(loaded instanceof Loaded.Found found)) {
                wrong.add(name + " finds session " + session + " " + loaded);
                return;
            }
            check(session, found.snapshot());
            int next = ++tried[session];
            SessionDelta delta = new SessionDelta(
                    SessionDelta.newStamp(),
                    Map.of(name, Integer.toString(next).getBytes(StandardCharsets.UTF_8)),
                    Set.of(),
                    Duration.ZERO,
                    null);
            Saved saved = member.save(found.snapshot(), delta);
            if (saved instanceof Saved.Done) {
                acked[session] = next;
                acknowledged.incrementAndGet();
            } else {
                wrong.add(name + " saves session " + session + ": " + saved);
            }
        }

        void check(int session, SessionSnapshot snapshot) {
            StoredAttribute attribute = snapshot.attributes().get(name);
            int value = attribute == null ? 0 : Integer.parseInt(new String(attribute.bytes(), StandardCharsets.UTF_8));
            if (value < acked[session] || value > tried[session]) {
                wrong.add(name + " reads " + value + " in session " + session + ", acknowledged " + acked[session]
                        + ", tried " + tried[session]);
            }
        }
    }

    @Test
    void nothingAcknowledgedIsMissingWhileMembersDieLeaveAndJoin() throws Exception {
        long seed = Long.getLong("holdfast.test.seed", System.nanoTime());
        System.out.println("HistoryIT seed " + seed);
        Random random = new Random(seed);
        try (cluster) {
            cluster.of(3);
            alive.addAll(cluster.members);
            for (int i = 0; i < SESSIONS; i++) {
                SessionSnapshot base = SessionSnapshot.initial(key(i), Instant.now(), Duration.ofHours(1));
                SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), Map.of(), Set.of(), Duration.ZERO, null);
                assertThat(alive.get(i % 3).save(base, delta)).isInstanceOf(Saved.Done.class);
            }
            List<Writer> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new Writer(i, random.nextLong()));
            }
            writers.forEach(Thread::start);
            for (int i = 0; i < CHANGES; i++) {
                change(random);
            }
            stop = true;
            for (Writer writer : writers) {
                writer.join(TimeUnit.SECONDS.toMillis(30));
            }
            for (PeerStore member : alive) {
                for (int i = 0; i < SESSIONS; i++) {
                    Loaded loaded = member.load(key(i), Version.NONE, Access.NONE);
                    assertThat(loaded).isInstanceOf(Loaded.Found.class);
                    for (Writer writer : writers) {
                        writer.check(i, ((Loaded.Found) loaded).snapshot());
                    }
                }
            }
            System.out.println(acknowledged + " writes acknowledged, " + failed + " failed");
            assertThat(wrong).isEmpty();
            assertThat(acknowledged.get()).isGreaterThan(CHANGES * 10);
        }
    }

    /** One member dies, leaves or joins; then time to serve in between, and to repair. */
    private void change(Random random) {
        int kind = alive.size() <= 2 ? 2 : alive.size() >= 4 ? random.nextInt(2) : random.nextInt(3);
        if (kind == 2) {
            alive.add(cluster.join());
        } else {
            PeerStore victim = alive.get(random.nextInt(alive.size()));
            alive.remove(victim);
            cluster.members.remove(victim);
            if (kind == 0) {
                victim.kill();
            } else {
                victim.close();
            }
        }
        int before = acknowledged.get();
        cluster.awaitSettled();
        Cluster.await("writing again", () -> acknowledged.get() > before + 50 || !wrong.isEmpty());
    }
}
