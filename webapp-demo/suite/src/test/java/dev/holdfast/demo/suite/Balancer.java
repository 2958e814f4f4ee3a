package dev.holdfast.demo.suite;

import dev.holdfast.spi.servers.OwnDirectory;
import dev.holdfast.spi.servers.Poll;
import dev.holdfast.spi.servers.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A real balancer before some nodes, on a free port of 127.0.0.1. It ends with this JVM at the latest. */
abstract class Balancer implements AutoCloseable {

    static final Duration LIMIT = Duration.ofMinutes(2);

    private final Path directory;
    private final int port;
    private final ServerProcess process;

    /** @param command is given time until somebody listens on the port */
    Balancer(Path directory, int port, List<String> command) {
        this.directory = directory;
        this.port = port;
        Path log = directory.resolve("out.log");
        this.process = ServerProcess.start(command, directory, log);
        Poll.until("a balancer listens", LIMIT, () -> !process.isAlive() || listens());
        if (!process.isAlive()) {
            throw new IllegalStateException(command + " ended with " + process.exitStatus() + ":\n" + read(log));
        }
    }

    private boolean listens() throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return true;
    }

    URI site() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** No new request gets to this node from now on; those that it has go on. */
    abstract void takeOut(int node);

    /** Requests get to it again. */
    abstract void putBack(int node);

    void signal(String name) {
        ServerProcess.run(directory, "kill", "-" + name, String.valueOf(process.pid()));
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.kill();
        OwnDirectory.delete(directory);
    }
}
