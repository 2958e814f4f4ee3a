package dev.holdfast.memcached.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;

class ServersIT {

    @Test
    void aServerCountsWhatItIsAskedFor() {
        try (MemcachedServer server = MemcachedServer.start()) {
            assertThat(server.command("get nothing")).isEmpty();
            assertThat(server.count("cmd_get")).isEqualTo(1);
            assertThat(server.count("get_hits")).isZero();
        }
    }

    @Test
    void aRestartedServerListensOnItsPortAndIsEmpty() {
        try (MemcachedServer server = MemcachedServer.start()) {
            int port = server.port();
            assertThat(server.command("set k 0 0 0\r\n")).containsExactly("STORED");
            assertThat(server.command("get k")).isNotEmpty();

            server.restart();

            assertThat(server.port()).isEqualTo(port);
            assertThat(server.command("get k")).isEmpty();
        }
    }

    @Test
    void aPausedServerAnswersNothingUntilItGoesOn() {
        try (MemcachedServer server = MemcachedServer.start()) {
            server.pause();
            assertThatThrownBy(() -> server.command("get k")).isInstanceOf(UncheckedIOException.class);
            server.resume();
            assertThat(server.command("get k")).isEmpty();
        }
    }

    @Test
    void aKilledOrClosedServerIsGone() {
        MemcachedServer server = MemcachedServer.start();
        try (server) {
            server.kill();
            assertThat(server.isAlive()).isFalse();
            server.restart();
            assertThat(server.isAlive()).isTrue();
        }
        assertThat(server.isAlive()).isFalse();
        assertThatThrownBy(server::stats).isInstanceOf(UncheckedIOException.class);
    }
}
