package dev.holdfast.benchmarks.stores;

import java.util.Random;

/** What a node asks of a store, by Holdfast's or by a bare client that moves as many bytes in as many trips. */
public interface StoreWork extends AutoCloseable {

    /** What is asked. */
    enum Operation {
        UNCHANGED("load, unchanged"),
        LOAD("load, whole"),
        SAVE("save one attribute"),
        CREATE("create");

        private final String title;

        Operation(String title) {
            this.title = title;
        }

        /** For a table. */
        public String title() {
            return title;
        }
    }

    /** Attributes of a session. */
    int ATTRIBUTES = 10;

    /** A user with one session, for one thread. */
    interface User extends AutoCloseable {

        /** @return something that depends on the answer */
        Object act(Operation operation) throws Exception;

        @Override
        default void close() throws Exception {
            // most share their connections
        }
    }

    /** @param kilobytes of his session */
    User user(Random random, int kilobytes) throws Exception;

    /** By those who have no server that counts them. */
    default long bytesSent() {
        return 0;
    }

    @Override
    void close() throws Exception;

    /**
     * Opens it.
     *
     * @param store {@code redis}, {@code memcached} or {@code peers}
     * @param addresses see {@link StoreServers.Addresses}
     */
    static StoreWork of(String store, boolean bare, StoreServers.Addresses addresses) throws Exception {
        if (!bare) {
            return new HoldfastWork(
                    switch (store) {
                        case "redis" -> OpenStore.of(addresses.redis());
                        case "memcached" -> OpenStore.of("memcached://" + addresses.memcached());
                        case "peers" -> OpenStore.peers(2);
                        default -> throw new IllegalArgumentException(store);
                    });
        }
        return switch (store) {
            case "redis" -> new BareRedis(addresses.redis());
            case "memcached" -> new BareMemcached(addresses.memcached());
            case "peers" -> new BareTcp();
            default -> throw new IllegalArgumentException(store);
        };
    }
}
