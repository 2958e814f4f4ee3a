package dev.holdfast.demo.launcher.cluster;

import dev.holdfast.demo.launcher.Signal;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server of the demo's own, which keeps sessions or stands before the nodes, on a port of this machine. Thread-safe. It never outlives this JVM. */
public final class OwnServer {
    private static final Duration START_LIMIT = Duration.ofMinutes(1);
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
            exec "$@" </dev/null 3<&-
            """;

    private final Program program;
    private final Process process;
    private final int port;
    private final List<String> command;
    private final Path logFile;

    private OwnServer(Program program, Process process, int port, List<String> command, Path logFile) {
        this.program = program;
        this.process = process;
        this.port = port;
        this.command = command;
        this.logFile = logFile;
    }

    /** What is started. */
    interface Program {

        /** What the server is called. */
        String name();

        /** For a server on this port. */
        List<String> command(int port) throws IOException;

        /** What it answers with its process id, and ends the connection. */
        String question();

        /** What is found in the answer of the process with this id. */
        String answerOf(long pid);
    }

    /**
     * Blocks until it answers.
     *
     * @param directory for its log; the caller deletes it
     * @throws IllegalStateException if it ends or does not answer in half a minute, with its log; no process is left
     */
    static OwnServer start(Program program, Path directory) throws IOException, InterruptedException {
        return start(program, directory, 0);
    }

    /** As {@link #start(Program, Path)}, on the port that it had. */
    OwnServer startAgain() throws IOException, InterruptedException {
        return start(program, logFile.resolveSibling("."), port);
    }

    /** As {@link #start(Program, Path)}, on this port; 0 for any free one. */
    static OwnServer start(Program program, Path directory, int wanted) throws IOException, InterruptedException {
        for (int attempt = 1; ; attempt++) {
            OwnServer server = launch(program, directory, wanted == 0 ? freePort() : wanted);
            boolean ready = false;
            try {
                ready = server.awaitReady();
            } finally {
                if (!ready) {
                    server.kill();
                }
            }
            if (ready) {
                return server;
            }
            String log = Files.readString(server.logFile);
            // the port was free a moment ago
            if (!log.contains("Address already in use") || attempt == PORTS_TO_TRY || wanted != 0) {
                throw new IllegalStateException(server.command.get(0) + " did not start; its log:\n" + log);
            }
        }
    }

    private static OwnServer launch(Program program, Path directory, int port) throws IOException {
        Path logFile = directory.resolve(program.name() + ".log");
        Files.deleteIfExists(logFile);
        List<String> command = program.command(port);
        List<String> watched = new ArrayList<>(List.of("sh", "-c", WITH_A_WATCHER, "sh"));
        watched.addAll(command);
        Process process = new ProcessBuilder(watched)
                .redirectErrorStream(true)
                .redirectOutput(logFile.toFile())
                .start();
        return new OwnServer(program, process, port, command, logFile);
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
            if (answer().contains(program.answerOf(pid()))) {
                return true;
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return false;
    }

    /** Empty if it gives none. */
    private String answer() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), ANSWER_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(program.question().getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // not yet
            return "";
        }
    }

    public String name() {
        return program.name();
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

    /** What starts it again on its port, until the demo ends. */
    public String command() {
        return String.join(" ", command);
    }

    public Path logFile() {
        return logFile;
    }

    /** SIGSTOP: the server hangs, its sockets stay open. */
    void pause() {
        Signal.STOP.send(process);
    }

    /** SIGCONT after {@link #pause}. */
    void resume() {
        Signal.CONT.send(process);
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
