package dev.holdfast.benchmarks.growth;

import dev.holdfast.benchmarks.bare.BareApplication;
import dev.holdfast.benchmarks.stores.OpenStore;
import dev.holdfast.benchmarks.stores.Sessions;
import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Version;
import jakarta.servlet.http.HttpSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Where sessions are kept, empty at first, each by its number. Thread-safe. */
interface Home extends AutoCloseable {

    String name();

    /** @param form of the session */
    void create(int number, Form form) throws Exception;

    /** Of one that is there, by one thread. */
    void load(int number) throws Exception;

    /** What all take, in bytes. */
    long memory() throws InterruptedException;

    @Override
    void close();

    /** Attributes of a session, and bytes of each. */
    record Form(int attributes, int bytes) {
        static final Form USUAL = new Form(10, 100);
    }

    /** One Redis that keeps nothing on disk. */
    static Home redis() {
        RedisServer server = RedisServer.start();
        return new Stored("Redis", OpenStore.of(server.uri()), server::usedMemory, List.of(server));
    }

    /** Two homes for each session, of so many servers. */
    static Home memcached(int servers) {
        List<MemcachedServer> all = Stream.generate(() -> MemcachedServer.start("-m", "2500"))
                .limit(servers)
                .toList();
        String addresses = IntStream.range(0, servers)
                .mapToObj(i -> "n" + i + ":" + all.get(i).address())
                .collect(Collectors.joining(","));
        return new Stored(
                servers + " memcached",
                OpenStore.of("memcached://" + addresses),
                () -> all.stream().mapToLong(Home::memory).sum(),
                all);
    }

    /** Pages that its slabs have been given, and its table. */
    private static long memory(MemcachedServer server) {
        for (String line : server.command("stats slabs")) {
            String[] words = line.split(" ");
            if (words.length == 3 && words[1].equals("total_malloced")) {
                return Long.parseLong(words[2]) + server.count("hash_bytes");
            }
        }
        throw new IllegalStateException("a server without slabs");
    }

    /** So many members in this JVM, two copies of each session. */
    static Home peers(int members) {
        return new Stored(members + " peers", OpenStore.peers(members), Home::usedHeap, List.of());
    }

    /** Objects at a node, of a filter over Redis. */
    static Home nearCache(int sessions) throws Exception {
        return new NearCached(sessions);
    }

    /** Of what lives. What threads and cleaners of a home that was closed hold is found dead by one of the next collections only. */
    static long usedHeap() throws InterruptedException {
        for (int i = 0; i < 4; i++) {
            System.gc();
            Thread.sleep(250);
        }
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    /** What a server or this JVM tells. */
    interface Memory {
        long bytes() throws InterruptedException;
    }

    /** By the store SPI. */
    record Stored(String name, OpenStore opened, Memory used, List<? extends AutoCloseable> servers) implements Home {

        @Override
        public void create(int number, Form form) {
            Random random = new Random(number);
            var ignored = Sessions.create(
                    opened.store(), Sessions.key(random), Sessions.attributes(random, form.attributes(), form.bytes()));
        }

        @Override
        public void load(int number) {
            SessionStore store = opened.store();
            if (!(store.load(Sessions.key(new Random(number)), Version.NONE, Access.NOW) instanceof Loaded.Found)) {
                throw new IllegalStateException("a session of " + name + " is lost");
            }
        }

        @Override
        public long memory() throws InterruptedException {
            return used.bytes();
        }

        @Override
        public void close() {
            opened.close();
            for (AutoCloseable server : servers) {
                try {
                    server.close();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }

    /** By requests. */
    final class NearCached implements Home {

        /** The first of them make requests later. */
        private static final int CLIENTS = 1_000;

        private final RedisServer server = RedisServer.start();
        private final BareApplication application;
        private final AtomicReferenceArray<BareApplication.Client> clients = new AtomicReferenceArray<>(CLIENTS);

        NearCached(int sessions) throws Exception {
            application = new BareApplication(
                    "bench",
                    Map.of("store", server.uri(), "mode", "sticky", "route", "n1", "near-cache", "" + sessions));
        }

        @Override
        public String name() {
            return "near cache";
        }

        @Override
        public void create(int number, Form form) throws Exception {
            Map<String, Object> attributes = new HashMap<>();
            for (int i = 0; i < form.attributes(); i++) {
                attributes.put("text" + i, ("" + (char) ('a' + number % 26)).repeat(form.bytes()));
            }
            BareApplication.Client client = application.login(attributes);
            if (number < CLIENTS) {
                clients.set(number, client);
            }
        }

        @Override
        public void load(int number) throws Exception {
            application.serve(clients.get(number % CLIENTS), (HttpSession session) -> {
                if (session.getAttribute("text1") == null) {
                    throw new IllegalStateException("a session of the near cache is lost");
                }
            });
        }

        @Override
        public long memory() throws InterruptedException {
            return usedHeap();
        }

        @Override
        public void close() {
            application.close();
            server.close();
        }
    }
}
