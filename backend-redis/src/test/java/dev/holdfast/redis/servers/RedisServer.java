package dev.holdfast.redis.servers;

import dev.holdfast.spi.servers.OwnDirectory;
import dev.holdfast.spi.servers.Poll;
import dev.holdfast.spi.servers.Ports;
import dev.holdfast.spi.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * A real {@code redis-server} process on a free port of 127.0.0.1, with a directory of its own that goes with it. It can be
 * killed, paused and started again. Thread-safe. It ends with this JVM at the latest.
 */
public final class RedisServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final int PORTS_TO_TRY = 10;

    private final RedisServerBuilder configuration;
    private final Path directory;
    private final int port;

    /** Guarded by this; null once closed. */
    private ServerProcess process;

    /** Guarded by this. */
    private boolean paused;

    /** What {@link #info} and the like have sent since the process started. Guarded by this. */
    private final Map<String, Long> ownCalls = new HashMap<>();

    /** Bytes of these calls, both ways. Guarded by this. */
    private long ownBytes;

    /** Bytes of the last of these answers. Guarded by this. */
    private long lastAnswerBytes;

    private RedisServer(RedisServerBuilder configuration, Path directory, int port) {
        this.configuration = configuration;
        this.directory = directory;
        this.port = port;
    }

    /** A server that keeps nothing on disk and asks for no password. */
    public static RedisServer start() {
        return builder().start();
    }

    public static RedisServerBuilder builder() {
        return new RedisServerBuilder();
    }

    static RedisServer start(RedisServerBuilder configuration) {
        for (int attempt = 1; ; attempt++) {
            RedisServer server = new RedisServer(
                    configuration, OwnDirectory.create("holdfast-redis-"), Ports.free(configuration.isClusterNode()));
            try {
                configuration.writeFiles(server.configurationFile(), server.directory, server.port);
                synchronized (server) {
                    server.launch();
                }
                return server;
            } catch (PortTaken e) {
                server.close();
                if (attempt == PORTS_TO_TRY) {
                    throw new IllegalStateException("found no port that stayed free", e);
                }
            } catch (RuntimeException | Error e) {
                server.close();
                throw e;
            }
        }
    }

    /** {@code redis://127.0.0.1:port}, with {@code rediss} if it speaks TLS. It names no user and no password. */
    public String uri() {
        return (configuration.tls() == null ? "redis" : "rediss") + "://" + address();
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

    /** Returns if the process is alive and not paused, so that it can be asked. */
    public synchronized boolean isRunning() {
        return isAlive() && !paused;
    }

    /** SIGKILL. Returns when the process is gone; what it had not written to disk is lost. */
    public synchronized void kill() {
        process().kill();
    }

    /** SIGTERM: the server ends in good order. Returns when the process is gone. */
    public synchronized void stop() {
        process().stop();
    }

    /** SIGSTOP: connections stay open, new ones are accepted by the system, and nothing is answered. */
    public synchronized void pause() {
        process().pause();
        paused = true;
    }

    /** SIGCONT: the server goes on, with all that was sent to it in the meantime. */
    public synchronized void resume() {
        process().resume();
        paused = false;
    }

    /**
     * Starts it again on its port and in its directory, after a {@link #stop} if it still runs. It has the keys that are in
     * its append-only file; without one it is empty. Returns when it answers.
     */
    public synchronized void restart() {
        process().stop();
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

    /**
     * Sends one command over a connection of its own, as a user that may do everything.
     *
     * @return {@code String} (read as UTF-8), {@code Long}, null, or a {@code List} of these and of {@link ErrorReply}s
     * @throws ErrorReply if the answer is an error
     * @throws UncheckedIOException if the server does not answer in five seconds
     */
    public synchronized Object command(String... words) {
        return exchange(false, words);
    }

    /** The lines of a section of INFO, such as {@code memory}: names and values, in the server's order. */
    public synchronized Map<String, String> info(String section) {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : ((String) exchange(true, "INFO", section)).split("\r?\n")) {
            int colon = line.indexOf(':');
            if (colon > 0 && !line.startsWith("#")) {
                lines.put(line.substring(0, colon), line.substring(colon + 1));
            }
        }
        return lines;
    }

    /**
     * How often each command was called since the process started, by its name in small letters ({@code config|get} for
     * those of two words). Calls by scripts count, as do {@link #command}s; what the other methods here send does not.
     */
    public synchronized Map<String, Long> commandCalls() {
        Map<String, Long> calls = new TreeMap<>();
        Map<String, String> lines = info("commandstats");
        // the server counts a call after it: the INFO that has just been answered is not in its own answer
        ownCalls.merge("info", -1L, Long::sum);
        lines.forEach((name, numbers) -> {
            String command = name.substring("cmdstat_".length());
            long others = calls(numbers) - ownCalls.getOrDefault(command, 0L);
            if (others != 0) {
                calls.put(command, others);
            }
        });
        ownCalls.merge("info", 1L, Long::sum);
        return calls;
    }

    /** The sum of {@link #commandCalls}. */
    public long totalCommandCalls() {
        return commandCalls().values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * Bytes that came and went over the connections of all clients since the process started, replicas included; but for
     * those of {@link #info} and the like.
     */
    public synchronized long netBytes() {
        Map<String, String> stats = info("stats");
        return Long.parseLong(stats.get("total_net_input_bytes"))
                + Long.parseLong(stats.get("total_net_output_bytes"))
                // the server counts what it has written: its answer to this INFO not yet
                - (ownBytes - lastAnswerBytes);
    }

    /** Memory for keys and clients, in bytes. */
    public long usedMemory() {
        return Long.parseLong(info("memory").get("used_memory"));
    }

    /** What the processes in this directory have logged. */
    public String log() {
        try {
            return Files.exists(logFile()) ? Files.readString(logFile()) : "";
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
        return "redis-server " + address();
    }

    private ServerProcess process() {
        if (process == null) {
            throw new IllegalStateException(this + " is closed");
        }
        return process;
    }

    /** Starts the process and waits until it answers. */
    private void launch() throws PortTaken {
        paused = false;
        ownCalls.clear();
        ownBytes = 0;
        int logBefore = log().length();
        List<String> command = new ArrayList<>();
        command.add(ServerProcess.program("redis-server", "redis-server", "redis"));
        command.add(configurationFile().toString());
        command.addAll(configuration.arguments());
        process = ServerProcess.start(command, directory, logFile());
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                // another server may have been faster to take the port: then this is not our process that answers
                if (info("server").getOrDefault("process_id", "").equals(String.valueOf(pid()))) {
                    exchange(true, "PING");
                    return;
                }
            } catch (ErrorReply | UncheckedIOException e) {
                last = e;
            }
            if (!process.isAlive()) {
                String log = log().substring(logBefore);
                if (log.contains("Address already in use") || log.contains("Failed listening on port")) {
                    throw new PortTaken(port);
                }
                throw new IllegalStateException(
                        this + " ended at its start with status " + process.exitStatus() + ":\n" + log);
            }
            pauseBetweenTries();
        }
        process.kill();
        throw new IllegalStateException(
                this + " did not answer within " + START_LIMIT.toSeconds() + " s; its log:\n" + log(), last);
    }

    private static void pauseBetweenTries() {
        try {
            TimeUnit.MILLISECONDS.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a server started", e);
        }
    }

    /** A connection for each call: whatever happened to the server or to earlier calls, this one is not disturbed by it. */
    private Object exchange(boolean own, String... words) {
        SSLContext tls =
                configuration.tls() == null ? null : configuration.tls().clientContext();
        try (RespConnection connection = RespConnection.open(port, tls, ANSWER_LIMIT)) {
            if (!configuration.authentication().isEmpty()) {
                connection.call(configuration.authentication().toArray(String[]::new));
                ownCalls.merge("auth", 1L, Long::sum);
                ownBytes += connection.sentBytes() + connection.receivedBytes();
            }
            long sentBefore = connection.sentBytes();
            long receivedBefore = connection.receivedBytes();
            try {
                Object answer = connection.call(words);
                if (own) {
                    ownCalls.merge(words[0].toLowerCase(Locale.ROOT), 1L, Long::sum);
                }
                return answer;
            } finally {
                if (own) {
                    lastAnswerBytes = connection.receivedBytes() - receivedBefore;
                    ownBytes += connection.sentBytes() - sentBefore + lastAnswerBytes;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(this + " did not answer " + words[0], e);
        }
    }

    private static long calls(String numbers) {
        String prefix = "calls=";
        for (String number : numbers.split(",")) {
            if (number.startsWith(prefix)) {
                return Long.parseLong(number.substring(prefix.length()));
            }
        }
        throw new IllegalStateException("no calls in " + numbers);
    }

    private Path configurationFile() {
        return directory.resolve("redis.conf");
    }

    private Path logFile() {
        return directory.resolve("redis.log");
    }

    private static final class PortTaken extends Exception {

        private static final long serialVersionUID = 1;

        PortTaken(int port) {
            super("somebody else listens on port " + port);
        }
    }
}
