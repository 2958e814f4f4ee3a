package dev.holdfast.demo.suite;

import dev.holdfast.spi.servers.OwnDirectory;
import dev.holdfast.spi.servers.Poll;
import dev.holdfast.spi.servers.Ports;
import dev.holdfast.spi.servers.ServerProcess;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A real nginx with a documented configuration. A client's address is what it says itself: all of them are here. It is not the demo command's: that
 * one is a single process, which goes with one signal, and one whose connections would keep the configuration from before {@link #takeOut}.
 */
final class Nginx extends Balancer {

    private final Balancing balancing;
    private final List<Integer> ports;
    private final Path configuration;
    private final int port;
    private final Set<Integer> out = new TreeSet<>();

    /** Counts the configurations, so that one can see when the newest one is in force. */
    private int generation;

    private Nginx(Balancing balancing, List<Integer> ports, Path directory, Path configuration, int port) {
        super(
                directory,
                port,
                List.of(
                        ServerProcess.program("nginx", "nginx-light", "nginx"),
                        "-p",
                        directory.toString(),
                        "-c",
                        configuration.toString(),
                        "-e",
                        "error.log"));
        this.balancing = balancing;
        this.ports = ports;
        this.configuration = configuration;
        this.port = port;
    }

    static Nginx start(Balancing balancing, List<Integer> ports) {
        Path directory = OwnDirectory.create("holdfast-nginx-");
        int port = Ports.free(false);
        Path configuration = directory.resolve("nginx.conf");
        write(configuration, text(balancing, ports, port, Set.of(), 0));
        return new Nginx(balancing, ports, directory, configuration, port);
    }

    private static String text(Balancing balancing, List<Integer> ports, int port, Set<Integer> out, int generation) {
        String nodes = DocumentedConfiguration.before(ports, balancing.documented());
        for (int node : out) {
            nodes = nodes.replaceAll("(server 127\\.0\\.0\\.1:" + ports.get(node) + ")[^;]*;", "$1 down;");
        }
        String location = DocumentedConfiguration.of("nginx, where the application is");
        if (balancing == Balancing.NGINX_ROUTE) {
            location = location.replace("http://application;", "http://$application;");
        }
        return """
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                events { worker_connections 512; }
                http {
                  access_log off;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                %s
                  server {
                    listen 127.0.0.1:%d;
                    set_real_ip_from 127.0.0.1;
                    real_ip_header X-Forwarded-For;
                    proxy_read_timeout 10s;
                    location = /generation { return 200 "%d"; }
                %s
                  }
                }
                """.formatted(nodes, port, generation, location);
    }

    @Override
    void takeOut(int node) {
        out.add(node);
        reload();
    }

    @Override
    void putBack(int node) {
        out.remove(node);
        reload();
    }

    private void reload() {
        generation++;
        write(configuration, text(balancing, ports, port, out, generation));
        signal("HUP");
        Poll.until("nginx has read its configuration", LIMIT, () -> {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/generation"))
                    .build();
            // a connection of its own: those that are open are with the process that goes
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body()
                    .equals("" + generation);
        });
    }
}
