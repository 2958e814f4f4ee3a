package dev.holdfast.demo.testapp.broken;

import dev.holdfast.spi.LocalStoreProvider;
import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import java.util.Set;

/** {@code store=breakable}. */
public final class BreakableStoreProvider implements SessionStoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("breakable");
    }

    @Override
    public ConfiguredStore configure(String store, Settings settings) {
        ConfiguredStore local = new LocalStoreProvider().configure("local", settings);
        return context -> new BreakableStore(local.open(context));
    }
}
