package dev.holdfast.spi.servers;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A process that this JVM has started; it is killed with it. Thread-safe. */
public final class ServerProcess {

    private static final Duration STOP_LIMIT = Duration.ofMinutes(1);
    private static final Duration SIGNAL_LIMIT = Duration.ofMinutes(1);

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(ServerProcess::endAll, "kill-servers"));
    }

    private final Process process;

    private ServerProcess(Process process) {
        this.process = process;
    }

    /** What it writes is appended to the log file. */
    public static ServerProcess start(List<String> command, Path directory, Path logFile) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()))
                    .start();
            RUNNING.add(process);
            return new ServerProcess(process);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    /**
     * Finds a program on the path.
     *
     * @throws AssertionError telling how to install it
     */
    public static String program(String name, String debianPackage, String homebrewPackage) {
        String path = System.getenv().getOrDefault("PATH", "");
        for (String directory : path.split(File.pathSeparator)) {
            Path file = Path.of(directory, name);
            if (Files.isRegularFile(file) && Files.isExecutable(file)) {
                return file.toString();
            }
        }
        throw new AssertionError("these tests need " + name + ", which is not on the path: apt-get install "
                + debianPackage + " (macOS: brew install " + homebrewPackage + "), or let bin/test install it");
    }

    /** Runs a program to its end, with its output in the exception if it fails. */
    public static void run(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(String.join(" ", command) + " ended with " + status + ":\n" + output);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public int exitStatus() {
        return process.exitValue();
    }

    /** SIGKILL, which a stopped process gets too, and waits until it is gone. */
    public void kill() {
        // a child that rewrites the append-only file would write on into a directory that is being deleted
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        if (!await(STOP_LIMIT)) {
            throw new IllegalStateException("process " + pid() + " survives SIGKILL");
        }
    }

    /** SIGTERM, and SIGKILL if that does not end it. */
    public void stop() {
        if (process.isAlive()) {
            signal("CONT");
            process.destroy();
            if (!await(STOP_LIMIT)) {
                kill();
            }
        }
        RUNNING.remove(process);
    }

    /** SIGSTOP, and waits until the process is stopped: from then on it answers nothing. */
    public void pause() {
        signal("STOP");
        Poll.until("process " + pid() + " is stopped", SIGNAL_LIMIT, () -> state().startsWith("T"));
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** Smaller systems have no ps, and macOS has no /proc. */
    private String state() throws IOException, InterruptedException {
        Path stat = Path.of("/proc", String.valueOf(pid()), "stat");
        if (Files.exists(stat)) {
            String text = Files.readString(stat);
            return text.substring(text.lastIndexOf(')') + 2);
        }
        Process ps = new ProcessBuilder("ps", "-o", "state=", "-p", String.valueOf(pid())).start();
        String state = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).trim();
        ps.waitFor();
        return state;
    }

    private static void endAll() {
        List<Process> running = List.copyOf(RUNNING);
        List<ProcessHandle> children =
                running.stream().flatMap(Process::descendants).toList();
        running.forEach(Process::destroyForcibly);
        children.forEach(ProcessHandle::destroyForcibly);
        running.forEach(process -> process.onExit().join());
        OwnDirectory.deleteAll();
    }

    private void signal(String name) {
        if (!process.isAlive()) {
            throw new IllegalStateException("process " + pid() + " has ended with " + exitStatus());
        }
        run(Path.of("."), "sh", "-c", "kill -" + name + " " + pid());
    }

    private boolean await(Duration limit) {
        try {
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (ended) {
                RUNNING.remove(process);
            }
            return ended;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
