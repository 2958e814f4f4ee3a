package dev.holdfast.demo.suite;

import dev.holdfast.spi.servers.OwnDirectory;
import dev.holdfast.spi.servers.Poll;
import dev.holdfast.spi.servers.Ports;
import dev.holdfast.spi.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A real nginx before some servers, on a free port of 127.0.0.1: round robin, not sticky, with the settings of
 * docs/operations.md. It ends with this JVM at the latest.
 */
final class Nginx implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final ServerProcess process;

    private Nginx(Path directory, int port, ServerProcess process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    static Nginx before(List<Integer> ports) {
        Path directory = OwnDirectory.create("holdfast-nginx-");
        try {
            int port = Ports.free(false);
            Path configuration = directory.resolve("nginx.conf");
            Files.writeString(configuration, configuration(port, ports));
            ServerProcess process = ServerProcess.start(
                    List.of(
                            ServerProcess.program("nginx", "nginx-light", "nginx"),
                            "-p",
                            directory.toString(),
                            "-c",
                            configuration.toString(),
                            "-e",
                            "error.log"),
                    directory,
                    directory.resolve("out.log"));
            Nginx nginx = new Nginx(directory, port, process);
            Poll.until("nginx listens", START_LIMIT, () -> !process.isAlive() || nginx.answers());
            if (!process.isAlive()) {
                String log = Files.readString(directory.resolve("out.log"));
                nginx.close();
                throw new IllegalStateException("nginx ended with " + process.exitStatus() + ":\n" + log);
            }
            return nginx;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String configuration(int port, List<Integer> servers) {
        String upstreams = servers.stream()
                .map(server -> "server 127.0.0.1:" + server + " max_fails=2 fail_timeout=1s;")
                .collect(Collectors.joining("\n    "));
        return """
                daemon off;
                master_process off;
                pid nginx.pid;
                events { worker_connections 512; }
                http {
                  access_log off;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  upstream application {
                    %s
                    keepalive 32;
                  }
                  server {
                    listen 127.0.0.1:%d;
                    location / {
                      proxy_pass http://application;
                      proxy_http_version 1.1;
                      proxy_set_header Connection "";
                      proxy_set_header Host $http_host;
                      proxy_connect_timeout 1s;
                      proxy_read_timeout 10s;
                      # A POST that has been sent is never repeated: that takes the word non_idempotent.
                      proxy_next_upstream error timeout http_503;
                      proxy_next_upstream_tries 2;
                    }
                  }
                }
                """.formatted(upstreams, port);
    }

    private boolean answers() throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return true;
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.kill();
        OwnDirectory.delete(directory);
    }
}
