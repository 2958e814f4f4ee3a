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
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What it costs, counted by the servers. */
class BudgetIT {

    private static final Map<String, Long> NOTHING = Map.of("get", 0L, "write", 0L, "cas", 0L);
    private static final Map<String, Long> A_GET = Map.of("get", 1L, "write", 0L, "cas", 0L);
    private static final Map<String, Long> AN_ADD = Map.of("get", 0L, "write", 1L, "cas", 0L);
    private static final Map<String, Long> A_CAS = Map.of("get", 0L, "write", 1L, "cas", 1L);

    private final List<Map<String, Long>> last = new ArrayList<>();

    /** What each server has been asked since this was called before. */
    private List<Map<String, Long>> asked(RealStores stores) {
        List<Map<String, Long>> asked = new ArrayList<>();
        for (int i = 0; i < stores.servers().size(); i++) {
            MemcachedServer server = stores.servers().get(i);
            Map<String, Long> now = new TreeMap<>(Map.of(
                    "get", server.count("cmd_get"),
                    "write", server.count("cmd_set"),
                    "cas", server.count("cas_hits") + server.count("cas_badval") + server.count("cas_misses")));
            Map<String, Long> before = last.size() > i ? last.get(i) : NOTHING;
            Map<String, Long> difference = new TreeMap<>();
            now.forEach((what, count) -> difference.put(what, count - before.get(what)));
            asked.add(difference);
            if (last.size() > i) {
                last.set(i, now);
            } else {
                last.add(now);
            }
        }
        return asked;
    }

    @ParameterizedTest
    @EnumSource
    void aReadIsOneGetAtEachHomeAndAChangeOneCasMore(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            MemcachedStore store = stores.store();
            asked(stores);

            SessionSnapshot created = initial("id");
            Saved.Done done = done(store.save(created, put("a", "1")));
            assertThat(asked(stores)).as("a new session").containsExactly(AN_ADD, AN_ADD);

            SessionSnapshot read = found(store, created.key());
            assertThat(asked(stores)).as("a read").containsExactly(A_GET, A_GET);

            Loaded again = store.load(created.key(), read.version(), Access.NOW);
            assertThat(asked(stores)).as("of what is known").containsExactly(A_GET, A_GET);

            Saved.Done changed = done(store.save(read.withToken(((Loaded.Unchanged) again).token()), put("b", "2")));
            assertThat(asked(stores)).as("one changed attribute").containsExactly(A_CAS, A_CAS);
            assertThat(changed.merged()).isFalse();

            // The text protocol does not tell what a write has made of the item.
            if (protocol == Protocol.BINARY) {
                done(store.save(read.withToken(changed.token()), put("c", "3")));
                assertThat(asked(stores)).as("one more of the same request").containsExactly(A_CAS, A_CAS);
            } else {
                assertThat(changed.token()).isNull();
                assertThat(done.token()).isNull();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsOvertakenReadsAgainAndMerges(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            MemcachedStore one = stores.store();
            MemcachedStore two = stores.store();
            SessionKey key = initial("id").key();
            done(one.save(initial("id"), put("a", "1")));
            SessionSnapshot read = found(one, key);
            done(two.save(found(two, key), put("b", "2")));

            Saved.Done merged = done(one.save(read, put("c", "3")));

            assertThat(merged.merged()).isTrue();
            assertThat(found(two, key).attributes()).containsOnlyKeys("a", "b", "c");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTokenOfBeforeARestartIsWorthNothing(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            MemcachedStore one = stores.store();
            SessionKey key = initial("id").key();
            done(one.save(initial("id"), put("a", "1")));
            SessionSnapshot read = found(one, key);
            done(one.save(found(one, key), put("b", "2")));
            for (MemcachedServer server : stores.servers()) {
                server.restart();
            }
            MemcachedStore two = stores.store();
            // the servers hand out the same tokens again
            done(two.save(initial("id"), put("other", "1")));

            Saved saved = one.save(read, put("c", "3"));

            assertThat(found(two, key).attributes()).containsKey("other");
            assertThat(done(saved).merged()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void thePrimaryAloneIsReadIfThatIsAskedFor(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            List<Node> nodes = stores.nodes();
            Homes homes = RealStores.homes(nodes, 2);
            MemcachedStore store = stores.store(homes, Read.PRIMARY);
            SessionKey key = initial("id").key();
            Node primary = homes.order(RealStores.itemKey(key)).nodes().get(0);
            int first = nodes.indexOf(primary);
            done(store.save(initial("id"), put("a", "1")));
            asked(stores);

            SessionSnapshot read = found(store, key);
            List<Map<String, Long>> reading = asked(stores);
            assertThat(reading.get(first)).as("a read").isEqualTo(A_GET);
            assertThat(reading.get(1 - first)).as("a read").isEqualTo(NOTHING);

            done(store.save(read, put("b", "2")));
            List<Map<String, Long>> saving = asked(stores);
            assertThat(saving.get(first)).as("one changed attribute").isEqualTo(A_CAS);
            assertThat(saving.get(1 - first))
                    .as("one changed attribute")
                    .isEqualTo(Map.of("get", 1L, "write", 1L, "cas", 1L));

            stores.server(primary).kill();
            assertThat(found(store, key).attributes()).as("from the backup").containsOnlyKeys("a", "b");
            stores.server(primary).restart();
            NodesUp.await(nodes);
            assertThat(found(store, key).attributes())
                    .as("the primary is empty")
                    .containsOnlyKeys("a", "b");
            asked(stores);
            assertThat(found(store, key).attributes()).containsOnlyKeys("a", "b");
            assertThat(asked(stores).get(1 - first)).as("it has it again").isEqualTo(NOTHING);
        }
    }

    /** Nothing is asserted about time; the ratio is for people. Without a network between it is that of the work of the processors. */
    @ParameterizedTest
    @ValueSource(longs = {0, 200, 1000})
    void whatTheSecondHomeCosts(long delayMicros) throws Exception {
        try (RealStores stores = new RealStores(2, Protocol.BINARY);
                CuttingProxy first = CuttingProxy.before(stores.servers().get(0));
                CuttingProxy second = CuttingProxy.before(stores.servers().get(1))) {
            first.delay(Duration.of(delayMicros, ChronoUnit.MICROS));
            second.delay(Duration.of(delayMicros, ChronoUnit.MICROS));
            List<Node> nodes = delayMicros == 0 ? stores.nodes() : stores.nodes(List.of(first.port(), second.port()));
            MemcachedStore one = stores.store(RealStores.homes(nodes, 1), Read.BOTH);
            MemcachedStore two = stores.store(RealStores.homes(nodes, 2), Read.BOTH);
            SessionSnapshot[] sessions = {initial("one"), initial("two")};
            byte[] value = new byte[1024];
            done(one.save(sessions[0], put("a", value)));
            done(two.save(sessions[1], put("a", value)));
            int turns = delayMicros == 0 ? 3_000 : 400;
            double[] loads = medians(
                    turns,
                    i -> sessions[0] = found(one, sessions[0].key()),
                    i -> sessions[1] = found(two, sessions[1].key()));
            double[] saves = medians(turns, i -> save(one, sessions, 0, value), i -> save(two, sessions, 1, value));
            System.out.printf(
                    "memcached, answers %d us later: with one home load %.0f us, save %.0f us;"
                            + " with two load %.0f us (x %.2f), save %.0f us (x %.2f)%n",
                    delayMicros, loads[0], saves[0], loads[1], loads[1] / loads[0], saves[1], saves[1] / saves[0]);
            assertThat(found(two, sessions[1].key()).attributes()).containsOnlyKeys("a");
        }
    }

    private static void save(MemcachedStore store, SessionSnapshot[] sessions, int which, byte[] value) {
        var delta = put("a", value);
        Saved.Done done = done(store.save(sessions[which], delta));
        sessions[which] = sessions[which]
                .apply(delta, done.version(), System.currentTimeMillis())
                .withToken(done.token());
    }

    /** The medians in microseconds, of calls made in turns. */
    private static double[] medians(int turns, IntConsumer one, IntConsumer two) {
        long[][] nanos = new long[2][turns];
        for (int i = 0; i < turns / 3 + turns; i++) {
            long start = System.nanoTime();
            one.accept(i);
            long middle = System.nanoTime();
            two.accept(i);
            long end = System.nanoTime();
            if (i >= turns / 3) {
                nanos[0][i - turns / 3] = middle - start;
                nanos[1][i - turns / 3] = end - middle;
            }
        }
        Arrays.sort(nanos[0]);
        Arrays.sort(nanos[1]);
        return new double[] {nanos[0][turns / 2] / 1e3, nanos[1][turns / 2] / 1e3};
    }
}
