package dev.holdfast.demo.suite;

import dev.holdfast.memcached.servers.MemcachedServer;
import dev.holdfast.redis.servers.RedisServer;
import java.util.List;

/** The servers of a store, all of which hang, stop and come back together. */
interface OutageServers extends AutoCloseable {

    static OutageServers start(String store) {
        return store.equals(Cells.REDIS) ? new OneRedis() : new TwoMemcached();
    }

    String uri();

    void pause();

    void resume();

    void stop();

    void restart();

    @Override
    void close();

    /** It has all that it had when it comes back. */
    final class OneRedis implements OutageServers {

        private final RedisServer server = RedisServer.builder().appendOnly().start();

        @Override
        public String uri() {
            return server.uri();
        }

        @Override
        public void pause() {
            server.pause();
        }

        @Override
        public void resume() {
            server.resume();
        }

        @Override
        public void stop() {
            server.stop();
        }

        @Override
        public void restart() {
            server.restart();
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** They are empty when they come back. */
    final class TwoMemcached implements OutageServers {

        private final List<MemcachedServer> servers = List.of(MemcachedServer.start(), MemcachedServer.start());

        @Override
        public String uri() {
            return "memcached://n1:" + servers.get(0).address() + ",n2:"
                    + servers.get(1).address();
        }

        @Override
        public void pause() {
            servers.forEach(MemcachedServer::pause);
        }

        @Override
        public void resume() {
            servers.forEach(MemcachedServer::resume);
        }

        @Override
        public void stop() {
            servers.forEach(MemcachedServer::kill);
        }

        @Override
        public void restart() {
            servers.forEach(MemcachedServer::restart);
        }

        @Override
        public void close() {
            servers.forEach(MemcachedServer::close);
        }
    }
}
