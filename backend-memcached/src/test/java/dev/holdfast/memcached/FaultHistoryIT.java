package dev.holdfast.memcached;

import static dev.holdfast.memcached.RealStores.done;
import static dev.holdfast.memcached.RealStores.found;
import static dev.holdfast.memcached.RealStores.initial;
import static dev.holdfast.memcached.RealStores.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.memcached.MemcachedSettings.Read;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.memcached.servers.CuttingProxy;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.servers.Poll;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two application servers go on reading, saving and removing sessions while one memcached after the other is paused and goes on, is cut off and
 * comes back with what it had, or is killed and comes back empty. Whoever reads sees every write that was acknowledged before
 * it asked; what was removed stays removed; nothing is lost.
 */
class FaultHistoryIT {

    private static final boolean IS_LONG = Integer.getInteger("holdfast.test.runs", 0) > 0;
    private static final int OPERATIONS = IS_LONG ? 10_000 : 2_000;
    private static final Duration PAUSE = IS_LONG ? Duration.ofSeconds(10) : Duration.ofSeconds(2);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int FAULTS = 6;
    private static final int WORKERS = 4;
    private static final int SLOTS = 12;

    /** Short, as a paused server costs one for each call that is under way; but a busy machine is not to be taken for one. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** Shorter than what some operations take at a fault, so that there are some whose outcome is not known. */
    private static final Duration OPERATION_TIMEOUT = Duration.ofMillis(200);

    /** A session, and what is known of it. Each worker writes an attribute of its own: ever greater numbers. */
    private static final class Ledger {
        private final SessionKey key;
        private final AtomicLongArray acknowledged = new AtomicLongArray(WORKERS);
        private volatile boolean mayBeRemoved;
        private volatile boolean isRemoved;

        Ledger(SessionKey key) {
            this.key = key;
        }
    }

    private final AtomicReferenceArray<Ledger> slots = new AtomicReferenceArray<>(SLOTS);
    private final Queue<Ledger> all = new ConcurrentLinkedQueue<>();
    private final AtomicInteger names = new AtomicInteger();
    private final AtomicInteger operations = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();

    @ParameterizedTest
    @CsvSource({"2, BINARY", "3, TEXT", "3, BINARY"})
    void whatWasAcknowledgedIsSeenWhateverHappensToOneServer(int servers, Protocol protocol) throws Exception {
        long seed = Long.getLong("holdfast.kit.seed", new Random().nextInt(1_000_000_000));
        String what = servers + " servers, " + protocol + ", seed " + seed + " (-Dholdfast.kit.seed)";
        Random random = new Random(seed);
        try (RealStores stores = new RealStores(servers, protocol, TIMEOUT)) {
            List<CuttingProxy> proxies =
                    stores.servers().stream().map(CuttingProxy::before).toList();
            try {
                run(stores, proxies, random);
            } catch (AssertionError e) {
                throw new AssertionError(what, e);
            } finally {
                proxies.forEach(CuttingProxy::close);
            }
            System.out.println(what + ": " + operations + " operations, outcome of " + unknown + " unknown");
        }
    }

    private void run(RealStores stores, List<CuttingProxy> proxies, Random random) throws Exception {
        List<Integer> ports = proxies.stream().map(CuttingProxy::port).toList();
        List<List<Node>> nodes = List.of(stores.nodes(ports), stores.nodes(ports));
        List<MemcachedStore> members = nodes.stream()
                .map(each -> stores.store(RealStores.homes(each, 2), Read.BOTH, OPERATION_TIMEOUT))
                .toList();
        MemcachedStore patient = stores.store();
        for (int i = 0; i < SLOTS; i++) {
            slots.set(i, created(patient));
        }
        ExecutorService threads = Executors.newFixedThreadPool(WORKERS);
        try {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < WORKERS; i++) {
                int number = i;
                Random own = new Random(random.nextLong());
                workers.add(threads.submit(() -> work(number, members.get(number % 2), own)));
            }
            for (int i = 0; i < FAULTS; i++) {
                awaitOperations((i + 1) * OPERATIONS / (FAULTS + 2), workers);
                int victim = random.nextInt(proxies.size());
                fault(random.nextInt(3), stores.servers().get(victim), proxies.get(victim), workers);
                nodes.forEach(NodesUp::await);
                // It is the end of a failure when what was on that node is there again.
                for (Ledger each : all) {
                    Poll.until("the homes can be read", LIMIT, () -> {
                        check(members.get(0), each);
                        return true;
                    });
                }
            }
            for (Future<?> worker : workers) {
                worker.get(5, TimeUnit.MINUTES);
            }
        } finally {
            threads.shutdownNow();
        }
        List<Node> behind = stores.nodes();
        MemcachedStore last = stores.store(RealStores.homes(behind, 2), Read.BOTH);
        for (Ledger each : all) {
            check(last, each);
            check(last, each);
            String item = RealStores.itemKey(each.key);
            List<Node> order = RealStores.homes(behind, 2).order(item).nodes();
            for (Node standIn : order.subList(2, order.size())) {
                assertThat(standIn.get(item))
                        .as("a stand-in that nobody took back")
                        .isNull();
            }
        }
    }

    private void fault(int kind, MemcachedServer server, CuttingProxy proxy, List<Future<?>> workers) throws Exception {
        int end = operations.get() + OPERATIONS / (FAULTS + 2) / 2;
        switch (kind) {
            case 0 -> {
                server.pause();
                LockSupport.parkNanos(PAUSE.toNanos());
                server.resume();
            }
            case 1 -> {
                proxy.cutOff();
                awaitOperations(end, workers);
                proxy.heal();
            }
            default -> {
                server.kill();
                awaitOperations(end, workers);
                server.restart();
            }
        }
    }

    private void awaitOperations(int count, List<Future<?>> workers) throws Exception {
        while (operations.get() < count) {
            for (Future<?> worker : workers) {
                if (worker.isDone()) {
                    worker.get();
                    return;
                }
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void work(int number, MemcachedStore store, Random random) {
        SessionSnapshot[] bases = new SessionSnapshot[SLOTS];
        long written = 0;
        while (operations.getAndIncrement() < OPERATIONS) {
            int slot = random.nextInt(SLOTS);
            Ledger ledger = slots.get(slot);
            try {
                int what = random.nextInt(100);
                if (what < 50) {
                    SessionSnapshot seen = check(store, ledger);
                    bases[slot] = seen == null ? bases[slot] : seen;
                } else if (what < 97) {
                    // by what was seen last, however long ago, or just now
                    SessionSnapshot base = bases[slot];
                    if (base == null || !base.key().equals(ledger.key) || random.nextBoolean()) {
                        base = check(store, ledger);
                    }
                    if (base != null) {
                        bases[slot] = write(number, store, ledger, base, ++written);
                    }
                } else {
                    slots.compareAndSet(slot, ledger, created(store));
                    remove(store, ledger);
                }
            } catch (StoreException e) {
                unknown.incrementAndGet();
                bases[slot] = null;
            }
        }
    }

    private Ledger created(MemcachedStore store) {
        String id = "s" + names.incrementAndGet();
        Ledger ledger = new Ledger(initial(id).key());
        done(store.save(initial(id), put("begin", id)));
        all.add(ledger);
        return ledger;
    }

    private SessionSnapshot write(int number, MemcachedStore store, Ledger ledger, SessionSnapshot base, long value) {
        SessionDelta delta = put("w" + number, Long.toString(value));
        Saved saved = store.save(base, delta);
        if (saved instanceof Saved.Done done) {
            ledger.acknowledged.set(number, value);
            return base.apply(delta, done.version(), System.currentTimeMillis()).withToken(done.token());
        }
        assertThat(saved).isInstanceOf(Saved.Removed.class);
        assertThat(ledger.mayBeRemoved)
                .as("nobody removed " + ledger.key.opaque())
                .isTrue();
        return null;
    }

    private static void remove(MemcachedStore store, Ledger ledger) {
        ledger.mayBeRemoved = true;
        assertThat(store.remove(ledger.key, Removal.invalidation()))
                .isInstanceOfAny(Removed.Done.class, Removed.Already.class);
        ledger.isRemoved = true;
    }

    /** @return null if it was removed */
    private static SessionSnapshot check(MemcachedStore store, Ledger ledger) {
        long[] before = new long[WORKERS];
        for (int i = 0; i < WORKERS; i++) {
            before[i] = ledger.acknowledged.get(i);
        }
        boolean isRemoved = ledger.isRemoved;
        Loaded loaded = store.load(ledger.key, 0, Access.NOW);
        if (!(loaded instanceof Loaded.Found found)) {
            assertThat(loaded).as(ledger.key.opaque()).isInstanceOf(Loaded.Removed.class);
            assertThat(ledger.mayBeRemoved)
                    .as("nobody removed " + ledger.key.opaque())
                    .isTrue();
            return null;
        }
        assertThat(isRemoved)
                .as("removed, and alive again: " + ledger.key.opaque())
                .isFalse();
        for (int i = 0; i < WORKERS; i++) {
            StoredAttribute attribute = found.snapshot().attributes().get("w" + i);
            long has = attribute == null ? 0 : Long.parseLong(new String(attribute.bytes(), StandardCharsets.US_ASCII));
            assertThat(has).as("w" + i + " of " + ledger.key.opaque()).isGreaterThanOrEqualTo(before[i]);
        }
        return found.snapshot();
    }

    /** Parallel requests on two application servers, each setting another attribute of one session. */
    @ParameterizedTest
    @CsvSource({"BINARY", "TEXT"})
    void thirtyTwoAttributesThatAreSetAtOnceAllSurvive(Protocol protocol) throws Exception {
        int savers = 32;
        ExecutorService threads = Executors.newFixedThreadPool(savers);
        try (RealStores stores = new RealStores(2, protocol)) {
            List<MemcachedStore> members = List.of(stores.store(), stores.store());
            for (int round = 0; round < 50; round++) {
                String id = "r" + round;
                SessionKey key = initial(id).key();
                done(members.get(0).save(initial(id), put("begin", "1")));
                List<Future<?>> all = new ArrayList<>();
                for (int i = 0; i < savers; i++) {
                    int number = i;
                    all.add(threads.submit(() -> {
                        MemcachedStore store = members.get(number % 2);
                        return done(store.save(found(store, key), put("a" + number, "1")));
                    }));
                }
                for (Future<?> each : all) {
                    each.get(1, TimeUnit.MINUTES);
                }
                for (MemcachedStore member : members) {
                    assertThat(found(member, key).attributes())
                            .as("round " + round)
                            .hasSize(savers + 1);
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
