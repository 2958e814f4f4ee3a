package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.spi.Access;
import dev.holdfast.spi.ExpiryPolicy;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.StoreContext;
import dev.holdfast.spi.StoreException;
import dev.holdfast.spi.TimeSource;
import dev.holdfast.spi.servers.Poll;
import dev.holdfast.spi.servers.Ports;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The store as it is chosen: found by its scheme, opened on real servers. */
class StartIT {

    static final StoreContext CONTEXT = new StoreContext(
            "shop",
            new ExpiryPolicy(
                    Duration.ofMinutes(1), Duration.ofSeconds(5), Duration.ofMinutes(10), Duration.ofMinutes(30)),
            TimeSource.SYSTEM);

    private static final Duration LIMIT = Duration.ofMinutes(1);

    private final List<MemcachedServer> servers = new ArrayList<>();
    /** Written by threads of the store's, too. */
    private final List<String> log = new CopyOnWriteArrayList<>();

    private final Logger logger = Logger.getLogger("dev.holdfast.memcached");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord each) {
            log.add(each.getLevel() + " " + new SimpleFormatter().formatMessage(each));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    {
        logger.addHandler(handler);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(handler);
        servers.forEach(MemcachedServer::close);
    }

    @Test
    void aStoreIsFoundByItsSchemeAndSaysWhereItKeepsSessions() {
        MemcachedServer one = server();
        MemcachedServer two = server();
        try (SessionStore store = open("memcached://n1:" + one.address() + "," + two.address())) {
            assertThat(store.load(new SessionKey("shop", "x"), 0, Access.NONE)).isInstanceOf(Loaded.Absent.class);
            store.ping();
        }
        assertThat(log)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("INFO")
                        .contains("application 'shop'")
                        .contains("n1 (" + one.address() + "), " + two.address())
                        .contains("2 copies of each, binary protocol, timeout 1000 ms"))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("WARNING")
                        .contains("all on one host")
                        .contains("memcached.zones"));
    }

    @Test
    void oneNodeThatIsAwayIsToldAndDoesNotKeepAnApplicationFromStarting() throws Exception {
        MemcachedServer one = server();
        int nobody = Ports.free(false);
        try (SessionStore store = open("memcached://n1:" + one.address() + ",n2:127.0.0.1:" + nobody)) {
            store.ping();
        }
        assertThat(log)
                .anySatisfy(line -> assertThat(line)
                        .startsWith("WARNING")
                        .contains("memcached n2 is down")
                        .contains("cannot connect"));
    }

    @Test
    void anotherServersListIsTold() {
        MemcachedServer one = server();
        MemcachedServer two = server();
        MemcachedServer three = server();
        String old = "n1:" + one.address() + ",n2:" + two.address();
        String next = "n2:" + two.address() + ",n3:" + three.address();
        try (SessionStore first = open("memcached://" + old)) {
            awaitList(two, 1);
            try (SessionStore moving = open("memcached://" + next, "memcached.previous-nodes", old)) {
                awaitList(two, 2);
            }
            assertThat(log).noneMatch(line -> line.contains("another server"));
            try (SessionStore other = open("memcached://" + next)) {
                Poll.until(
                        "it is told",
                        LIMIT,
                        () -> log.stream()
                                .anyMatch(line -> line.startsWith("WARNING")
                                        && line.contains("another server of application 'shop' has other nodes")));
            }
        }
    }

    private static void awaitList(MemcachedServer server, int lists) {
        Poll.until(
                lists + " lists on " + server,
                LIMIT,
                () -> server.command("get hf:shop:.lists").stream()
                                .filter(line -> line.contains(" nodes="))
                                .count()
                        == lists);
    }

    @Test
    void withoutAnyNodeItDoesNotStartAndSaysWhatEachSaid() throws Exception {
        int first = Ports.free(false);
        assertThatThrownBy(() -> open("memcached://n1:127.0.0.1:" + first + ",n2:no-such-host.invalid"))
                .isInstanceOfSatisfying(
                        StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.UNAVAILABLE))
                .hasMessageContaining("none of the memcached nodes can be used")
                .hasMessageContaining("memcached n1: down")
                .hasMessageContaining("Connection refused")
                .hasMessageContaining("unknown host no-such-host.invalid");
        assertNoThreadIsLeft();
    }

    @Test
    void aTextPasswordIsGivenAndWithoutItThereIsNoStart() {
        MemcachedServer locked = MemcachedServer.startWithTextPassword("u", "s3cret");
        servers.add(locked);
        assertThatThePasswordIsNeeded(locked, "text");
    }

    @Test
    void aSaslPasswordIsGivenAndWithoutItThereIsNoStart() {
        MemcachedServer locked = MemcachedServer.startWithSasl("u", "s3cret");
        servers.add(locked);
        assertThatThePasswordIsNeeded(locked, "binary");
    }

    private static void assertThatThePasswordIsNeeded(MemcachedServer locked, String protocol) {
        List<String> right = List.of(
                "memcached.replicas",
                "1",
                "memcached.protocol",
                protocol,
                "memcached.user",
                "u",
                "memcached.password",
                "s3cret");
        String store = "memcached://" + locked.address();
        try (SessionStore open = open(store, right.toArray(String[]::new))) {
            SessionSnapshot created = SessionSnapshot.initial(
                    new SessionKey("shop", "x"), Instant.ofEpochMilli(System.currentTimeMillis()), Duration.ofHours(1));
            open.save(created, new SessionDelta(7, Map.of("a", new byte[] {1}), Set.of(), Duration.ZERO, null));
            assertThat(open.load(created.key(), 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
        }
        assertThatThrownBy(() -> open(store, right.subList(0, 4).toArray(String[]::new)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("memcached.user");
        List<String> wrong = new ArrayList<>(right);
        wrong.set(7, "wr0ng");
        assertThatThrownBy(() -> open(store, wrong.toArray(String[]::new)))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("refused")
                .hasMessageNotContaining("wr0ng");
    }

    private MemcachedServer server() {
        MemcachedServer server = MemcachedServer.start();
        servers.add(server);
        return server;
    }

    static SessionStore open(String store, String... namesAndValues) {
        Map<String, String> given = new HashMap<>(Map.of("memcached.timeout", "1s"));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            given.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        Settings settings = new Settings(given, new Properties(), Map.of());
        SessionStoreProvider provider = ServiceLoader.load(SessionStoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.schemes().contains("memcached"))
                .findFirst()
                .orElseThrow();
        SessionStoreProvider.ConfiguredStore configured = provider.configure(store, settings);
        settings.check("test");
        return configured.open(CONTEXT);
    }

    private static void assertNoThreadIsLeft() {
        Poll.until(
                "the end of all threads",
                LIMIT,
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("holdfast-memcached")));
    }
}
