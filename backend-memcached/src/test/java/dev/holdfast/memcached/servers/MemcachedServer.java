package dev.holdfast.memcached.servers;

import dev.holdfast.spi.servers.OwnDirectory;
import dev.holdfast.spi.servers.Poll;
import dev.holdfast.spi.servers.Ports;
import dev.holdfast.spi.servers.ServerProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A real {@code memcached} process on a free port of 127.0.0.1. It can be killed, paused and started again, empty. Thread-safe.
 * It ends with this JVM at the latest.
 */
public final class MemcachedServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final int PORTS_TO_TRY = 10;

    private static final String PASSWORDS = "passwords";

    private final List<String> options;
    private final boolean speaksText;
    private final Path directory;
    private final int port;

    /** Guarded by this; null once closed. */
    private ServerProcess process;

    private MemcachedServer(List<String> options, boolean speaksText, int port) {
        this.options = List.copyOf(options);
        this.speaksText = speaksText;
        this.directory = OwnDirectory.create("holdfast-memcached-");
        this.port = port;
    }

    /** 64 MB, items of up to 1 MB, two threads, no password. */
    public static MemcachedServer start(String... furtherOptions) {
        return start(true, directory -> {}, List.of(furtherOptions));
    }

    /** One that speaks the binary protocol only, to those who know this password. */
    public static MemcachedServer startWithSasl(String user, String password) {
        return start(
                false,
                directory -> ServerProcess.run(
                        directory,
                        "sh",
                        "-c",
                        "printf %s \"$1\" | \"$2\" -p -c -a memcached -f sasldb \"$3\"",
                        "sh",
                        password,
                        ServerProcess.program("saslpasswd2", "sasl2-bin libsasl2-modules", "cyrus-sasl"),
                        user),
                List.of("-S"));
    }

    /** One that speaks the text protocol to those who know this password. */
    public static MemcachedServer startWithTextPassword(String user, String password) {
        return start(
                false,
                directory -> Files.writeString(directory.resolve(PASSWORDS), user + ":" + password + "\n"),
                List.of());
    }

    /** Writes files that the server reads when it starts. */
    private interface Preparation {
        void in(Path directory) throws IOException;
    }

    private static MemcachedServer start(boolean speaksText, Preparation files, List<String> furtherOptions) {
        for (int attempt = 1; ; attempt++) {
            MemcachedServer server = new MemcachedServer(furtherOptions, speaksText, Ports.free(false));
            try {
                files.in(server.directory);
                synchronized (server) {
                    server.launch();
                }
                return server;
            } catch (PortTaken e) {
                server.close();
                if (attempt == PORTS_TO_TRY) {
                    throw new IllegalStateException("found no port that stayed free", e);
                }
            } catch (IOException e) {
                server.close();
                throw new UncheckedIOException(e);
            } catch (RuntimeException | Error e) {
                server.close();
                throw e;
            }
        }
    }

    /** {@code 127.0.0.1:port}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public synchronized long pid() {
        return process().pid();
    }

    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** SIGKILL. Returns when the process is gone, and all items with it. */
    public synchronized void kill() {
        process().kill();
    }

    /** SIGSTOP: connections stay open, new ones are accepted by the system, and nothing is answered. */
    public synchronized void pause() {
        process().pause();
    }

    /** SIGCONT: the server goes on, with all that was sent to it in the meantime. */
    public synchronized void resume() {
        process().resume();
    }

    /** Kills it if it still runs, and starts it again on its port: empty. Returns when it answers. */
    public synchronized void restart() {
        if (process().isAlive()) {
            process().kill();
        }
        for (int attempt = 1; ; attempt++) {
            try {
                launch();
                return;
            } catch (PortTaken e) {
                if (attempt == PORTS_TO_TRY) {
                    throw new IllegalStateException("somebody else listens on port " + port + " now", e);
                }
                Poll.until("port " + port + " is free", START_LIMIT, () -> Ports.isFree(port));
            }
        }
    }

    /** The general statistics, asked for over a connection of their own. Not of servers with a password. */
    public Map<String, String> stats() {
        Map<String, String> stats = new LinkedHashMap<>();
        for (String line : command("stats")) {
            String[] words = line.split(" ", 3);
            stats.put(words[1], words[2]);
        }
        return stats;
    }

    /** One number of {@link #stats}, such as {@code cmd_get}, {@code cmd_set}, {@code cas_hits} or {@code bytes_read}. */
    public long count(String name) {
        return Long.parseLong(stats().get(name));
    }

    /** Every key that it has, and what is behind it, byte for byte a char. Not of servers with a password. */
    public String dump() {
        StringBuilder dump = new StringBuilder();
        for (String line : command("lru_crawler metadump all")) {
            String key =
                    URLDecoder.decode(line.substring("key=".length(), line.indexOf(' ')), StandardCharsets.ISO_8859_1);
            dump.append(key).append('\n');
            command("get " + key).forEach(part -> dump.append(part).append('\n'));
        }
        return dump.toString();
    }

    /**
     * Sends a command of the text protocol that is answered by lines up to END, or by one line.
     *
     * @return the lines without END
     * @throws UncheckedIOException if the server does not answer in five seconds
     */
    public List<String> command(String command) {
        try (Socket socket = connect()) {
            socket.getOutputStream().write((command + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
            List<String> lines = new ArrayList<>();
            boolean several = command.startsWith("stats")
                    || command.startsWith("get")
                    || command.startsWith("lru_crawler metadump");
            for (String line; (line = reader.readLine()) != null; ) {
                if (several && line.equals("END")) {
                    return lines;
                }
                lines.add(line);
                if (!several || line.startsWith("ERROR") || line.startsWith("CLIENT_ERROR")) {
                    return lines;
                }
            }
            throw new IOException(this + " ended the connection");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the process and deletes its directory. */
    @Override
    public synchronized void close() {
        if (process != null) {
            process.kill();
            process = null;
        }
        OwnDirectory.delete(directory);
    }

    @Override
    public String toString() {
        return "memcached " + address();
    }

    private ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException(this + " is closed");
        }
        return process;
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        try {
            int millis = (int) ANSWER_LIMIT.toMillis();
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), millis);
            socket.setSoTimeout(millis);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Starts the process and waits until it answers. */
    private void launch() throws PortTaken {
        List<String> command = new ArrayList<>();
        boolean withPassword = Files.exists(passwordFile());
        if (options.contains("-S")) {
            Path passwords = directory.resolve("sasldb");
            write(
                    directory.resolve("memcached.conf"),
                    "mech_list: plain\npwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: " + passwords
                            + "\n");
            command.addAll(List.of("/usr/bin/env", "SASL_CONF_PATH=" + directory));
        }
        command.add(ServerProcess.program("memcached", "memcached", "memcached"));
        command.addAll(List.of("-l", "127.0.0.1", "-p", String.valueOf(port), "-U", "0", "-t", "2"));
        if (!options.contains("-m")) {
            command.addAll(List.of("-m", "64"));
        }
        if (System.getProperty("user.name").equals("root")) {
            command.addAll(List.of("-u", "root"));
        }
        if (withPassword) {
            command.addAll(List.of("-Y", passwordFile().toString()));
        }
        command.addAll(options);
        process = ServerProcess.start(command, directory, directory.resolve("log"));
        Poll.until(this + " answers", START_LIMIT, () -> !process.isAlive() || answers());
        if (!process.isAlive()) {
            String log = log();
            if (log.contains("Address already in use")) {
                throw new PortTaken(log);
            }
            throw new IllegalStateException(command + " ended with " + process.exitStatus() + ":\n" + log);
        }
    }

    private boolean answers() throws IOException {
        if (speaksText) {
            return !command("version").isEmpty();
        }
        // Whoever else may have taken the port: the process would have ended, which is looked at next.
        connect().close();
        return true;
    }

    private Path passwordFile() {
        return directory.resolve(PASSWORDS);
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class PortTaken extends Exception {
        private static final long serialVersionUID = 1;

        PortTaken(String log) {
            super(log);
        }
    }
}
