package dev.holdfast.peer;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Claim;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.StoredAttribute;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A member in a JVM of its own, told what to do by lines on its standard input, and telling what it did on its standard output:
 * {@code state <members> <settled>}, {@code ack <session> <attribute> <value>}, {@code wrong <what>}.
 */
final class MemberProcess {

    static final int SESSIONS = 40;
    /** Sessions from this one on may be ended while others write to them. */
    static final int FIRST_TO_END = 36;
    /** Sessions beside these that nobody uses: they expire. */
    static final int IDLE = 12;

    /** With what the lifecycle adds to it, they can be claimed 16 s after they were created. */
    private static final Duration IDLE_FOR = Duration.ofSeconds(11);

    private static final int WRITERS = 6;

    private final PeerStore store;
    private final String name;
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean writing;

    private MemberProcess(PeerStore store, String name) {
        this.store = store;
        this.name = name;
    }

    /** Arguments: name, store, address to bind to, transport. */
    public static void main(String[] arguments) throws IOException {
        Map<String, String> given = new HashMap<>();
        given.put("peer.bind", arguments[2]);
        given.put("peer.transport", arguments[3]);
        given.put("peer.join-timeout", "1s");
        Settings settings = new Settings(given, new Properties(), Map.of());
        byte[] secret = Arrays.copyOf(new byte[] {7}, 32);
        StoreContext context = new StoreContext("shop", Cluster.POLICY, TimeSource.SYSTEM, List.of(secret));
        PeerStore store = (PeerStore)
                new PeerStoreProvider().configure(arguments[1], settings).open(context);
        new MemberProcess(store, arguments[0]).run();
    }

    private static void say(String line) {
        synchronized (MemberProcess.class) {
            System.out.println(line);
            System.out.flush();
        }
    }

    private static SessionKey key(int session) {
        return new SessionKey("shop", "process-" + session);
    }

    private void run() throws IOException {
        Thread watch = new Thread(this::watch);
        watch.setDaemon(true);
        watch.start();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            switch (words[0]) {
                case "create" -> create();
                case "claim" -> claim();
                case "write" -> write();
                case "stop" -> {
                    stopWriting();
                    say("stopped");
                }
                case "end" -> end(Integer.parseInt(words[1]));
                case "tell" -> tell();
                case "close" -> {
                    writing = false;
                    store.close();
                    say("closed");
                    System.exit(0);
                }
                default -> throw new IllegalArgumentException(line);
            }
        }
        System.exit(1);
    }

    private void watch() {
        String last = "";
        while (true) {
            Epoch epoch = store.node().epoch();
            String now = "state " + (epoch == null ? 0 : epoch.members().size()) + " "
                    + store.node().isSettled();
            if (!now.equals(last)) {
                say(now);
                last = now;
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void create() {
        for (int i = 0; i < SESSIONS; i++) {
            create(key(i), Duration.ofHours(1));
        }
        for (int i = 0; i < IDLE; i++) {
            create(new SessionKey("shop", "idle-" + i), IDLE_FOR);
        }
        say("created");
    }

    private void create(SessionKey key, Duration maxInactive) {
        SessionSnapshot base = SessionSnapshot.initial(key, Instant.now(), maxInactive);
        SessionDelta delta = new SessionDelta(SessionDelta.newStamp(), Map.of(), Set.of(), Duration.ZERO, null);
        if (!(store.save(base, delta) instanceof Saved.Done)) {
            say("wrong cannot create session " + key.opaque());
        }
    }

    /** As the filter does: claims what has expired, calls the listeners, confirms. */
    private void claim() {
        Thread claiming = new Thread(() -> {
            while (true) {
                try {
                    List<Claim> claims = store.claimExpired(List.of(), 50, Duration.ofSeconds(30));
                    claims.forEach(
                            claim -> say("destroyed " + claim.snapshot().key().opaque()));
                    store.confirm(claims);
                } catch (StoreException e) {
                    say("failed " + e.kind());
                }
                LockSupport.parkNanos(200_000_000);
            }
        });
        claiming.setDaemon(true);
        claiming.start();
    }

    private void write() {
        writing = true;
        for (int i = 0; i < WRITERS; i++) {
            String attribute = name + "." + i;
            Thread writer = new Thread(() -> write(attribute));
            writer.setDaemon(true);
            writer.start();
            writers.add(writer);
        }
    }

    /** What is under way is stored, or has failed, when this returns. */
    private void stopWriting() {
        writing = false;
        for (Thread writer : writers) {
            while (writer.isAlive()) {
                LockSupport.parkNanos(1_000_000);
            }
        }
    }

    private void write(String attribute) {
        Random random = new Random();
        int[] acknowledged = new int[SESSIONS];
        int[] tried = new int[SESSIONS];
        while (writing) {
            int session = random.nextInt(SESSIONS);
            try {
                write(attribute, session, acknowledged, tried);
            } catch (StoreException e) {
                say("failed " + e.kind());
            } catch (RuntimeException e) {
                say("wrong " + e);
            }
            // A user, not a benchmark: the other members need the processor as well.
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void write(String attribute, int session, int[] acknowledged, int[] tried) {
        Loaded loaded = store.load(key(session), Version.NONE, Access.NOW);
        if (!(loaded instanceof Loaded.Found found)) {
            if (session < FIRST_TO_END || loaded instanceof Loaded.Absent) {
                say("wrong session " + session + " is " + loaded);
            }
            return;
        }
        int value = value(found.snapshot().attributes().get(attribute));
        if (value < acknowledged[session] || value > tried[session]) {
            say("wrong " + attribute + " reads " + value + " in session " + session + ", acknowledged "
                    + acknowledged[session] + ", tried " + tried[session]);
        }
        int next = ++tried[session];
        SessionDelta delta = new SessionDelta(
                SessionDelta.newStamp(),
                Map.of(attribute, Integer.toString(next).getBytes(StandardCharsets.UTF_8)),
                Set.of(),
                Duration.ZERO,
                null);
        if (store.save(found.snapshot(), delta) instanceof Saved.Done) {
            acknowledged[session] = next;
            say("ack " + session + " " + attribute + " " + next);
        } else if (session < FIRST_TO_END) {
            say("wrong session " + session + " is gone");
        }
    }

    private static int value(StoredAttribute attribute) {
        return attribute == null ? 0 : Integer.parseInt(new String(attribute.bytes(), StandardCharsets.UTF_8));
    }

    private void end(int session) {
        try {
            store.remove(key(session), Removal.invalidation());
            say("ended " + session);
        } catch (StoreException e) {
            say("failed " + e.kind());
        }
    }

    /** What it finds of every session. */
    private void tell() {
        for (int i = 0; i < SESSIONS; i++) {
            Loaded loaded = store.load(key(i), Version.NONE, Access.NONE);
            if (loaded instanceof Loaded.Found found) {
                say("session " + i + " found");
                for (Map.Entry<String, StoredAttribute> attribute :
                        found.snapshot().attributes().entrySet()) {
                    say("value " + i + " " + attribute.getKey() + " " + value(attribute.getValue()));
                }
            } else {
                say("session " + i + " " + loaded.getClass().getSimpleName());
            }
        }
        say("told");
    }
}
