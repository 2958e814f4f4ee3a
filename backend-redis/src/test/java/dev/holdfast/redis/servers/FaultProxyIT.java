package dev.holdfast.redis.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.holdfast.spi.servers.Poll;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** That the proxy does to connections what tests ask of it, and nothing else. */
class FaultProxyIT {

    private static final Duration LIMIT = Duration.ofMinutes(1);

    @Test
    void proxyKeepsAnAnswerBackAfterTheServerHasDoneWhatWasAsked() throws IOException {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.before(server)) {
            try (RespConnection connection = open(proxy)) {
                assertThat(connection.call("INCR", "n")).isEqualTo(1L);
                proxy.dropAnswersTo("incr", 1);
                assertThat(connection.call("GET", "n")).isEqualTo("1");
                assertThatThrownBy(() -> connection.call("INCR", "n")).isInstanceOf(IOException.class);
            }
            assertThat(server.command("GET", "n")).isEqualTo("2");
            assertThat(proxy.droppedAnswers()).isEqualTo(1);
            try (RespConnection connection = open(proxy)) {
                assertThat(connection.call("INCR", "n")).isEqualTo(3L);
                proxy.dropAnswers(2);
                assertThatThrownBy(() -> connection.call("GET", "n")).isInstanceOf(IOException.class);
            }
            try (RespConnection connection = open(proxy)) {
                assertThatThrownBy(() -> connection.call("GET", "n")).isInstanceOf(IOException.class);
            }
            try (RespConnection connection = open(proxy)) {
                assertThat(connection.call("GET", "n")).isEqualTo("3");
            }
            assertThat(proxy.connections()).isEqualTo(4);
            Poll.until("all connections have ended", LIMIT, () -> proxy.openConnections() == 0);
        }
    }

    @Test
    void ofAPipelineTheAnswersBeforeTheDroppedOneArrive() throws IOException {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.before(server);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            proxy.dropAnswersTo("GET", 1);
            server.command("SET", "big", "x".repeat(100_000));
            socket.setSoTimeout(20_000);
            String pipeline = "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n" + "*1\r\n$4\r\nPING\r\n"
                    + "*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n" + "*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n";
            // the end of a chunk within a request
            for (byte each : pipeline.getBytes(StandardCharsets.US_ASCII)) {
                socket.getOutputStream().write(each);
            }
            assertThat(socket.getInputStream().readNBytes(11)).asString().isEqualTo(":1\r\n+PONG\r\n");
            assertThat(endOf(socket)).isTrue();
            assertThat(proxy.droppedAnswers()).isEqualTo(1);
            assertThat(proxy.bytesToClients()).isEqualTo(11);
        }
    }

    @Test
    void proxyCutsRefusesPausesAndDelays() throws IOException {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.before(server)) {
            RespConnection cut = open(proxy);
            cut.call("PING");
            proxy.cut();
            assertThatThrownBy(() -> cut.call("PING")).isInstanceOf(IOException.class);

            RespConnection kept = open(proxy);
            kept.call("PING");
            proxy.refuse();
            assertThatThrownBy(() -> open(proxy)).isInstanceOf(ConnectException.class);
            assertThat(kept.call("PING")).isEqualTo("PONG");
            proxy.accept();

            try (RespConnection hasty = RespConnection.open(proxy.port(), null, Duration.ofMillis(200))) {
                proxy.pause();
                assertThatThrownBy(() -> hasty.call("INCR", "n")).isInstanceOf(SocketTimeoutException.class);
                assertThat(server.command("GET", "n")).isNull();
                proxy.resume();
                Poll.until("the INCR has passed", LIMIT, () -> "1".equals(server.command("GET", "n")));
            }
            try (RespConnection hasty = RespConnection.open(proxy.port(), null, Duration.ofMillis(200))) {
                proxy.delayAnswers(Duration.ofMinutes(5));
                assertThatThrownBy(() -> hasty.call("INCR", "n")).isInstanceOf(SocketTimeoutException.class);
                Poll.until("the INCR has passed", LIMIT, () -> "2".equals(server.command("GET", "n")));
                proxy.delayAnswers(Duration.ZERO);
            }
            assertThat(kept.call("PING")).isEqualTo("PONG");
            assertThat(proxy.bytesToServer()).isPositive();
            kept.close();

            proxy.cutAtRandom(7, 3);
            int failures = 0;
            for (int i = 0; i < 100; i++) {
                try (RespConnection connection = open(proxy)) {
                    connection.call("PING");
                } catch (IOException e) {
                    failures++;
                }
            }
            assertThat(failures).isBetween(1, 99);
            proxy.cutAtRandom(7, 0);
            server.kill();
            assertThatThrownBy(() -> open(proxy).call("PING")).isInstanceOf(IOException.class);
            proxy.pause();
            open(proxy);
            proxy.close();
            assertThat(Thread.getAllStackTraces().keySet())
                    .noneMatch(thread -> thread.getName().startsWith("fault-proxy-" + proxy.port()));
        }
    }

    @Test
    void proxyPassesTlsAsItIs() throws IOException {
        try (TlsFiles files = TlsFiles.create();
                RedisServer server = RedisServer.builder().tls(files).start();
                FaultProxy proxy = FaultProxy.before(server);
                RespConnection connection = RespConnection.open(proxy.port(), files.clientContext(), LIMIT)) {
            assertThat(proxy.uri()).isEqualTo("rediss://127.0.0.1:" + proxy.port());
            assertThat(connection.call("ECHO", "x".repeat(100_000))).isEqualTo("x".repeat(100_000));
            proxy.cut();
            assertThatThrownBy(() -> connection.call("PING")).isInstanceOf(IOException.class);
        }
    }

    private static RespConnection open(FaultProxy proxy) throws IOException {
        return RespConnection.open(proxy.port(), null, LIMIT);
    }

    private static boolean endOf(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
