package dev.holdfast.redis.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** What a {@link RedisServer} is started with. For one thread; can be used for several servers, one after the other. */
public final class RedisServerBuilder {

    /** Where users are declared, the default one may be made powerless: then the tests' own commands are this user's. */
    private static final String CONTROL_USER = "tests-control";

    private static final String CONTROL_PASSWORD = "control-of-the-tests";

    private final List<List<String>> options = new ArrayList<>();
    private final List<String> users = new ArrayList<>();
    private String password;
    private TlsFiles tls;
    private boolean clusterNode;
    private boolean sentinel;

    RedisServerBuilder() {}

    /** Starts it, and returns when it answers. The caller closes it. */
    public RedisServer start() {
        return RedisServer.start(this);
    }

    /** The default user's password ({@code requirepass}), which replicas show to their master too. */
    public RedisServerBuilder password(String password) {
        this.password = password;
        return this;
    }

    /**
     * A user of the ACL file.
     *
     * @param rules such as {@code on >secret ~hf:* +@all -flushall}. A user called {@code default} is the one that connections
     *     have without a name; without it, it may do everything, after {@link #password} if there is one
     */
    public RedisServerBuilder user(String name, String rules) {
        users.add("user " + name + " " + rules);
        return this;
    }

    /** Its port speaks TLS only, with the certificate in these files; clients need none. */
    public RedisServerBuilder tls(TlsFiles files) {
        this.tls = files;
        return this;
    }

    /** Every change is on disk before it is answered: {@code appendonly yes}, {@code appendfsync always}. */
    public RedisServerBuilder appendOnly() {
        return option("appendonly", "yes").option("appendfsync", "always");
    }

    /**
     * Memory that it may use.
     *
     * @param policy such as {@code noeviction} or {@code allkeys-lru}
     */
    public RedisServerBuilder maxMemory(long bytes, String policy) {
        return option("maxmemory", String.valueOf(bytes)).option("maxmemory-policy", policy);
    }

    /** A replica of that server; {@link #password} and {@link #tls} must be as there. */
    public RedisServerBuilder replicaOf(RedisServer master) {
        return option("replicaof", "127.0.0.1", String.valueOf(master.port()));
    }

    public RedisServerBuilder databases(int count) {
        return option("databases", String.valueOf(count));
    }

    /**
     * Any other line of {@code redis.conf}: {@code option("client-output-buffer-limit", "normal", "0", "0", "0")}. Of two with
     * the same name the later one wins, where the server does not add them up.
     */
    public RedisServerBuilder option(String name, String... values) {
        List<String> line = new ArrayList<>();
        line.add(name);
        line.addAll(List.of(values));
        options.add(line);
        return this;
    }

    /** A node that becomes part of a Cluster by later commands. */
    RedisServerBuilder clusterNode() {
        clusterNode = true;
        return this;
    }

    /** Not a server for data but a Sentinel; what it watches is told by {@code option("sentinel", …)}. */
    RedisServerBuilder sentinel() {
        sentinel = true;
        return this;
    }

    boolean isClusterNode() {
        return clusterNode;
    }

    TlsFiles tls() {
        return tls;
    }

    List<String> arguments() {
        return sentinel ? List.of("--sentinel") : List.of();
    }

    /** The words of AUTH for the tests' own commands; empty if none is needed. */
    List<String> authentication() {
        if (!users.isEmpty()) {
            return List.of("AUTH", CONTROL_USER, CONTROL_PASSWORD);
        }
        return password == null ? List.of() : List.of("AUTH", password);
    }

    /**
     * A file rather than arguments, as Sentinels and failovers write into it, and as arguments can be read by everybody on the
     * machine.
     */
    void writeFiles(Path configurationFile, Path directory, int port) {
        StringJoiner lines = new StringJoiner("\n", "", "\n");
        for (List<String> line : lines(directory, port)) {
            StringJoiner words = new StringJoiner(" ");
            line.forEach(word -> words.add(words.length() == 0 ? word : quoted(word)));
            lines.add(words.toString());
        }
        try {
            Files.writeString(configurationFile, lines.toString());
            if (!users.isEmpty()) {
                Files.write(usersFile(directory), usersLines());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<List<String>> lines(Path directory, int port) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(List.of("bind", "127.0.0.1"));
        lines.add(List.of("port", String.valueOf(tls == null ? port : 0)));
        lines.add(List.of("dir", directory.toString()));
        lines.add(List.of("daemonize", "no"));
        lines.add(List.of("loglevel", "warning"));
        if (tls != null) {
            lines.add(List.of("tls-port", String.valueOf(port)));
            lines.add(List.of("tls-cert-file", tls.serverCertificate().toString()));
            lines.add(List.of("tls-key-file", tls.serverKey().toString()));
            lines.add(List.of("tls-ca-cert-file", tls.authority().toString()));
            lines.add(List.of("tls-auth-clients", "no"));
            lines.add(List.of("tls-replication", "yes"));
        }
        if (!sentinel) {
            lines.add(List.of("save", ""));
            // a replica would be without its data for the first five seconds
            lines.add(List.of("repl-diskless-sync-delay", "0"));
        }
        if (clusterNode) {
            lines.add(List.of("cluster-enabled", "yes"));
        }
        if (!users.isEmpty()) {
            lines.add(List.of("aclfile", usersFile(directory).toString()));
        } else if (password != null) {
            lines.add(List.of("requirepass", password));
        }
        if (password != null && !sentinel) {
            lines.add(List.of("masterauth", password));
        }
        lines.addAll(options);
        return lines;
    }

    private List<String> usersLines() {
        List<String> lines = new ArrayList<>();
        lines.add("user " + CONTROL_USER + " on >" + CONTROL_PASSWORD + " ~* &* +@all");
        if (users.stream().noneMatch(line -> line.startsWith("user default "))) {
            lines.add("user default on " + (password == null ? "nopass" : ">" + password) + " ~* &* +@all");
        }
        lines.addAll(users);
        return lines;
    }

    private static Path usersFile(Path directory) {
        return directory.resolve("users.acl");
    }

    private static String quoted(String word) {
        return '"' + word.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
