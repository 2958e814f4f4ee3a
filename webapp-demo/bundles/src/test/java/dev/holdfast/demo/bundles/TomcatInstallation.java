package dev.holdfast.demo.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A Tomcat as people install it: the archive of its project, unpacked; started by its own script. */
final class TomcatInstallation implements AutoCloseable {
    private static final long START_MILLIS = 120_000;

    private final Path home;
    private final int port;
    private Process process;

    private TomcatInstallation(Path home, int port) {
        this.home = home;
        this.port = port;
    }

    /** On any free port, with none for its shutdown command. */
    static TomcatInstallation unpack(Path directory) throws IOException {
        Path home = null;
        try (InputStream file = Files.newInputStream(Path.of("target/tomcat.zip"));
                ZipInputStream zip = new ZipInputStream(file)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path target = directory.resolve(entry.getName());
                home = home == null ? directory.resolve(Path.of(entry.getName()).getName(0)) : home;
                if (target.startsWith(home.resolve("webapps"))) {
                    continue;
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(zip, target);
                }
            }
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path server = home.resolve("conf/server.xml");
        Files.writeString(
                server,
                Files.readString(server)
                        .replace("port=\"8005\"", "port=\"-1\"")
                        .replace("port=\"8080\"", "address=\"127.0.0.1\" port=\"" + port + "\""));
        Files.createDirectories(home.resolve("webapps"));
        return new TomcatInstallation(home, port);
    }

    Path home() {
        return home;
    }

    int port() {
        return port;
    }

    /** Blocks until it says that it has started. */
    void start(String... environment) throws IOException, InterruptedException {
        Path log = home.resolve("out.log");
        Files.deleteIfExists(log);
        ProcessBuilder builder = new ProcessBuilder(
                        "sh", home.resolve("bin/catalina.sh").toString(), "run")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("JAVA_OPTS", "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1");
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (!Files.readString(log).contains("Server startup in")) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("Tomcat did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    String log() throws IOException {
        return Files.readString(home.resolve("out.log"));
    }

    /** SIGKILL. The script has become the JVM by then. */
    void kill() {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
