package dev.holdfast.spi;

import java.util.Set;

/** {@code store=local}: a {@link LocalStore}. It has no settings. */
public final class LocalStoreProvider implements SessionStoreProvider {

    private static final String SCHEME = "local";

    @Override
    public Set<String> schemes() {
        return Set.of(SCHEME);
    }

    @Override
    public ConfiguredStore configure(String store, Settings settings) {
        if (!store.equals(SCHEME)) {
            settings.problem("store", "has something after local, which takes nothing: it is this JVM's memory");
        }
        return LocalStore::new;
    }
}
