package dev.holdfast.demo.suite;

import dev.holdfast.spi.servers.OwnDirectory;
import dev.holdfast.spi.servers.Ports;
import dev.holdfast.spi.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A real HAProxy with a documented configuration. */
final class HaProxy extends Balancer {

    private static final String SOCKET = "admin.sock";

    private final Path socket;

    private HaProxy(Path directory, Path configuration, int port) {
        super(
                directory,
                port,
                List.of(ServerProcess.program("haproxy", "haproxy", "haproxy"), "-db", "-f", configuration.toString()));
        this.socket = directory.resolve(SOCKET);
    }

    static HaProxy start(Balancing balancing, List<Integer> ports) {
        Path directory = OwnDirectory.create("holdfast-haproxy-");
        int port = Ports.free(false);
        Path configuration = directory.resolve("haproxy.cfg");
        write(configuration, """
                global
                  maxconn 500
                  stats socket %s level admin
                defaults
                  mode http
                  timeout client 30s
                frontend site
                  bind 127.0.0.1:%d
                  default_backend application
                %s
                %s
                """.formatted(
                        directory.resolve(SOCKET),
                        port,
                        DocumentedConfiguration.before(ports, balancing.documented()),
                        DocumentedConfiguration.of("HAProxy, in each backend")));
        return new HaProxy(directory, configuration, port);
    }

    @Override
    void takeOut(int node) {
        say("set server application/app" + (node + 1) + " state maint");
    }

    @Override
    void putBack(int node) {
        say("set server application/app" + (node + 1) + " state ready");
    }

    private void say(String command) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.US_ASCII)));
            ByteBuffer answer = ByteBuffer.allocate(1_000);
            while (channel.read(answer) >= 0 && answer.hasRemaining()) {
                // to its end
            }
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.US_ASCII).strip();
            if (!text.isEmpty()) {
                throw new IllegalStateException("HAProxy answers '" + command + "' with: " + text);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
