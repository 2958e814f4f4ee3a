package dev.holdfast.demo.launcher.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The demo's own Redis, on a free port of this machine. It writes each change to disk before it answers, so that one that
 * is killed and started again has lost nothing. Thread-safe. It never outlives this JVM.
 */
public final class RedisProcess {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final int ANSWER_MILLIS = 2_000;
    private static final int PORTS_TO_TRY = 5;

    /**
     * The shell becomes the server, and leaves behind a child that waits for the end of the pipe from this JVM, which comes
     * with the JVM's own end, whatever that was. If the server ends first then Java closes the pipe at once, before another
     * process can have got its number.
     */
    private static final String WITH_A_WATCHER = """
            exec 3<&0
            (trap '' INT HUP TERM; cat <&3 >/dev/null; kill -9 $$ 2>/dev/null) &
            exec redis-server "$1" </dev/null 3<&-
            """;

    private final Process process;
    private final int port;
    private final Path configuration;
    private final Path logFile;

    private RedisProcess(Process process, int port, Path configuration, Path logFile) {
        this.process = process;
        this.port = port;
        this.configuration = configuration;
        this.logFile = logFile;
    }

    /**
     * Blocks until it answers.
     *
     * @param directory for its files; the caller deletes them
     * @throws IllegalStateException if it ends or does not answer in half a minute, with its log; no process is left
     */
    static RedisProcess start(Path directory) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            RedisProcess redis = launch(directory, freePort());
            if (redis.awaitReady()) {
                return redis;
            }
            redis.kill();
            String log = Files.readString(redis.logFile);
            // the port was free a moment ago
            if (!log.contains("Address already in use") || attempt == PORTS_TO_TRY) {
                throw new IllegalStateException("redis-server did not start; its log:\n" + log);
            }
        }
    }

    private static RedisProcess launch(Path directory, int port) throws IOException {
        Path configuration = directory.resolve("redis.conf");
        Path logFile = directory.resolve("redis.log");
        Files.deleteIfExists(logFile);
        Files.writeString(configuration, """
                bind 127.0.0.1
                port %d
                dir "%s"
                save ""
                appendonly yes
                appendfsync always
                """.formatted(
                        port, directory.toString().replace("\\", "\\\\").replace("\"", "\\\"")));
        Process process = new ProcessBuilder("sh", "-c", WITH_A_WATCHER, "sh", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(logFile.toFile())
                .start();
        return new RedisProcess(process, port, configuration, logFile);
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private boolean awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (process.isAlive() && System.nanoTime() < deadline) {
            // another server may have taken the port, so that it is not this one that answers
            if (information().contains("\r\nprocess_id:" + pid() + "\r\n")) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return false;
    }

    /** Its answer to INFO; empty if it gives none. */
    private String information() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("INFO server\r\nQUIT\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // not yet
            return "";
        }
    }

    /** The session filter's setting {@code store}. */
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    public int port() {
        return port;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** With which {@code redis-server} starts it again, with all that it had, until the demo ends. */
    public Path configuration() {
        return configuration;
    }

    public Path logFile() {
        return logFile;
    }

    /** SIGKILL, and waits until the process is gone. */
    void kill() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
