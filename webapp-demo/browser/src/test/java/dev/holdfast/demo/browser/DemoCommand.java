package dev.holdfast.demo.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** {@code bin/demo} as people call it, but for the build, which has been done. It ends with this JVM at the latest, as its nodes do with it. */
final class DemoCommand implements AutoCloseable {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern SERVER = Pattern.compile("(?m)^ +(\\S+) +port +[0-9]+ +pid +([0-9]+) +log (\\S+)$");
    private static final Pattern OPEN = Pattern.compile("Open (http://\\S+/)\n");
    /** As a terminal starts it, so that all of it gets the signal of Ctrl-C; which a build in the background may be deaf to. */
    private static final List<String> IN_A_GROUP_OF_ITS_OWN =
            List.of("perl", "-e", "setpgrp; $SIG{INT} = 'DEFAULT'; exec @ARGV or die");

    private static final long START_MILLIS = 300_000;
    private static final int LIMIT_MINUTES = 8;

    private final Process process;
    private final String output;
    private final URI site;
    /** All that runs because of it, by name where it told one. */
    private final Map<String, ProcessHandle> servers = new LinkedHashMap<>();

    private List<ProcessHandle> all;
    private Path files = ROOT;

    private DemoCommand(Process process, String output, URI site) {
        this.process = process;
        this.output = output;
        this.site = site;
        this.all = process.descendants().toList();
        Matcher server = SERVER.matcher(output);
        while (server.find()) {
            servers.put(
                    server.group(1),
                    ProcessHandle.of(Long.parseLong(server.group(2))).orElseThrow());
            files = Path.of(server.group(3)).resolveSibling(".").normalize();
        }
    }

    /** A command that has ended, with all that it wrote. */
    record Ended(int status, String output) {}

    /** Waits until it ends. */
    static Ended run(Path log, String... options) throws IOException, InterruptedException {
        Process process = launch(log, options);
        boolean ended = process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.destroy();
        }
        assertThat(ended).as("it ends\n" + Files.readString(log)).isTrue();
        return new Ended(process.exitValue(), Files.readString(log));
    }

    /** Waits until it says what to open. */
    static DemoCommand start(Path log, String... options) throws IOException, InterruptedException {
        Process process = launch(log, options);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            String output = Files.readString(log);
            Matcher open = OPEN.matcher(output);
            if (open.find()) {
                return new DemoCommand(process, output, URI.create(open.group(1)));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        process.destroy();
        throw new IllegalStateException("the demo did not start:\n" + Files.readString(log));
    }

    private static Process launch(Path log, String... options) throws IOException {
        List<String> command = new ArrayList<>(IN_A_GROUP_OF_ITS_OWN);
        command.addAll(List.of(ROOT.resolve("bin/demo").toString(), "--no-build", "--port", "0"));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // a machine that is busy with other tests is no store that is away
        builder.environment()
                .putAll(Map.of(
                        "HOLDFAST_TIMEOUT", "20s", "HOLDFAST_MEMCACHED_TIMEOUT", "5s", "HOLDFAST_REDIS_TIMEOUT", "5s"));
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process;
    }

    /** All that it has printed until it said what to open. */
    String output() {
        return output;
    }

    URI site() {
        return site;
    }

    /** Of a server that it has named. */
    long pid(String server) {
        return servers.get(server).pid();
    }

    /** SIGKILL, and waits for the end. */
    void kill(String server) {
        ProcessHandle handle = servers.get(server);
        assertThat(handle).as("%s in\n%s", server, output).isNotNull();
        handle.destroyForcibly();
        handle.onExit().join();
    }

    /** SIGSTOP. */
    void pause(String server) throws IOException, InterruptedException {
        signal("-STOP", String.valueOf(servers.get(server).pid()));
    }

    /** SIGINT for all processes that the terminal would send it to, and waits for the end. */
    void pressCtrlC() throws IOException, InterruptedException {
        // those that were started again, too
        all = Stream.concat(all.stream(), process.descendants()).distinct().toList();
        signal("-INT", "--", "-" + process.pid());
        process.onExit().join();
    }

    private static void signal(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    /** After it was closed: no process, no file, nobody at its port. */
    void assertThatNothingIsLeft() throws Exception {
        for (ProcessHandle each : all) {
            each.onExit().get(3, TimeUnit.MINUTES);
        }
        assertThat(servers).isNotEmpty();
        assertThat(files).isNotEqualTo(ROOT).doesNotExist();
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), site.getPort())) {
            throw new AssertionError("somebody listens at " + socket.getRemoteSocketAddress());
        } catch (ConnectException expected) {
            // nobody is there
        }
    }

    /** SIGTERM, which does what Ctrl-C does, and waits for the end. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
