package dev.holdfast.peer;

import dev.holdfast.spi.SessionStoreProvider;
import dev.holdfast.spi.Settings;
import java.util.Set;

/** {@code store=peer://…} and {@code peer+dns://…}: sessions kept by the application servers themselves. See docs/stores/peer.md. */
public final class PeerStoreProvider implements SessionStoreProvider {

    @Override
    public Set<String> schemes() {
        return Set.of("peer", "peer+dns");
    }

    @Override
    public ConfiguredStore configure(String store, Settings settings) {
        PeerSettings peer = PeerSettings.from(store, settings);
        return context -> PeerStore.open(peer, context);
    }
}
