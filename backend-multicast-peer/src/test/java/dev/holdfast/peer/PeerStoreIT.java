package dev.holdfast.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.holdfast.spi.Access;
import dev.holdfast.spi.Loaded;
import dev.holdfast.spi.Removal;
import dev.holdfast.spi.Removed;
import dev.holdfast.spi.Saved;
import dev.holdfast.spi.SessionDelta;
import dev.holdfast.spi.SessionKey;
import dev.holdfast.spi.SessionSnapshot;
import dev.holdfast.spi.Version;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PeerStoreIT {

    private static SessionKey key(int i) {
        return new SessionKey("shop", "session-" + i + "-xxxxxxxxxxxxxxxx");
    }

    private static SessionDelta put(String name, String value) {
        return new SessionDelta(SessionDelta.newStamp(), Map.of(name, value.getBytes()), Set.of(), Duration.ZERO, null);
    }

    @Test
    void whatOneMemberSavesTheOtherLoads() {
        try (Cluster cluster = new Cluster().of(2)) {
            PeerStore a = cluster.members.get(0);
            PeerStore b = cluster.members.get(1);
            for (int i = 0; i < 100; i++) {
                SessionSnapshot base = SessionSnapshot.initial(key(i), Instant.now(), Duration.ofMinutes(30));
                Saved saved = a.save(base, put("x", "" + i));
                assertThat(saved).isInstanceOf(Saved.Done.class);
                Loaded loaded = b.load(key(i), Version.NONE, Access.NOW);
                assertThat(loaded).isInstanceOf(Loaded.Found.class);
                long version = ((Saved.Done) saved).version();
                assertThat(a.load(key(i), version, Access.NOW)).isInstanceOf(Loaded.Unchanged.class);
                assertThat(b.remove(key(i), Removal.invalidation())).isInstanceOf(Removed.Done.class);
                assertThat(a.load(key(i), version, Access.NOW)).isInstanceOf(Loaded.Removed.class);
            }
        }
    }
}
