package dev.holdfast.peer;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.TimeSource;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A member in a JVM of its own that saves as fast as it can, or answers those that do. Told by lines: {@code load <callers>
 * <bytes> <millis>} is answered with {@code done <saves> <nanos> <processor nanos> <packets> <bytes>}.
 */
final class SavingProcess {

    private static final int ATTRIBUTES = 10;

    private SavingProcess() {}

    /** Arguments: store, members to wait for, whether there is a secret, address to listen on. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> given = new HashMap<>();
        given.put("peer.bind", arguments[3]);
        given.put("peer.join-timeout", "1s");
        Settings settings = new Settings(given, new Properties(), Map.of());
        List<byte[]> keys = Boolean.parseBoolean(arguments[2]) ? List.of(Arrays.copyOf(new byte[] {7}, 32)) : List.of();
        StoreContext context = new StoreContext("shop", Cluster.POLICY, TimeSource.SYSTEM, keys);
        PeerStore store = (PeerStore)
                new PeerStoreProvider().configure(arguments[0], settings).open(context);
        int members = Integer.parseInt(arguments[1]);
        while (store.node().epoch().members().size() < members || !store.node().isSettled()) {
            LockSupport.parkNanos(5_000_000);
        }
        say("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "load" ->
                    load(store, Integer.parseInt(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
                case "usage" ->
                    say("usage " + processorNanos() + " " + store.group().packetsSent() + " "
                            + store.group().bytesOnTheWire());
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.exit(0);
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    private static long processorNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static void load(PeerStore store, int callers, int bytes, int millis) {
        AtomicLong saves = new AtomicLong();
        long end = System.nanoTime() + millis * 1_000_000L;
        Thread[] threads = new Thread[callers];
        for (int t = 0; t < callers; t++) {
            SessionKey key = new SessionKey("shop", "saving" + Long.toHexString(new Random().nextLong()));
            threads[t] = new Thread(() -> saves.addAndGet(save(store, key, bytes, end)));
        }
        long begin = System.nanoTime();
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            boolean interrupted = false;
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        say("done " + saves.get() + " " + (System.nanoTime() - begin));
    }

    /** As a request in mode shared does: loads if it has changed, changes one attribute, saves. */
    private static long save(PeerStore store, SessionKey key, int bytes, long end) {
        Random random = new Random();
        Map<String, byte[]> attributes = new HashMap<>();
        for (int i = 0; i < ATTRIBUTES; i++) {
            attributes.put("attribute" + i, value(random, bytes / ATTRIBUTES));
        }
        SessionSnapshot session = SessionSnapshot.initial(key, Instant.now(), Duration.ofHours(1));
        session = saved(store, session, attributes);
        long saves = 0;
        while (System.nanoTime() - end < 0) {
            if (!(store.load(key, session.version(), Access.NONE) instanceof Loaded.Unchanged)) {
                throw new IllegalStateException("nobody else has changed it");
            }
            session = saved(store, session, Map.of("attribute3", value(random, bytes / ATTRIBUTES)));
            saves++;
        }
        return saves;
    }

    private static byte[] value(Random random, int size) {
        byte[] value = new byte[size];
        random.nextBytes(value);
        return value;
    }

    private static SessionSnapshot saved(PeerStore store, SessionSnapshot base, Map<String, byte[]> changed) {
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), changed, Set.of(), Duration.ZERO, null);
        if (store.save(base, delta) instanceof Saved.Done done) {
            return base.apply(delta, done.version(), 0);
        }
        throw new IllegalStateException("not saved");
    }
}
