package dev.holdfast.demo.bundles;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** A server as people install it: the archive of its project, unpacked; started by its own script or jar, on any free port. */
final class Installation implements AutoCloseable {
    private static final long START_MILLIS = 300_000;
    /** Unpacked by the build. */
    private static final Path JETTY_HOME =
            Path.of("target", "jetty", "home").toAbsolutePath().normalize();

    private static final String JAVA_HOME = System.getProperty("java.home");
    private static final List<String> SMALL = List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path directory;
    private final int port;
    private final List<String> command;
    private final String ready;
    private Process process;

    /**
     * @param command becomes the JVM
     * @param ready what it writes when it serves
     */
    private Installation(Path directory, int port, List<String> command, String ready) {
        this.directory = directory;
        this.port = port;
        this.command = command;
        this.ready = ready;
    }

    /** A Tomcat without applications, with no port for its shutdown command. */
    static Installation tomcat(Path directory) throws IOException {
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
        int port = freePort();
        Path server = home.resolve("conf/server.xml");
        Files.writeString(
                server,
                Files.readString(server)
                        .replace("port=\"8005\"", "port=\"-1\"")
                        .replace("port=\"8080\"", "address=\"127.0.0.1\" port=\"" + port + "\""));
        Files.createDirectories(home.resolve("webapps"));
        return new Installation(
                home, port, List.of("sh", home.resolve("bin/catalina.sh").toString(), "run"), "Server startup in");
    }

    /** A Jetty's base without applications, that deploys those of this environment, as Jetty's own documents make one. */
    static Installation jetty(Path directory, String environment) throws IOException, InterruptedException {
        Path base = Files.createDirectories(directory.resolve("base"));
        int port = freePort();
        List<String> command =
                new ArrayList<>(List.of(Path.of(JAVA_HOME, "bin", "java").toString()));
        command.addAll(SMALL);
        command.addAll(List.of(
                "-jar",
                JETTY_HOME.resolve("start.jar").toString(),
                "jetty.http.host=127.0.0.1",
                "jetty.http.port=" + port));
        Installation jetty = new Installation(base, port, command, "Started oejs.Server@");
        jetty.shell("java -jar \"$JETTY_HOME/start.jar\" --add-modules=http," + environment + "-deploy", base);
        return jetty;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Where its configuration is, and its applications are in {@code webapps}. */
    Path directory() {
        return directory;
    }

    int port() {
        return port;
    }

    /** Runs what somebody types who has installed it. */
    void shell(String lines, Path in) throws IOException, InterruptedException {
        ProcessBuilder shell = new ProcessBuilder("sh", "-e", "-c", lines)
                .directory(in.toFile())
                .inheritIO();
        shell.environment().put("CATALINA_HOME", directory.toString());
        shell.environment().put("JETTY_BASE", directory.toString());
        shell.environment().put("JETTY_HOME", JETTY_HOME.toString());
        shell.environment().merge("PATH", JAVA_HOME + "/bin", (old, java) -> java + ":" + old);
        int status = shell.start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("ended with " + status + ": " + lines);
        }
    }

    /** Blocks until it says that it has started. */
    void start(String... environment) throws IOException, InterruptedException {
        Path log = directory.resolve("out.log");
        Files.deleteIfExists(log);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", JAVA_HOME);
        builder.environment().put("JAVA_OPTS", String.join(" ", SMALL));
        for (int i = 0; i < environment.length; i += 2) {
            builder.environment().put(environment[i], environment[i + 1]);
        }
        process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (!Files.readString(log).contains(ready)) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("it did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("out.log"));
    }

    /** SIGKILL. */
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
