package dev.holdfast.demo.testapp.faults;

import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import dev.holdfast.spi.kit.CountingStore;
import dev.holdfast.spi.kit.FaultyStore;
import java.util.ServiceLoader;
import java.util.Set;

/** {@code faulty:local}, {@code faulty:peer://…}: the store after the first colon, with what {@link FaultServlet} plans and counts. */
public final class FaultyProvider implements SessionStoreProvider {

    private static final String SCHEME = "faulty";

    @Override
    public Set<String> schemes() {
        return Set.of(SCHEME);
    }

    @Override
    public ConfiguredStore configure(String store, Settings settings) {
        String inner = store.substring(SCHEME.length() + 1);
        String scheme = inner.contains(":") ? inner.substring(0, inner.indexOf(':')) : inner;
        ConfiguredStore sound =
                ServiceLoader.load(SessionStoreProvider.class, FaultyProvider.class.getClassLoader()).stream()
                        .map(ServiceLoader.Provider::get)
                        .filter(provider -> provider.schemes().contains(scheme))
                        .findFirst()
                        .orElseThrow()
                        .configure(inner, settings);
        return context -> {
            FaultyStore faulty = FaultyStore.around(new ManglingStore(sound.open(context)));
            CountingStore counting = CountingStore.around(faulty);
            FaultServlet.use(faulty, counting);
            return counting;
        };
    }
}
