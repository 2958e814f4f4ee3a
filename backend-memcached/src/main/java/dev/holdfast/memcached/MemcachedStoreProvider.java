package dev.holdfast.memcached;

import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import java.util.Set;

/** {@code store=memcached://n1:host:11211,n2:host:11211}. See docs/stores/memcached.md. */
public final class MemcachedStoreProvider implements SessionStoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("memcached");
    }

    @Override
    public ConfiguredStore configure(String store, Settings settings) {
        MemcachedSettings memcached = MemcachedSettings.from(store, settings);
        return context -> Start.open(memcached, context);
    }
}
