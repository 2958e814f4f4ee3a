package dev.holdfast.demo.launcher.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A real balancer that is started for a cluster alone, instead of the one in this JVM. Its configuration is what docs/operations.md shows for round
 * robin, with what a program needs that runs for a while in a directory of its own.
 */
public enum OwnBalancer {
    NGINX("nginx.conf") {
        @Override
        List<String> command(Path configuration) {
            return List.of(
                    "nginx",
                    "-p",
                    configuration.resolveSibling(".").normalize() + "/",
                    "-e",
                    "nginx.errors",
                    "-c",
                    "" + configuration);
        }

        @Override
        String configuration(Before before, int port, String mark) {
            String servers = before.nodes().stream()
                    .map(node -> "    server 127.0.0.1:" + node.port() + " max_fails=2 fail_timeout=1s;   # "
                            + node.name() + "\n")
                    .collect(Collectors.joining());
            String names = before.nodes().stream()
                    .map(node -> "    \"~:" + node.port() + "$\" " + node.name() + ";\n")
                    .collect(Collectors.joining());
            String console = before.console() == null ? "" : """

                        # the buttons of the demo's page, and what it shows of the servers
                        location %s/ {
                          proxy_pass http://127.0.0.1:%d;
                          proxy_http_version 1.1;
                          proxy_set_header Connection "";
                          proxy_set_header Host $http_host;
                          proxy_buffering off;
                          proxy_read_timeout 1h;
                        }
                    """.formatted(DemoCluster.CONSOLE_PATH, before.console());
            return """
                    # one process, in the foreground, that writes nothing outside of its directory
                    daemon off;
                    master_process off;
                    pid nginx.pid;
                    events { worker_connections 512; }
                    http {
                      access_log off;
                      client_body_temp_path nginx.body;
                      proxy_temp_path nginx.proxy;
                      fastcgi_temp_path nginx.fastcgi;
                      uwsgi_temp_path nginx.uwsgi;
                      scgi_temp_path nginx.scgi;

                      upstream application {
                    %s    keepalive 32;
                      }
                      # who has answered, for the header X-Node
                      map $upstream_addr $node {
                    %s  }
                      server {
                        listen 127.0.0.1:%d;
                        location / {
                          proxy_pass http://application;
                          proxy_http_version 1.1;
                          proxy_set_header Connection "";
                          proxy_set_header Host $http_host;
                          proxy_connect_timeout 1s;
                          proxy_next_upstream error timeout http_503;
                          proxy_next_upstream_tries 2;
                          add_header X-Node $node always;
                        }
                        location = %s { return 200 "%s"; }
                    %s  }
                    }
                    """.formatted(servers, names, port, MARK_PATH, mark, console);
        }
    },

    HAPROXY("haproxy.cfg") {
        @Override
        List<String> command(Path configuration) {
            return List.of("haproxy", "-db", "-f", "" + configuration);
        }

        @Override
        String configuration(Before before, int port, String mark) {
            String servers = before.nodes().stream()
                    .map(node -> "  server " + node.name() + " 127.0.0.1:" + node.port() + " check inter 1s\n")
                    .collect(Collectors.joining());
            String use = before.console() == null
                    ? ""
                    : "  use_backend console if { path_beg " + DemoCluster.CONSOLE_PATH + "/ }\n";
            String console = before.console() == null ? "" : """

                    # the buttons of the demo's page, and what it shows of the servers
                    backend console
                      timeout connect 1s
                      timeout server 1h
                      server console 127.0.0.1:%d
                    """.formatted(before.console());
            return """
                    global
                      maxconn 500
                    defaults
                      mode http
                      timeout client 1h
                    frontend site
                      bind 127.0.0.1:%d
                      http-request return status 200 content-type text/plain string %s if { path %s }
                    %s  default_backend application

                    backend application
                      balance roundrobin
                      option redispatch
                    %s  timeout connect 1s
                      timeout server 30s
                      retry-on conn-failure empty-response 503
                      http-request disable-l7-retry unless METH_GET
                      # who has answered
                      http-response set-header X-Node %%s
                    %s""".formatted(port, mark, MARK_PATH, use, servers, console);
        }
    };

    /** Where it answers itself, so that one can see that it is this one that listens. */
    private static final String MARK_PATH = "/-/balancer";

    private static final int MARK_BYTES = 8;

    private final String file;

    OwnBalancer(String file) {
        this.file = file;
    }

    /** A node as a balancer knows it. */
    record Upstream(String name, int port) {}

    /**
     * What it stands before.
     *
     * @param console the port of the demo's own server for {@link DemoCluster#CONSOLE_PATH}; null: there is none
     */
    record Before(List<Upstream> nodes, @Nullable Integer console) {}

    abstract List<String> command(Path configuration);

    /** The whole file. What comes after a percent sign in HAProxy's is its own. */
    abstract String configuration(Before before, int port, String mark);

    /** As {@link OwnServer#start(OwnServer.Program, Path, int)}. The configuration is a file in the directory, which the caller deletes. */
    OwnServer start(Before before, Path directory, int port) throws IOException, InterruptedException {
        byte[] random = new byte[MARK_BYTES];
        new SecureRandom().nextBytes(random);
        return OwnServer.start(
                new AsProgram(before, file(directory), HexFormat.of().formatHex(random)), directory, port);
    }

    /** Where its configuration is. */
    Path file(Path directory) {
        return directory.resolve(file);
    }

    private final class AsProgram implements OwnServer.Program {
        private final Before before;
        private final Path configuration;
        private final String mark;

        AsProgram(Before before, Path configuration, String mark) {
            this.before = before;
            this.configuration = configuration;
            this.mark = mark;
        }

        @Override
        public String name() {
            return configuration.getFileName().toString().replaceAll("[.].*", "");
        }

        @Override
        public List<String> command(int port) throws IOException {
            Files.writeString(configuration, configuration(before, port, mark));
            return OwnBalancer.this.command(configuration);
        }

        @Override
        public String question() {
            return "GET " + MARK_PATH + " HTTP/1.0\r\n\r\n";
        }

        @Override
        public String answerOf(long pid) {
            return mark;
        }
    }
}
