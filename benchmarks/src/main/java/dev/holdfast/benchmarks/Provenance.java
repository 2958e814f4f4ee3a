package dev.holdfast.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Properties;
import java.util.stream.Stream;

/** With what figures were made: where, when, and of which versions. */
public final class Provenance {

    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");

    private Provenance() {}

    /** Today's date in UTC, this machine and this Java, as a sentence. */
    public static String ofThisRun() {
        return LocalDate.now(ZoneOffset.UTC) + ", "
                + Runtime.getRuntime().availableProcessors() + " processors" + processor() + ", "
                + System.getProperty("os.name") + " " + System.getProperty("os.arch") + ", "
                + System.getProperty("java.vm.name") + " " + System.getProperty("java.runtime.version") + ".";
    }

    private static String processor() {
        try (Stream<String> lines = Files.lines(PROCESSORS)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .findFirst()
                    .map(line -> " (" + line.substring(line.indexOf(':') + 1).strip() + ")")
                    .orElse("");
        } catch (IOException | UncheckedIOException e) {
            return ""; // not a Linux
        }
    }

    /** @param artifact as {@code versions.properties} calls it */
    public static String version(String artifact) {
        Properties versions = new Properties();
        try (InputStream in = Provenance.class.getResourceAsStream("versions.properties")) {
            versions.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return versions.getProperty(artifact);
    }
}
