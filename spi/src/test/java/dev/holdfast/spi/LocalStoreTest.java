package dev.holdfast.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.kit.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LocalStoreTest {

    static final Duration LEASE = Duration.ofSeconds(60);
    // a session of 60 s: claimable after 73 s, forgotten after 83 s
    static final ExpiryPolicy POLICY = new ExpiryPolicy(
            Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofMinutes(5));

    final ManualTime time = new ManualTime();
    final LocalStore store = new LocalStore(new StoreContext("shop", POLICY, time));
    final SessionKey key = new SessionKey("shop", "abc");

    @Test
    void itIsFoundUnderItsScheme() {
        SessionStoreProvider provider = ServiceLoader.load(SessionStoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.schemes().contains("local"))
                .findFirst()
                .orElseThrow();
        Settings settings = new Settings(Map.of("store", "local"));
        settings.string("store");

        SessionStore opened = provider.configure("local", settings).open(new StoreContext("shop", POLICY, time));

        assertThat(opened).isInstanceOf(LocalStore.class);
        settings.check("session");
    }

    @Test
    void anAddressAfterTheSchemeIsAProblem() {
        Settings settings = new Settings(Map.of("store", "local://here"));
        settings.string("store");

        new LocalStoreProvider().configure("local://here", settings);

        assertThatThrownBy(() -> settings.check("session"))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("this JVM's memory");
    }

    @Test
    void whatMayBeForgottenIsDroppedWhileClaiming() {
        create(key);
        SessionKey removed = new SessionKey("shop", "removed");
        create(removed);
        store.remove(removed, Removal.invalidation());
        time.advance(Duration.ofSeconds(90));
        assertThat(store.records()).hasSize(2);

        assertThat(store.claimExpired(List.of(), 10, LEASE)).isEmpty();
        assertThat(store.records()).containsOnlyKeys(removed);
        time.advance(Duration.ofMinutes(5));
        assertThat(store.claimExpired(List.of(), 10, LEASE)).isEmpty();
        assertThat(store.records()).isEmpty();
    }

    @Test
    void settingTheMachinesClockExpiresNobody() {
        create(key);

        time.jumpWall(Duration.ofDays(1));
        assertThat(store.claimExpired(List.of(key), 10, LEASE)).isEmpty();
        assertThat(store.load(key, 0, Access.NONE)).isInstanceOf(Loaded.Found.class);
        time.jumpWall(Duration.ofDays(-2));
        time.advance(Duration.ofSeconds(60));
        assertThat(store.claimExpired(List.of(key), 10, LEASE)).hasSize(1);
    }

    @Test
    void membersShareTheMemoryAndTheClockButNotTheirEnd() {
        ManualTime ahead = new ManualTime();
        ahead.advance(Duration.ofHours(1));
        LocalStore other = store.member(new StoreContext("shop", POLICY, ahead));
        create(key);

        assertThat(other.load(key, 0, Access.NOW)).isInstanceOf(Loaded.Found.class);
        store.close();
        other.ping();
        assertThatThrownBy(store::ping).isInstanceOf(StoreException.class);
    }

    @Test
    void aMemberClaimsOnlyItsApplicationsSessions() {
        LocalStore other = store.member(new StoreContext("blog", POLICY, time));
        create(key);
        time.advance(Duration.ofSeconds(75));

        assertThat(other.claimExpired(List.of(), 10, LEASE)).isEmpty();
        assertThat(store.claimExpired(List.of(), 10, LEASE)).hasSize(1);
    }

    private void create(SessionKey which) {
        SessionSnapshot base = SessionSnapshot.initial(which, Instant.EPOCH, Duration.ofSeconds(60));
        store.save(base, new SessionDelta(1, Map.of("a", new byte[] {1}), Set.of(), Duration.ZERO, null));
    }
}
