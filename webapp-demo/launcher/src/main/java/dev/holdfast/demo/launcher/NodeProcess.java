package dev.holdfast.demo.launcher;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A node seen from the JVM that started it. Thread-safe. A node never outlives that JVM: its standard input is a pipe from
 * here, and it ends when the pipe does.
 */
public final class NodeProcess implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(4);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(90);

    /** A paused node does not notice the end of its standard input, so the hook kills what is left. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly), "kill-nodes"));
    }

    private final Container container;
    private final NodeOptions options;
    private final Process process;
    private final Path logFile;
    private final int port;

    private NodeProcess(Container container, NodeOptions options, Process process, Path logFile, int port) {
        this.container = container;
        this.options = options;
        this.process = process;
        this.logFile = logFile;
        this.port = port;
    }

    /**
     * Starts a node and waits until its applications run.
     *
     * @throws IllegalStateException if it ends or is not ready in four minutes, with the end of its log; no process is left
     */
    public static NodeProcess start(Container container, NodeOptions options) {
        return launch(container, options).awaitReady();
    }

    /** Starts a node and does not wait, so that several start side by side. */
    public static Starting launch(Container container, NodeOptions options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options.jvmArguments());
        command.addAll(List.of("-cp", container.classPath(), "dev.holdfast.demo.launcher.Node", container.id()));
        command.addAll(options.arguments());
        try {
            Files.createDirectories(options.directory());
            ExpandedWar.delete(options.workDirectory());
            Path logFile = newLogFile(options);
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(logFile.toFile());
            builder.environment().putAll(options.environment());
            Process process = builder.start();
            RUNNING.add(process);
            return new Starting(container, options, process, logFile);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start node " + options.name(), e);
        }
    }

    /** A node that has been started twice has two logs: the first one is evidence. */
    private static Path newLogFile(NodeOptions options) throws IOException {
        for (int i = 1; ; i++) {
            Path file = options.directory().resolve(options.name() + (i == 1 ? "" : "." + i) + ".log");
            if (!Files.exists(file)) {
                return Files.createFile(file);
            }
        }
    }

    /** A node that may not be ready yet. */
    public record Starting(Container container, NodeOptions options, Process process, Path logFile) {

        /** As {@link NodeProcess#start}. */
        public NodeProcess awaitReady() {
            long deadline = System.nanoTime() + START_LIMIT.toNanos();
            String trouble = "was not ready after " + START_LIMIT.toSeconds() + " s";
            try {
                while (System.nanoTime() < deadline) {
                    int port = readyPort(text(logFile));
                    if (port > 0) {
                        return new NodeProcess(container, options, process, logFile, port);
                    }
                    if (!process.isAlive()) {
                        trouble = "ended with status " + process.exitValue();
                        break;
                    }
                    TimeUnit.MILLISECONDS.sleep(20);
                }
            } catch (IOException e) {
                trouble = e.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                trouble = "interrupted";
            }
            end(process);
            throw new IllegalStateException("node " + options.name() + " (" + container.id() + ") " + trouble
                    + "; its log " + logFile + " ends with:\n" + tail(logFile, 60));
        }

        /** SIGKILL, and waits until the process is gone. Somebody who waits for it to be ready is told that it ended. */
        public void kill() {
            end(process);
        }

        private static int readyPort(String log) {
            int at = log.indexOf(Node.READY);
            int end = at < 0 ? -1 : log.indexOf('\n', at);
            if (end < 0) {
                return 0;
            }
            for (String word : log.substring(at, end).trim().split(" ")) {
                if (word.startsWith("port=")) {
                    return Integer.parseInt(word.substring("port=".length()));
                }
            }
            return 0;
        }
    }

    public String name() {
        return options.name();
    }

    public Container container() {
        return container;
    }

    /** What it was started with; give a {@link NodeOptions#copy copy} with this port to {@link #start} to start it again. */
    public NodeOptions options() {
        return options;
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

    /** SIGKILL, and waits until the process is gone. */
    public void kill() {
        end(process);
    }

    /**
     * SIGTERM: the applications stop, then the container. Waits for the end.
     *
     * @return false if it had to be killed
     */
    public boolean stop() {
        if (process.isAlive()) {
            Signal.CONT.send(process);
        }
        process.destroy();
        try {
            if (process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                RUNNING.remove(process);
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        end(process);
        return false;
    }

    /** Stops it if it still runs. */
    @Override
    public void close() {
        stop();
    }

    /** SIGSTOP: the node hangs, its sockets stay open. */
    public void pause() {
        Signal.STOP.send(process);
    }

    /** SIGCONT after {@link #pause}. */
    public void resume() {
        Signal.CONT.send(process);
    }

    /** All that the node has written so far. */
    public String log() {
        try {
            return text(logFile);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Path logFile() {
        return logFile;
    }

    @Override
    public String toString() {
        return name() + " (" + container.id() + ", port " + port + ", pid " + pid() + ")";
    }

    private static void end(Process process) {
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
        RUNNING.remove(process);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Decoded leniently: the end of a file that is being written may be half a character. */
    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private static String tail(Path file, int lines) {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(Math.max(0, log.length() - 16_384));
            byte[] bytes = new byte[(int) (log.length() - log.getFilePointer())];
            log.readFully(bytes);
            List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(cannot be read: " + e.getMessage() + ")";
        }
    }
}
