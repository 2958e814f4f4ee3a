package dev.holdfast.benchmarks.stores;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.Version;
import java.util.Map;
import java.util.Random;

/** By the store SPI. */
record HoldfastWork(OpenStore opened) implements StoreWork {

    @Override
    public User user(Random random, int kilobytes) {
        return new HoldfastUser(opened.store(), random, kilobytes);
    }

    @Override
    public long bytesSent() {
        return opened.bytesSent();
    }

    @Override
    public void close() {
        opened.close();
    }

    private static final class HoldfastUser implements User {

        private final SessionStore store;
        private final Random random;
        private final Map<String, byte[]> attributes;
        private final Map<String, byte[]> change;
        private SessionSnapshot latest;

        HoldfastUser(SessionStore store, Random random, int kilobytes) {
            this.store = store;
            this.random = random;
            int size = kilobytes * 1000 / ATTRIBUTES;
            attributes = Sessions.attributes(random, ATTRIBUTES, size);
            change = Map.of("text1", Sessions.bytes(random, size));
            latest = Sessions.create(store, Sessions.key(random), attributes);
        }

        @Override
        public Object act(Operation operation) {
            switch (operation) {
                case UNCHANGED -> {
                    if (!(store.load(latest.key(), latest.version(), Access.NOW) instanceof Loaded.Unchanged)) {
                        throw new IllegalStateException("has changed");
                    }
                }
                case LOAD -> {
                    if (!(store.load(latest.key(), Version.NONE, Access.NOW) instanceof Loaded.Found found)) {
                        throw new IllegalStateException("is lost");
                    }
                    latest = found.snapshot();
                }
                case SAVE -> latest = Sessions.save(store, latest, Sessions.delta(change));
                case CREATE -> {
                    return Sessions.create(store, Sessions.key(random), attributes);
                }
            }
            return latest;
        }
    }
}
