package dev.holdfast.redis.server;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One server; what happens to it is the operator's matter. */
final class SingleMaster implements Masters {

    private final Trips server;

    SingleMaster(Trips server) {
        this.server = server;
    }

    @Override
    public void start() {
        // There is nobody to ask.
    }

    @Override
    public Trips of(int slot) {
        return server;
    }

    @Override
    public Collection<Trips> all() {
        return List.of(server);
    }

    @Override
    public boolean mayChange() {
        return false;
    }

    @Override
    public void suspect(Trips which) {
        // Nobody to ask. Trips makes new connections, which may lead elsewhere if the name moved to another server.
    }

    @Override
    public void awaitNews(long deadlineNanos) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(deadlineNanos - System.nanoTime());
    }

    @Override
    public void close() {
        server.close("closed");
    }
}
