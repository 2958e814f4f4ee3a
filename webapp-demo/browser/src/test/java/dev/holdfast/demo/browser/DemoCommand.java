package dev.holdfast.demo.browser;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code bin/demo} as people call it, but for the build, which has been done. It ends with this JVM at the latest, as its nodes do with it. */
final class DemoCommand implements AutoCloseable {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Pattern OPEN = Pattern.compile("Open (http://\\S+/)\n");
    private static final long LIMIT_MILLIS = 120_000;

    private final Process process;
    private final URI site;

    private DemoCommand(Process process, URI site) {
        this.process = process;
        this.site = site;
    }

    /** Waits until it says what to open. */
    static DemoCommand start(Path log, String... options) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of(ROOT.resolve("bin/demo").toString(), "--no-build", "--port", "0"));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LIMIT_MILLIS);
        while (process.isAlive() && System.nanoTime() < deadline) {
            Matcher open = OPEN.matcher(Files.readString(log));
            if (open.find()) {
                return new DemoCommand(process, URI.create(open.group(1)));
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        process.destroy();
        throw new IllegalStateException("the demo did not start:\n" + Files.readString(log));
    }

    URI site() {
        return site;
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
