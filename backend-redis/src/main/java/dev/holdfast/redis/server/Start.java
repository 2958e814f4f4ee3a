package dev.holdfast.redis.server;

import dev.holdfast.spi.StoreException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Puts the parts together and looks at the servers once. */
final class Start {

    /** A JVM that has just begun takes its time over the first name and the first TLS. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final long LONG_REST_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Start() {}

    static RedisServers open(RedisSettings settings) throws StoreException {
        Names names = new Names();
        Watch watch = new Watch();
        Dialer dialer = new Dialer(settings.tls(), names, watch);
        long patience = Math.max(PATIENCE_NANOS, settings.timeout().toNanos());
        long deadline = System.nanoTime() + patience;
        RedisServers servers = null;
        boolean open = false;
        try {
            Opener opener = Opener.ofMasters(settings, dialer);
            Function<Address, Trips> connect = address -> new Trips(
                    address,
                    new Connections(address, opener, LONG_REST_NANOS),
                    opener.timeoutNanos(),
                    settings.poolSize(),
                    settings.waitReplicas());
            Masters masters = masters(settings, dialer, connect);
            servers = new RedisServers(masters, List.of(names, watch));
            masters.start();
            List<Address> addresses = masters.all().stream().map(Trips::address).toList();
            new StartCheck(settings, opener.withTimeout(patience), dialer).check(addresses, deadline);
            open = true;
            return servers;
        } finally {
            if (!open) {
                if (servers != null) {
                    servers.close();
                }
                names.close();
                watch.close();
            }
        }
    }

    private static Masters masters(RedisSettings settings, Dialer dialer, Function<Address, Trips> connect) {
        List<Address> addresses = settings.addresses();
        return switch (settings.address().kind()) {
            case SINGLE -> new SingleMaster(connect.apply(addresses.get(0)));
            case SENTINEL -> {
                Opener opener = Opener.ofSentinels(settings, dialer);
                yield new SentinelMaster(
                        settings.address().master(),
                        addresses.stream()
                                .map(address -> new Informant(address, opener))
                                .toList(),
                        connect);
            }
            case CLUSTER -> {
                Opener opener = Opener.ofNodes(settings, dialer);
                yield new ClusterMasters(addresses, address -> new Informant(address, opener), connect);
            }
        };
    }
}
