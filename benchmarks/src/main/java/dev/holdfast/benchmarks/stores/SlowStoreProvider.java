package dev.holdfast.benchmarks.stores;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.LocalStore;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.SessionStore;
import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.Touch;
import java.util.Collection;
import java.util.Set;

/** {@code store=slow:200}: this JVM's memory, but a load takes 200 microseconds more. Found by its scheme. */
public final class SlowStoreProvider implements SessionStoreProvider {

    private static final String SCHEME = "slow";

    @Override
    public Set<String> schemes() {
        return Set.of(SCHEME);
    }

    @Override
    public ConfiguredStore configure(String store, Settings settings) {
        int micros = Integer.parseInt(store.substring(SCHEME.length() + 1));
        return context -> new Slow(new LocalStore(context), micros);
    }

    /** Busily: who lets the system wake him comes some 60 microseconds late, and each time others. */
    public static void await(int micros) {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < micros * 1000L) {
            Thread.onSpinWait();
        }
    }

    private record Slow(SessionStore inner, int micros) implements SessionStore {

        @Override
        public Loaded load(SessionKey key, long knownVersion, Access access) {
            await(micros);
            return inner.load(key, knownVersion, access);
        }

        @Override
        public Saved save(SessionSnapshot base, SessionDelta delta) {
            return inner.save(base, delta);
        }

        @Override
        public Set<SessionKey> touch(Collection<Touch> touches) {
            return inner.touch(touches);
        }

        @Override
        public Removed remove(SessionKey key, Removal how) {
            return inner.remove(key, how);
        }

        @Override
        public void ping() {
            inner.ping();
        }

        @Override
        public void close() {
            inner.close();
        }
    }
}
