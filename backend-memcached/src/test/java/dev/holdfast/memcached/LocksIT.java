package dev.holdfast.memcached;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.memcached.MemcachedSettings.Read;
import dev.holdfast.memcached.node.Node;
import dev.holdfast.memcached.node.NodeOptions.Protocol;
import dev.holdfast.memcached.servers.CuttingProxy;
import dev.holdfast.spi.Lease;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.servers.Poll;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What locks rely on at the servers: nobody deletes or prolongs what has become another's. */
class LocksIT {

    private static final SessionKey KEY = new SessionKey("shop", "locked");
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** The text protocol's delete takes no token: a plain one would free the next holder's lock. */
    @ParameterizedTest
    @EnumSource
    void aLateReleaseLeavesTheLockOfTheNextHolder(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            MemcachedStore one = stores.store();
            MemcachedStore two = stores.store();
            for (int round = 0; round < 20; round++) {
                Lease late =
                        one.tryLock(KEY, Duration.ofMillis(20), Duration.ZERO).orElseThrow();
                if (round % 2 == 0) {
                    // it has been seen since it was written
                    late.renew(Duration.ofMillis(20));
                }
                Lease next = taken(two);

                late.release();
                assertThat(late.renew(LONG)).isFalse();

                assertThat(one.tryLock(KEY, LONG, Duration.ZERO))
                        .as("round " + round)
                        .isEmpty();
                next.release();
                late.release();
            }
        }
    }

    /** Also if the holder's connection was lost in between, and its token with it. */
    @ParameterizedTest
    @EnumSource
    void whoseConnectionWasLostReleasesItsLockAndNoOther(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(1, protocol);
                CuttingProxy proxy = CuttingProxy.before(stores.servers().get(0))) {
            List<Node> nodes = stores.nodes(List.of(proxy.port()));
            MemcachedStore one = stores.store(RealStores.homes(nodes, 1), Read.BOTH);
            MemcachedStore two = stores.store();
            Lease mine = one.tryLock(KEY, LONG, Duration.ZERO).orElseThrow();
            proxy.cut();
            NodesUp.await(nodes);
            assertThat(mine.renew(LONG)).isTrue();
            proxy.cut();
            NodesUp.await(nodes);
            mine.release();
            Lease next = two.tryLock(KEY, LONG, Duration.ZERO).orElseThrow();

            proxy.cut();
            NodesUp.await(nodes);
            mine.release();

            assertThat(one.tryLock(KEY, LONG, Duration.ZERO)).isEmpty();
            next.release();
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileTheFirstNodeIsAwayLocksAreTakenOnTheNext(Protocol protocol) throws Exception {
        try (RealStores stores = new RealStores(2, protocol)) {
            List<Node> nodes = stores.nodes();
            Homes homes = RealStores.homes(nodes, 2);
            MemcachedStore store = stores.store(homes, Read.BOTH);
            stores.server(homes.order(SessionItems.key(KEY)).nodes().get(0)).kill();

            Lease lease = taken(store);
            assertThat(store.tryLock(KEY, LONG, Duration.ZERO)).isEmpty();
            assertThat(lease.renew(LONG)).isTrue();
            lease.release();
            taken(store).release();
        }
    }

    private static Lease taken(MemcachedStore store) {
        AtomicReference<Lease> lease = new AtomicReference<>();
        Poll.until("the lock is free", LIMIT, () -> {
            Optional<Lease> taken = store.tryLock(KEY, LONG, Duration.ZERO);
            taken.ifPresent(lease::set);
            return taken.isPresent();
        });
        return lease.get();
    }
}
