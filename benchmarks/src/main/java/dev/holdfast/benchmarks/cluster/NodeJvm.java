package dev.holdfast.benchmarks.cluster;

import dev.holdfast.benchmarks.node.BenchNode;
import dev.holdfast.benchmarks.stores.StoreServers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A node in a JVM of its own, which ends with this one: its standard input is a pipe from here. */
final class NodeJvm implements AutoCloseable {

    /** The same for all that are compared. */
    static final List<String> FLAGS = List.of(
            "-Xms384m",
            "-Xmx384m",
            "-XX:+UseSerialGC",
            // Tomcat's membership cannot send multicasts from loopback otherwise
            "-Djava.net.preferIPv4Stack=true",
            // old Kryos look into the JDK's classes
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.math=ALL-UNNAMED");

    private final Process process;
    private final int port;

    private NodeJvm(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Blocks until it serves.
     *
     * @param arguments of {@link BenchNode}, but for the work directory, which stands after the first
     * @throws IOException if it ends instead; its log is named in the message
     */
    static NodeJvm start(String name, Path directory, String classPath, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", classPath, BenchNode.class.getName()));
        command.add(arguments.get(0));
        command.add(directory.resolve(name).toString());
        command.addAll(arguments.subList(1, arguments.size()));
        Path log = directory.resolve(name + ".log");
        Process process =
                new ProcessBuilder(command).redirectError(log.toFile()).start();
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("ready ")) {
                Thread rest = new Thread(() -> discard(out), "output of " + name);
                rest.setDaemon(true);
                rest.start();
                return new NodeJvm(process, Integer.parseInt(line.substring("ready ".length())));
            }
        }
        throw new IOException("node " + name + " did not start; its log " + log + ":\n" + Files.readString(log));
    }

    private static void discard(BufferedReader out) {
        try {
            while (out.readLine() != null) {
                // A node that nobody reads from would block one day.
            }
        } catch (IOException e) {
            // it has ended
        }
    }

    int port() {
        return port;
    }

    /** How long processors have worked for it, in user and in kernel mode. */
    Duration processorTime() {
        return StoreServers.processorTime(process.toHandle());
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
