package dev.holdfast.demo.launcher.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A store whose servers are started for a cluster alone. */
public enum OwnStore {
    /** One server. It writes each change to disk before it answers, so that one that is killed and started again has lost nothing. */
    REDIS {
        @Override
        List<OwnServer.Program> programs(Path directory) {
            return List.of(new Redis(directory));
        }

        @Override
        Map<String, String> settings(List<OwnServer> servers) {
            return Map.of("store", "redis://127.0.0.1:" + servers.get(0).port());
        }
    },

    /** Two servers, with a copy of each session on both. */
    MEMCACHED {
        @Override
        List<OwnServer.Program> programs(Path directory) {
            return List.of(new Memcached("n1"), new Memcached("n2"));
        }

        @Override
        Map<String, String> settings(List<OwnServer> servers) {
            List<String> nodes = servers.stream()
                    .map(server -> server.name() + ":127.0.0.1:" + server.port())
                    .toList();
            // Both are on this machine, which is fine for a demo and would be warned about otherwise.
            return Map.of("store", "memcached://" + String.join(",", nodes), "memcached.zones", "n1=left,n2=right");
        }
    };

    abstract List<OwnServer.Program> programs(Path directory);

    /** Those of the session filter that lead to these servers. */
    abstract Map<String, String> settings(List<OwnServer> servers);

    /**
     * Blocks until all answer.
     *
     * @param started gets each when it runs, so that the caller can end those that do when another does not start
     */
    void start(Path directory, List<OwnServer> started) throws IOException, InterruptedException {
        for (OwnServer.Program program : programs(directory)) {
            started.add(OwnServer.start(program, directory));
        }
    }

    private record Redis(Path directory) implements OwnServer.Program {
        @Override
        public String name() {
            return "redis";
        }

        @Override
        public List<String> command(int port) throws IOException {
            Path configuration = directory.resolve("redis.conf");
            Files.writeString(configuration, """
                    bind 127.0.0.1
                    port %d
                    dir "%s"
                    save ""
                    appendonly yes
                    appendfsync always
                    """.formatted(
                            port, directory.toString().replace("\\", "\\\\").replace("\"", "\\\"")));
            return List.of("redis-server", configuration.toString());
        }

        @Override
        public String question() {
            return "INFO server\r\nQUIT\r\n";
        }

        @Override
        public String answerOf(long pid) {
            return "\r\nprocess_id:" + pid + "\r\n";
        }
    }

    private record Memcached(String name) implements OwnServer.Program {
        @Override
        public List<String> command(int port) {
            List<String> command = new ArrayList<>(
                    List.of("memcached", "-l", "127.0.0.1", "-p", String.valueOf(port), "-U", "0", "-m", "64"));
            if (System.getProperty("user.name").equals("root")) {
                // it refuses to run as root by accident
                command.addAll(List.of("-u", "root"));
            }
            return command;
        }

        @Override
        public String question() {
            return "stats\r\nquit\r\n";
        }

        @Override
        public String answerOf(long pid) {
            return "STAT pid " + pid + "\r\n";
        }
    }
}
