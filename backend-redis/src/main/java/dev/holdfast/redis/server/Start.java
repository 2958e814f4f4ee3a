package dev.holdfast.redis.server;

import dev.holdfast.spi.StoreException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Puts the parts together and looks at the servers once. */
final class Start {

    /** A JVM that has just begun takes its time over the first name and the first TLS. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private Start() {}

    static RedisServers open(RedisSettings settings) throws StoreException {
        Names names = new Names();
        Watch watch = new Watch();
        Dialer dialer = new Dialer(settings.tls(), names, watch);
        Opener opener = Opener.ofMasters(settings, dialer);
        long patience = Math.max(PATIENCE_NANOS, settings.timeout().toNanos());
        long deadline = System.nanoTime() + patience;
        RedisServers servers = null;
        boolean open = false;
        try {
            Masters masters = new SingleMaster(
                    new Trips(settings.addresses().get(0), opener, settings.poolSize(), settings.waitReplicas()));
            servers = new RedisServers(masters, List.of(names, watch));
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
}
